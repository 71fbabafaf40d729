"""Claims about one-shot searches: Table 5, blocks A and B, and Fig. 7 and 8."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd

from nascope.analysis.one_shot import last_epochs, scored_searches
from nascope.evidence.estimate import Estimate, exact, untestable
from nascope.evidence.intervals import mean, published_moments, welch_interval
from nascope.papers.nasbench201 import reads
from nascope.papers.nasbench201.paper import PAPER
from nascope.papers.nasbench201.reference import ONE_SHOT_RUNS, TABLE_5AB
from nascope.papers.nasbench201.supernets import main_score, published_places
from nascope.schemas.results import NASBENCH201
from nascope.schemas.searches import Benchmark, OneShot

if TYPE_CHECKING:
    from nascope.papers.nasbench201.settings import NasBench201
    from nascope.workflow.plan import Plan

_PUBLISHED = f"Table 5, {ONE_SHOT_RUNS} runs on CIFAR-10"


def _options(plan: Plan[NasBench201], **names: Any) -> dict[str, Any]:  # noqa: ANN401 - plain values
    """Where supernets were searched, and why the table that scores their cells cannot rank them, if so."""
    section = plan.section
    short = plan.study(section.own_space).protocol.short if section.one_shot.oracle == "own" else ""
    return {"dataset": section.one_shot.dataset, "short": short, **names}


def _only(plan: Plan[NasBench201], **names: Any) -> dict[str, Any]:  # noqa: ANN401 - plain values
    return names


def degenerates(found: OneShot, benchmark: Benchmark, *, dataset: str, short: str, algorithms: list[str]) -> Estimate:
    """Place of some algorithms' final cells among all cells, one unit per seed."""
    final = _final(found, benchmark)
    chosen, scope = final[final["algorithm"].isin(algorithms)], _scope(final, dataset)
    if short:
        return untestable(short, scope)
    by_seed = chosen.groupby("seed")["percentile"].mean().to_numpy()
    return mean(0.5 - by_seed, f"{' and '.join(algorithms)}, both BatchNorm modes, {scope}")


def published_degenerate(published: Benchmark, *, algorithms: list[str]) -> Estimate:
    """The better of both BatchNorm modes, by the place of the published mean."""
    places = published_places(published)
    chosen = places[(places["score"] == main_score(places["score"])) & places["algorithm"].isin(algorithms)]
    score, cells = chosen["score"].iloc[0], published["index"].nunique()
    return exact(0.5 - chosen["published_percentile"].max(), ONE_SHOT_RUNS, f"{_PUBLISHED}, of {cells:,} by {score}")


for _name, _members in {"DARTS": ["DARTS-V1", "DARTS-V2"], "ENAS": ["ENAS"]}.items():
    _CLAIM = PAPER.claim(f"{_name} degenerates", f"{_name} ends in cells that are worse than most of the space.")
    _MEASURE = f"0.5 minus the share of cells that are worse than what {_name} finds"
    _CLAIM.test(
        "published searches",
        figure="one_shot_means",
        measure=_MEASURE,
        unit="searches",
        tables=lambda plan: {"published": NASBENCH201},
        options=partial(_only, algorithms=_members),
    )(published_degenerate)
    _CLAIM.test(
        "trained here",
        figure="one_shot_means",
        measure=_MEASURE,
        unit="seeds",
        tables=reads.one_shot,
        options=partial(_options, algorithms=_members),
    )(degenerates)

_BATCH_STATISTICS_HELP_WEIGHT_SHARING = PAPER.claim(
    "batch statistics help weight sharing",
    "With batch statistics in the supernet's BatchNorm, RSPS finds better cells than with running estimates.",
)


@_BATCH_STATISTICS_HELP_WEIGHT_SHARING.test(
    "published searches",
    figure="one_shot_means",
    measure="CIFAR-10 test accuracy of RSPS' cells, batch statistics minus running estimates (points; paper: 3.59)",
    unit="searches",
)
def published_batch_statistics_help() -> Estimate:
    """Difference of the published means."""
    both = [(TABLE_5AB[mode], "RSPS") for mode in ("batch", "running")]
    return _published_difference(*both)


