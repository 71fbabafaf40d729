"""The tables that the workflow makes: their kinds and paths.

Figures and claims name them by these constants, so that a misspelt one is an error of Python. The rules make them, and
the workflow is refused if a table is read that no rule makes.
"""

from __future__ import annotations

from dataclasses import dataclass

from nascope.schemas.column import Table
from nascope.schemas.evidence import HESSIANS, LATENCIES, SUPERNETS, TASKS
from nascope.schemas.geometry import GRADIENTS, LANDSCAPE, SHARPNESS, THEORY, TRAJECTORIES
from nascope.schemas.importance import (
    ABLATION,
    GENOTYPE_IMPORTANCE,
    IMPORTANCE,
    MOTIFS,
    PATTERN_PREDICTIONS,
    PREDICTIONS,
    REPLACEMENTS,
)
from nascope.schemas.operators import CONFUSION, OPERATOR_FEATURES, OPERATOR_GROUPS
from nascope.schemas.searches import (
    ARCHITECTURES,
    BENCHMARK,
    CELL_SEARCHES,
    HISTORIES,
    ONE_SHOT,
    SEARCH_ALPHAS,
    SEARCHES,
)


@dataclass(frozen=True)
class Result:
    """A table of some kind at a path below the working directory."""

    kind: Table
    path: str


NASBENCH201 = Result(BENCHMARK, "results/benchmark/nasbench201.parquet")
OWN_SPACE = Result(BENCHMARK, "results/benchmark/own_space.parquet")
NASBENCH201_RANKS = Result(HISTORIES, "results/benchmark/nasbench201.ranks.parquet")
OWN_RANKS = Result(HISTORIES, "results/benchmark/own_space.ranks.parquet")
USERS_RANKS = Result(HISTORIES, "results/benchmark/users.ranks.parquet")
NASBENCH201_SEARCHES = Result(SEARCHES, "results/searches/nasbench201.parquet")
NASBENCH201_SWEEPS = Result(SEARCHES, "results/searches/nasbench201.sweeps.parquet")
OWN_SEARCHES = Result(SEARCHES, "results/searches/own_space.parquet")
ONE_SHOT_SEARCHES = Result(ONE_SHOT, "results/one_shot/all.parquet")
NASBENCH201_IMPORTANCE = Result(IMPORTANCE, "results/importance/nasbench201.parquet")
DARTS_IMPORTANCE = Result(GENOTYPE_IMPORTANCE, "results/importance/darts.parquet")
PUBLISHED_IMPORTANCE = Result(GENOTYPE_IMPORTANCE, "results/importance/published.parquet")
NASBENCH201_ABLATION = Result(ABLATION, "results/ablation/nasbench201.parquet")
NASBENCH201_MOTIFS = Result(MOTIFS, "results/motifs/nasbench201.parquet")
DARTS_MOTIFS = Result(MOTIFS, "results/motifs/darts.parquet")
SURROGATE_PREDICTIONS = Result(PREDICTIONS, "results/surrogate/predictions.parquet")
SURROGATE_PATTERNS = Result(PATTERN_PREDICTIONS, "results/surrogate/patterns.parquet")
SURROGATE_REPLACEMENTS = Result(REPLACEMENTS, "results/surrogate/replacements.parquet")
CORRELATIONS = Result(OPERATOR_FEATURES, "results/operators/features.parquet")
CLUSTERS = Result(OPERATOR_GROUPS, "results/operators/groups.parquet")
FOUND_CELLS = Result(CELL_SEARCHES, "results/cell_searches/all.parquet")
FOUND_ALPHAS = Result(SEARCH_ALPHAS, "results/cell_searches/alphas.parquet")
GRADIENT_CONFUSION = Result(CONFUSION, "results/confusion.parquet")
LINEAR_CELLS = Result(THEORY, "results/theory.parquet")
WEIGHT_LANDSCAPES = Result(LANDSCAPE, "results/geometry/landscape.parquet")
WEIGHT_TRAJECTORIES = Result(TRAJECTORIES, "results/geometry/trajectories.parquet")
WEIGHT_GRADIENTS = Result(GRADIENTS, "results/geometry/gradients.parquet")
WEIGHT_SHARPNESS = Result(SHARPNESS, "results/geometry/sharpness.parquet")

#: Published evidence by its key in the configuration (section ``evidence``).
EVIDENCE = {
    name: Result(kind, f"results/evidence/{name}.parquet")
    for name, kind in (
        ("transfer", ARCHITECTURES),
        ("tasks", TASKS),
        ("supernets", SUPERNETS),
        ("hessians", HESSIANS),
        ("latencies", LATENCIES),
    )
}
TRANSFERRED, TASK_SCORES, PUBLISHED_SUPERNETS, PUBLISHED_HESSIANS, CELL_LATENCIES = EVIDENCE.values()
