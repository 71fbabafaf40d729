"""The configuration: what all papers share, and a section for each paper."""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta

from nascope.config.section import MOST_SHARDS, Name, Positive, PositiveFloat, Section, Shards, UserFile, says
from nascope.datasets.spec import DatasetSpec
from nascope.evidence.sources import SHIPPED
from nascope.papers.registry import PAPERS
from nascope.search.one_shot.space_spec import SpaceSpec
from nascope.training.protocol import Protocol

S = TypeVar("S", bound=Section)


class StudyEntry(Section, frozen=True, kw_only=True):
    """Genotypes that are trained, and how."""

    kind: Annotated[str, says("How genotypes are drawn.")]
    dataset: Annotated[str, says("Name under datasets.")]
    protocol: Annotated[str, says("Name under protocols.")]
    options: Annotated[dict[str, Any], says("Options of the kind.")] = {}
    shards: Annotated[
        Annotated[int, Meta(ge=0, le=MOST_SHARDS)],
        says("Jobs that its trainings are spread over (0: as shards at the top of the configuration)."),
    ] = 0


class EstimateOptions(Section, frozen=True, kw_only=True):
    """What a run will cost (the target estimate)."""

    steps: Annotated[Positive, says("Steps that are timed of each kind of training and search, after a first one.")] = 2
    seconds: Annotated[
        dict[str, PositiveFloat],
        says(
            "Seconds per step where they are known and not to be measured, by the name in the estimate's column timed."
        ),
    ] = {}


class Evidence(Section, frozen=True, kw_only=True):
    """Published evidence: ``shipped`` is what comes with nascope; a path names a table of yours in its place."""

    transfer: Annotated[
        UserFile, Meta(min_length=1), says("Architectures of the DARTS space trained on further data sets.")
    ] = SHIPPED
    tasks: Annotated[
        UserFile, Meta(min_length=1), says("Cells without pooling trained for several tasks (TransNAS-Bench-101).")
    ] = SHIPPED
    supernets: Annotated[
        UserFile, Meta(min_length=1), says("Supernet searches with their regularisation (RobustDARTS).")
    ] = SHIPPED
    hessians: Annotated[UserFile, Meta(min_length=1), says("Eigenvalues of the Hessian along them.")] = SHIPPED
    latencies: Annotated[UserFile, Meta(min_length=1), says("Latencies of NAS-Bench-201's cells.")] = SHIPPED

    def paths(self, name: str) -> list[str]:
        """The user's file in the place of a table; none where that is shipped."""
        path: str = getattr(self, name)
        return [] if path == SHIPPED else [path]


class Config(Section, frozen=True, kw_only=True):
    """What all papers share. Science only: cores, GPUs and executors belong to profiles."""

    datasets: Annotated[dict[Name, DatasetSpec], says("Data sets by name.")]
    protocols: Annotated[dict[Name, Protocol], says("Training protocols by name.")]
    search_spaces: Annotated[dict[Name, SpaceSpec], says("Spaces of two-input cells for supernet searches, by name.")]
    studies: Annotated[dict[Name, StudyEntry], says("What is trained, by name; each function once per protocol.")]
    shards: Annotated[Shards, says("Jobs that the trainings of one protocol and data set are spread over.")] = 2
    evidence: Annotated[Evidence, says("Published evidence, each shipped or a table of yours.")] = Evidence()
    estimate: Annotated[EstimateOptions, says("What a run will cost (the target estimate).")] = EstimateOptions()

    def section(self, kind: type[S]) -> S:
        """The section of a paper, by its class."""
        return next(value for name in PAPERS if isinstance(value := getattr(self, name), kind))


def config_model() -> type[Config]:
    """The whole configuration's class: :class:`Config` with a field for each paper, named as its package."""
    fields = [(name, Annotated[paper.settings, says(paper.citation)]) for name, paper in PAPERS.items()]
    model: type[Any] = msgspec.defstruct(
        "WholeConfig",
        fields,
        bases=(Config,),
        frozen=True,
        kw_only=True,
        forbid_unknown_fields=True,
    )
    return model
