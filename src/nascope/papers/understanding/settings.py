"""The section ``understanding`` of the configuration."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from nascope.analysis.geometry import GeometryOptions, GradientOptions, LandscapeOptions, SharpnessOptions
from nascope.config.section import (
    SOME_ONCE,
    Positive,
    PositiveFloat,
    Section,
    Seeds,
    Several,
    Shards,
    StudyName,
    StudyOf,
    says,
)
from nascope.spaces.published import PublishedName

Counts = Annotated[tuple[Positive, ...], SOME_ONCE]
Connections = Annotated[str, StudyOf(("connection_variants",))]
Operations = Annotated[str, StudyOf(("operation_variants",))]
Adapted = Annotated[str, StudyOf(("adapted_cells",))]


class Theory(Section, frozen=True, kw_only=True):
    """Linear cells on which Theorems 4.1 and 4.2 are evaluated."""

    nodes: Annotated[Counts, says("Intermediate nodes.")] = (2, 3, 4, 6)
    sizes: Annotated[Counts, says("Dimensions of the nodes.")] = (4, 16)
    scales: Annotated[tuple[PositiveFloat, ...], SOME_ONCE, says("Largest singular values of all blocks.")] = (
        0.5,
        0.8,
        1.0,
        1.25,
        2.0,
    )
    spectra: Annotated[
        tuple[Literal["flat", "linear"], ...], SOME_ONCE, says("Shapes of the spectra of the blocks.")
    ] = (
        "flat",
        "linear",
    )
    samples: Annotated[Several, says("Inputs that expectations are taken over.")] = 64
    seeds: Annotated[Seeds, says("Seeds of weights and inputs.")] = (0, 1, 2)


OfStudies = Annotated[
    dict[StudyName, dict[str, Any]],
    says("Studies whose networks are looked at, each with the options that differ for it."),
]


class Landscape(LandscapeOptions, frozen=True, kw_only=True):
    """Loss and accuracy on grids."""

    studies: OfStudies = {}


class Gradients(GradientOptions, frozen=True, kw_only=True):
    """Variance of mini-batch gradients on the landscape's plane."""

    studies: OfStudies = {}


class Sharpness(SharpnessOptions, frozen=True, kw_only=True):
    """Largest eigenvalue and trace of the loss's Hessian."""

    studies: OfStudies = {}


class Measures(Section, frozen=True, kw_only=True):
    """Measures, each with the studies whose networks it looks at."""

    landscape: Annotated[Landscape, says("Loss and accuracy on grids.")]
    gradients: Annotated[Gradients, says("Variance of mini-batch gradients on the landscape's plane.")]
    sharpness: Annotated[Sharpness, says("Largest and smallest eigenvalue of the loss's Hessian, and its trace.")]


class Geometry(GeometryOptions, frozen=True, kw_only=True):
    """What is measured around trained weights."""

    shards: Annotated[Shards, says("Jobs that the networks of a study are spread over.")] = 1
    measures: Annotated[Measures, says("Measures, each with the studies whose networks it looks at.")]


class Understanding(Section, frozen=True, kw_only=True):
    """Understanding architectures learnt by cell-based NAS (Shu et al. 2020)."""

    topologies: Annotated[tuple[PublishedName, ...], SOME_ONCE, says("Published cells to draw.")] = (
        "NASNet-A",
        "AmoebaNet-A",
        "ENAS",
        "DARTS_V2",
        "SNAS_mild",
    )
    convergence: Annotated[Connections, says("Study whose curves are drawn.")] = "darts_connections"
    families: Annotated[Connections, says("Study of other published cells.")] = "family_connections"
    operations: Annotated[Operations, says("Study whose operations differ.")] = "operations"
    rates: Annotated[
        tuple[Connections, ...], SOME_ONCE, says("Studies of one cell whose protocols differ in the learning rate.")
    ] = ("rate_low", "rate_middle", "rate_high")
    lengths: Annotated[
        tuple[StudyName, ...],
        SOME_ONCE,
        says(
            "Studies whose cells' features are compared with accuracy after each epoch; those with the first one's "
            "set-up are taken."
        ),
    ] = ("darts_connections", "family_connections", "operations", "pattern_groups")
    generalisation: Annotated[tuple[Adapted, ...], SOME_ONCE, says("Studies of the same cells, one per data set.")] = (
        "adapted",
    )
    level: Annotated[
        PositiveFloat, says("Test loss (nats) at which a training counts as converged, for how many epochs it takes.")
    ] = 1.0
    geometry: Annotated[Geometry, says("What is measured around trained weights.")]
    theory: Annotated[Theory, says("Linear cells on which Theorems 4.1 and 4.2 are evaluated.")] = Theory()