@_BATCH_STATISTICS_HELP_WEIGHT_SHARING.test(
    "trained here",
    figure="one_shot_means",
    measure="share of cells worse than RSPS' cell, batch statistics minus running estimates",
    unit="seeds",
    tables=reads.one_shot,
    options=_options,
)
def batch_statistics_help(found: OneShot, benchmark: Benchmark, *, dataset: str, short: str) -> Estimate:
    """Difference in the place of RSPS' final cells among all cells, one unit per seed."""
    final = _final(found, benchmark)
    if short:
        return untestable(short, _scope(final, dataset))
    chosen = final[final["algorithm"] == "RSPS"].pivot(index="seed", columns="batch_norm", values="percentile")
    both = chosen.reindex(columns=["batch", "running"]).dropna()  # none where the config asks for one mode
    return mean((both["batch"] - both["running"]).to_numpy(), f"RSPS, {_scope(final, dataset)}")


_GDAS_IS_BEST = PAPER.claim(
    "GDAS is the best one-shot search",
    "Of the one-shot searches, GDAS finds the best cells.",
)


@_GDAS_IS_BEST.test(
    "published searches",
    figure="one_shot_means",
    measure="CIFAR-10 test accuracy of GDAS' cells minus that of the next best search's (points; paper: 5.85)",
    unit="searches",
)
def published_gdas_is_best() -> Estimate:
    """Difference of the published means with batch statistics."""
    block = TABLE_5AB["batch"]
    second = max((name for name in block if name != "GDAS"), key=lambda name: block[name]["cifar10 test"][0])
    return _published_difference((block, "GDAS"), (block, second))


@_GDAS_IS_BEST.test(
    "trained here",
    figure="one_shot_means",
    measure="share of cells worse than GDAS' cell minus the best mean share of another search",
    unit="seeds",
    tables=reads.one_shot,
    options=_options,
)
def gdas_is_best(found: OneShot, benchmark: Benchmark, *, dataset: str, short: str) -> Estimate:
    """Difference of places in the best other search, one unit per seed."""
    final = _final(found, benchmark)
    if short:
        return untestable(short, _scope(final, dataset))
    places = final.groupby(["seed", "algorithm"])["percentile"].mean().unstack()
    if "GDAS" not in places or len(places.columns) < 2:
        return untestable("nasbench201.one_shot has not GDAS and another search", _scope(final, dataset))
    second = places.drop(columns="GDAS").mean().idxmax()
    return mean((places["GDAS"] - places[second]).to_numpy(), f"next best {second}, {_scope(final, dataset)}")


def _published_difference(
    first: tuple[dict[str, dict[str, tuple[float, float]]], str],
    second: tuple[dict[str, dict[str, tuple[float, float]]], str],
) -> Estimate:
    """Welch's difference of two entries of Table 5 on CIFAR-10's test images."""
    moments = [published_moments(*block[name]["cifar10 test"], ONE_SHOT_RUNS) for block, name in (first, second)]
    low, high = welch_interval(*moments)
    names = " against ".join(dict.fromkeys((first[1], second[1])))
    return Estimate(moments[0][0] - moments[1][0], low, high, ONE_SHOT_RUNS, f"{names}, {_PUBLISHED}, test accuracy")


def _final(found: pd.DataFrame, benchmark: pd.DataFrame) -> pd.DataFrame:
    """Final cells of one-shot searches by their place among all cells of the table, on its main score."""
    scored = last_epochs(scored_searches(found, benchmark))
    return scored[scored["score"] == main_score(scored["score"])]


def _scope(final: pd.DataFrame, dataset: str) -> str:
    seeds, score = final["seed"].nunique(), final["score"].iloc[0]
    return f"{seeds} seed(s) on {dataset}, cells scored by the table's {score} accuracy"
