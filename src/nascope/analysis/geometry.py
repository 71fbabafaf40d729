"""Measures of what lies around trained weights, and their options; known without torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Generic, Literal, TypeVar

from msgspec import Meta

from nascope.config.section import Natural, Positive, PositiveFloat, Section, Seeds, says, section_of
from nascope.loading import Registry

#: Functions of a :class:`nascope.analysis.survey.Network` and :class:`Options` that return a table.
MEASURES: Registry = {
    "landscape": "nascope.analysis.landscape:landscape",
    "trajectories": "nascope.analysis.trajectories:trajectories",
    "gradients": "nascope.analysis.gradients:gradients",
    "sharpness": "nascope.analysis.sharpness:sharpness",
}
#: The class of each measure's own options.
OPTIONS: Registry = {
    "landscape": "nascope.analysis.geometry:LandscapeOptions",
    "trajectories": "nascope.analysis.geometry:LandscapeOptions",
    "gradients": "nascope.analysis.geometry:GradientOptions",
    "sharpness": "nascope.analysis.geometry:SharpnessOptions",
}

SplitName = Literal["train", "valid", "test"]
BatchNorm = Literal["running", "batch"]
#: One mode or both.
_Modes = Annotated[
    tuple[BatchNorm, ...],
    Meta(min_length=1),
    says("What BatchNorm normalises with: the training's running estimates, or the statistics of the batch at hand."),
]


class GeometryOptions(Section, frozen=True):
    """Options that all measures share."""

    seeds: Annotated[Seeds, says("Training seeds whose weights are looked at, where their study has them.")] = (0,)
    reach: Annotated[PositiveFloat, says("Largest multiple of a filter-normalised direction.")] = 1.0
    draw_seed: Annotated[Natural, says("Seed of random directions and of the choice of images.")] = 0
    points: Annotated[
        Positive, says("Points of a network's parameter space computed side by side; fewer need less memory.")
    ] = 22


class LandscapeOptions(Section, frozen=True):
    """Loss and accuracy on grids."""

    split: Annotated[SplitName, says("Images of the loss.")] = "test"
    images: Annotated[Natural, says("Number of images (0: all).")] = 100
    batch_norm: _Modes = ("batch",)
    plane: Annotated[Natural, says("Points per side of the plane of two random directions (0: no plane).")] = 11
    line: Annotated[Natural, says("Points along the first of them (0: no line).")] = 21
    trajectory: Annotated[Natural, says("Points per side of the trajectory's plane (0: no such plane).")] = 7

    def __post_init__(self) -> None:
        """Refuse a mode of BatchNorm that is named twice."""
        _refuse_repeats("batch_norm", self.batch_norm)


class GradientOptions(Section, frozen=True):
    """Variance of mini-batch gradients on the landscape's plane."""

    split: Annotated[SplitName, says("Images of the loss.")] = "test"
    images: Annotated[Natural, says("Number of images (0: all).")] = 20
    batch_norm: _Modes = ("batch", "running")
    plane: Annotated[Positive, says("Points per side of the plane.")] = 5
    batch_sizes: Annotated[
        tuple[Positive, ...],
        Meta(min_length=1),
        says("Images of a mini-batch; 1 is the variance over single images."),
    ] = (1, 10)

    def __post_init__(self) -> None:
        """Refuse a mode of BatchNorm or a size that is named twice."""
        _refuse_repeats("batch_norm", self.batch_norm)
        _refuse_repeats("batch_sizes", self.batch_sizes)


class SharpnessOptions(Section, frozen=True):
    """Largest eigenvalue and trace of the loss's Hessian."""

    split: Annotated[SplitName, says("Images of the loss.")] = "train"
    images: Annotated[Natural, says("Number of images (0: all).")] = 64
    batch_norm: _Modes = ("running",)
    probes: Annotated[Positive, says("Random vectors of the trace's estimate.")] = 7
    tolerance: Annotated[PositiveFloat, says("Relative accuracy of the eigenvalue.")] = 0.1

    def __post_init__(self) -> None:
        """Refuse a mode of BatchNorm that is named twice."""
        _refuse_repeats("batch_norm", self.batch_norm)


def _refuse_repeats(key: str, values: tuple[object, ...]) -> None:
    if len(set(values)) < len(values):
        raise ValueError(f"{key} names a value twice")


MeasureOptions = LandscapeOptions | GradientOptions | SharpnessOptions
M = TypeVar("M", bound=MeasureOptions)


@dataclass(frozen=True)
class Options(Generic[M]):
    """What a measure is asked for.

    Attributes:
        shared: options that all measures share.
        own: options of the measure.
    """

    shared: GeometryOptions
    own: M


def options_of(kind: type[M], settings: Mapping[str, Any]) -> Options[M]:
    """Options from plain values of a measure's own keys and of the shared ones, all in one mapping.

    Raises:
        msgspec.ValidationError: an unknown key, or a value of the wrong type or out of range.
    """
    keys = GeometryOptions.__struct_fields__
    shared = {key: value for key, value in settings.items() if key in keys}
    own = {key: value for key, value in settings.items() if key not in keys}
    return Options(section_of(GeometryOptions, shared), section_of(kind, own))
