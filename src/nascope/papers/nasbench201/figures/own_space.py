"""Our own table: cells of a NAS-Bench-201 space, trained here."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from nascope.drawing.style import Drawing, canvas
from nascope.evidence.scope import Trained
from nascope.papers.nasbench201.paper import PAPER
from nascope.schemas.results import OWN_SPACE
from nascope.schemas.searches import Benchmark
from nascope.spaces.nasbench201 import PRIMITIVES, NasBench201Cell


@PAPER.figure(
    "Our own table: cells of a NAS-Bench-201 space, trained here",
    tables=lambda plan: {"benchmark": OWN_SPACE},
    options=lambda plan: {"trained": plan.study(plan.section.own_space).trained},
)
def own_space(benchmark: Benchmark, *, trained: Trained) -> Drawing:
    """Accuracy by parameters, agreement of seeds, and what a 3x3 convolution is worth."""
    cells = benchmark.groupby("index", sort=True).agg(
        genotype=("genotype", "first"),
        key=("key", "first"),
        parameters=("parameters", "first"),
        test_accuracy=("test_accuracy", "mean"),
        deviation=("test_accuracy", "std"),
    )
    parsed = [NasBench201Cell.parse(text) for text in cells["genotype"]]
    cells["convolutions_3x3"] = [cell.ops.count(PRIMITIVES[3]) for cell in parsed]
    alive = cells[[cell.is_live() for cell in parsed]]
    functions = alive.drop_duplicates("key")
    seeds = benchmark.pivot(index="index", columns="seed", values="test_accuracy").loc[functions.index]
    figure, axes = canvas(1, 3, 9.5, 3.3)
    _by_size(axes[0], alive)
    _by_seed(axes[1], seeds)
    _in_order(axes[2], seeds)
    note = (
        f"{len(cells)} cells with {parsed[0].nodes} nodes, all {trained}, {seeds.shape[1]} seed(s); "
        f"{cells['key'].nunique()} distinct functions, each trained once per seed. Left: a point per cell; middle and "
        f"right: per function. Not drawn: {len(cells) - len(alive)} cells whose output ignores the image."
    )
    return Drawing(figure, cells.reset_index(), note)


def _by_size(axis: Axes, cells: pd.DataFrame) -> None:
    for count, group in cells.groupby("convolutions_3x3"):
        thousands = group["parameters"] / 1e3
        axis.scatter(thousands, group["test_accuracy"], s=14, label=f"{count}", alpha=0.8, linewidths=0)
    axis.set_xlabel("parameters (thousand)")
    axis.set_ylabel("test accuracy (%)")
    axis.legend(title="3x3 conv.", loc="lower right")


def _by_seed(axis: Axes, seeds: pd.DataFrame) -> None:
    first, last = seeds.columns[0], seeds.columns[-1]
    axis.scatter(seeds[first], seeds[last], s=14, color="#0072B2", alpha=0.6, linewidths=0)
    axis.set_xlabel(f"test accuracy (%), seed {first}")
    axis.set_ylabel(f"test accuracy (%), seed {last}")
    if first != last:
        axis.set_title(f"Kendall's tau {seeds[first].corr(seeds[last], method='kendall'):.2f}")


def _in_order(axis: Axes, seeds: pd.DataFrame) -> None:
    ordered = seeds.loc[seeds.mean(axis=1).sort_values().index]
    for seed in ordered:
        axis.plot(range(len(ordered)), ordered[seed], ".", markersize=4, alpha=0.7, label=f"seed {seed}")
    axis.plot(range(len(ordered)), ordered.mean(axis=1), color="#000000", linewidth=0.8, label="mean")
    axis.set_xlabel("function, by mean test accuracy")
    axis.set_ylabel("test accuracy (%)")
    if len(ordered.columns) <= 5:
        axis.legend(loc="lower right")
