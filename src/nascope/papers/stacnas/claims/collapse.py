"""Collapse: skip connections take over in DARTS' searches, and what prevents it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from nascope.analysis.cell_searches import with_skips
from nascope.analysis.collapse import chance_skips, finished_runs, regularised
from nascope.datasets.shapes import sizes_of
from nascope.errors import known
from nascope.evidence.estimate import Estimate, untestable
from nascope.evidence.intervals import mean
from nascope.papers.stacnas.paper import PAPER
from nascope.schemas.evidence import Supernets
from nascope.schemas.results import FOUND_CELLS, PUBLISHED_SUPERNETS
from nascope.schemas.searches import CellSearches
from nascope.search.one_shot.space_spec import SpaceSpec

if TYPE_CHECKING:
    from nascope.papers.stacnas.settings import StacNas
    from nascope.schemas.results import Result
    from nascope.workflow.plan import Plan

_PLAIN = 0.0003  # weight decay of DARTS
_EARLY = 5  # epoch, from 0
_NEEDED = 10, 20  # epochs that collapse takes in the published searches ...
_STEPS = 390  # ... each of about so many steps
_GAIN = (-8.0, 8.0)  # of 8 operations


def _published(plan: Plan[StacNas]) -> dict[str, Result]:
    return {"supernets": PUBLISHED_SUPERNETS}


def _own(plan: Plan[StacNas]) -> dict[str, Any]:
    """Spaces, groups and length of our own searches."""
    searches, config = plan.section.searches, plan.config
    dataset = known(config.datasets, searches.dataset, "datasets", "stacnas.searches.dataset")
    named = {
        name: known(config.search_spaces, name, "search_spaces", "stacnas.searches.spaces") for name in searches.spaces
    }
    groups = {} if searches.groups == "measured" else {name: list(group) for name, group in searches.groups.items()}
    return {
        "spaces": {name: space.given() for name, space in named.items()},
        "groups": groups,
        "steps": searches.weights.epochs * math.ceil(sizes_of(dataset)[0] / searches.weights.batch_size),
        "dataset": searches.dataset,
    }


_SKIPS_TAKE_OVER = PAPER.claim("skips take over", "In DARTS' searches, skip connections take over.")
_COLLAPSE_IS_LATE = PAPER.claim(
    "skips take over late", "Skip connections take over after the sixth epoch of DARTS' searches."
)
_DROP_PATH = PAPER.claim("drop-path prevents collapse", "Dropping paths keeps skip connections from taking over.")
_WEIGHT_DECAY = PAPER.claim(
    "weight decay prevents collapse", "A larger weight decay keeps skip connections from taking over."
)
_CLUSTERING = PAPER.claim(
    "clustering prevents collapse", "Searching groups first keeps skip connections from taking over."
)


@_SKIPS_TAKE_OVER.test(
    "published searches",
    figure="collapse",
    measure="skip connections of the normal cell after the last epoch minus those after the first (of 8)",
    unit="searches",
    tables=_published,
)
def skips_take_over(supernets: Supernets) -> Estimate:
    """Gain of each search without drop-path and with DARTS' weight decay."""
    runs = regularised(finished_runs(supernets), 0, _PLAIN)
    return mean((runs.iloc[:, -1] - runs.iloc[:, 0]).to_numpy(), _of(runs), _GAIN)


@_SKIPS_TAKE_OVER.test(
    "trained here",
    figure="skip_counts",
    measure="skip connections of DARTS' final normal cell minus those of a search that learns nothing (of 8)",
    unit="searches",
    tables=lambda plan: {"cell_searches": FOUND_CELLS},
    options=_own,
)
def skips_take_over_here(
    cell_searches: CellSearches, *, spaces: dict[str, SpaceSpec], groups: dict[str, list[str]], steps: int, dataset: str
) -> Estimate:
    """Skips beyond chance, one unit per space and seed."""
    beyond = _beyond_chance(cell_searches, spaces, groups)
    if "DARTS-V1" not in beyond:
        return untestable("stacnas.searches.algorithms has no DARTS-V1", _here(spaces, steps, dataset))
    return _long_enough(steps, mean(beyond["DARTS-V1"].dropna().to_numpy(), _here(spaces, steps, dataset), _GAIN))


@_COLLAPSE_IS_LATE.test(
    "published searches",
    figure="collapse",
    measure="skip connections gained after the sixth epoch minus those gained before (of 8)",
    unit="searches",
    tables=_published,
)
def skips_come_late(supernets: Supernets) -> Estimate:
    """Difference of two gains of each search without drop-path and with DARTS' weight decay."""
    runs = regularised(finished_runs(supernets), 0, _PLAIN)
    gains = (runs.iloc[:, -1] - runs[_EARLY]) - (runs[_EARLY] - runs.iloc[:, 0])
    return mean(gains.to_numpy(), _of(runs), (-16.0, 16.0))


@_DROP_PATH.test(
    "published searches",
    figure="collapse",
    measure="final skip connections without drop-path minus those with a probability of 0.2 (of 8)",
    unit="pairs of searches",
    tables=_published,
)
def drop_path_prevents(supernets: Supernets) -> Estimate:
    """Pairs of searches of a space with one seed, at DARTS' weight decay."""
    return _prevented(finished_runs(supernets), (0.2, _PLAIN))


@_WEIGHT_DECAY.test(
    "published searches",
    figure="collapse",
    measure="final skip connections with weight decay 0.0003 minus those with 0.0081 (of 8)",
    unit="pairs of searches",
    tables=_published,
)
def weight_decay_prevents(supernets: Supernets) -> Estimate:
    """Pairs of searches of a space with one seed, without drop-path."""
    return _prevented(finished_runs(supernets), (0.0, 0.0081))


@_CLUSTERING.test(
    "trained here",
    figure="skip_counts",
    measure="skip connections beyond those of a search that learns nothing: DARTS' final normal cell minus StacNAS'",
    unit="pairs of searches",
    tables=lambda plan: {"cell_searches": FOUND_CELLS},
    options=_own,
)
def clustering_prevents_collapse(
    cell_searches: CellSearches, *, spaces: dict[str, SpaceSpec], groups: dict[str, list[str]], steps: int, dataset: str
) -> Estimate:
    """Difference in skips beyond chance, one unit per space and seed."""
    scope = _here(spaces, steps, dataset)
    if not groups:
        return untestable("groups are measured, so what chance finds is not known", scope)
    beyond = _beyond_chance(cell_searches, spaces, groups).reindex(columns=["DARTS-V1", "StacNAS"]).dropna()
    return _long_enough(steps, mean((beyond["DARTS-V1"] - beyond["StacNAS"]).to_numpy(), scope, _GAIN))


def _prevented(runs: pd.DataFrame, how: tuple[float, float]) -> Estimate:
    """Skips of the plain searches minus those of searches with another drop-path or weight decay."""
    pair = ["space", "dataset", "seed"]
    plain, other = (regularised(runs, *one).iloc[:, -1].groupby(pair).mean() for one in ((0.0, _PLAIN), how))
    gains = (plain - other).dropna()
    return mean(gains.to_numpy(), f"{len(gains)} pairs of {_of(runs)}", _GAIN)


def _of(runs: pd.DataFrame) -> str:
    spaces = ", ".join(sorted(set(runs.index.get_level_values("space"))))
    return f"searches of {int(runs.columns[-1]) + 1} epochs in spaces {spaces} that others ran (RobustDARTS)"


def _beyond_chance(searches: pd.DataFrame, spaces: dict[str, SpaceSpec], groups: dict[str, list[str]]) -> pd.DataFrame:
    """Skips of the last cells minus chance's, a row per space and seed, a column per algorithm."""
    ordered = with_skips(searches).sort_values(["stage", "epoch"])
    last = ordered.groupby(["space", "seed", "algorithm"])["skips"].last().unstack().astype(float)
    for name, space in spaces.items():
        edges, rows = space.candidates()["normal"], last.index.get_level_values("space") == name
        for algorithm in {"DARTS-V1", "StacNAS"} & set(last.columns):
            chance = chance_skips(edges, space.nodes, groups if algorithm == "StacNAS" else None)
            last.loc[rows, algorithm] -= chance if groups or algorithm != "StacNAS" else np.nan
    return last


def _here(spaces: dict[str, SpaceSpec], steps: int, dataset: str) -> str:
    return f"spaces {', '.join(spaces)}, {steps} steps per stage on {dataset}"


def _long_enough(steps: int, found: Estimate) -> Estimate:
    """The gate: searches shorter than collapse takes say nothing about it."""
    first, last = (epochs * _STEPS for epochs in _NEEDED)
    if steps >= first:
        return found
    reason = f"{steps} steps per stage; collapse takes {first:,} to {last:,} in the published searches"
    return untestable(reason, found.scope)
