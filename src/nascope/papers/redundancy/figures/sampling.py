"""Pattern-constrained samples beside published cells, all trained alike (Fig. 9 and 10, Table 2)."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes

from nascope.analysis.sampling import category_errors, hedges_g
from nascope.drawing.boxes import draw_boxes
from nascope.drawing.matrices import text_table
from nascope.drawing.style import Drawing, canvas
from nascope.evidence.intervals import difference_interval
from nascope.evidence.scope import Trained
from nascope.papers.redundancy import reads
from nascope.papers.redundancy.look import GROUP_COLOURS, scatter_at
from nascope.papers.redundancy.paper import PAPER
from nascope.schemas.trainings import Genotypes, Parameters, Trainings
from nascope.training.summary import with_parameters

_OTHERS = "#D55E00"


@PAPER.figure(
    "Test error of pattern-constrained samples and of published cells, all trained",
    number="Fig. 9 and 10",
    tables=lambda plan: reads.compared(plan, "genotypes", "trainings"),
    options=lambda plan: {"trained": plan.study(plan.section.groups).trained},
)
def pattern_groups(genotypes: list[Genotypes], trainings: list[Trainings], *, trained: Trained) -> Drawing:
    """Test error of pattern-constrained samples and of published cells, by group and against width."""
    data = category_errors(genotypes, trainings)
    figure, (axis, beside) = canvas(1, 2, 10.5, 3.8, sharey=True, width_ratios=[1.7, 1])
    _draw_categories(axis, data)
    for name, part in data.groupby("category", sort=False):
        marker = "x" if "coded" in name else "o"
        beside.scatter(part["width"], part["test_error"], s=16, color=_colour(name), marker=marker, label=name)
    beside.set_xlabel("width of the normal cell (c)")
    beside.legend(fontsize=6.5)
    note = f"{_source(genotypes, data, [trained])} (paper: NAS-Bench-301's predictions, 100 samples per group)."
    return Drawing(figure, data, note)


def _draw_categories(axis: Axes, data: pd.DataFrame) -> None:
    """A box and dots for each category, with its mean width."""
    categories = list(data.groupby("category", sort=False))
    samples = [part["test_error"].to_numpy() for _, part in categories]
    draw_boxes(axis, samples, [_colour(name) for name, _ in categories])
    for place, sample in enumerate(samples, start=1):
        scatter_at(axis, place, sample, colour="#222222", size=12)
    labels = [f"{name.replace(' (', chr(10) + '(')}\n{part['width'].mean():.2f}c" for name, part in categories]
    axis.set_xticks(range(1, len(labels) + 1), labels, fontsize=7)
    axis.set_ylabel("test error (%)")
    axis.set_title("groups, with mean width")


def _colour(category: str) -> str:
    return GROUP_COLOURS.get(category.split()[0], _OTHERS)


@PAPER.figure(
    "Pattern-constrained samples against published cells",
    number="Table 2",
    tables=lambda plan: plan.tables(plan.section.evaluated, "genotypes", "trainings", "parameters"),
    options=lambda plan: {"trained": plan.trained(plan.section.evaluated)},
)
def pattern_table(
    genotypes: list[Genotypes], trainings: list[Trainings], parameters: list[Parameters], *, trained: list[Trained]
) -> Drawing:
    """Error and parameters of every group and of published cells, and how far they are apart, by set-up."""
    parts, counted = [], []
    for setup in dict.fromkeys(trained):
        here = [place for place, other in enumerate(trained) if other == setup]
        errors = category_errors([genotypes[place] for place in here], [trainings[place] for place in here])
        sizes = pd.concat([parameters[place] for place in here]).drop_duplicates(["family", "name"])
        errors = with_parameters(errors, sizes)
        parts.append(_compared(errors).assign(dataset=setup.dataset, protocol=setup.protocol))
        counted.append(errors)
    data, errors = pd.concat(parts, ignore_index=True), pd.concat(counted, ignore_index=True)
    figure, axis = canvas(1, 1, 12, 0.6 + 0.29 * (len(data) + 1))
    text_table(axis, _printed(data), widths=[0.08, 0.14, 0.05, 0.11, 0.07, 0.07, 0.1, 0.19, 0.19])
    note = (
        f"{_source(genotypes, errors, trained)}; standard deviation over cells; best: the smallest of the cells' "
        "means, an optimistic choice. Intervals: Welch's; g: Hedges' (paper: CIFAR-10 and ImageNet, full evaluation)."
    )
    return Drawing(figure, data, note)


def _compared(errors: pd.DataFrame) -> pd.DataFrame:
    """One row per category: its errors, and how far their mean is from Random's and from published cells'."""
    references = {
        label: errors.loc[errors["category"] == category, "test_error"]
        for label, category in (("random", "Random"), ("published", "published"))
    }
    rows = []
    for name, group in errors.groupby("category", sort=False):
        sample = group["test_error"]
        row = {"group": name, "cells": len(group), "error": sample.mean(), "deviation": sample.std(ddof=1)}
        row |= {"best": sample.min(), "width": group["width"].mean(), "parameters": group["parameters"].mean()}
        for label, other in references.items():
            low, high = difference_interval(sample, other)
            row |= {f"{label}_difference": sample.mean() - other.mean(), f"{label}_low": low, f"{label}_high": high}
            row |= {f"{label}_g": hedges_g(sample.to_numpy(), other.to_numpy())}
        rows.append(row)
    return pd.DataFrame(rows)


def _printed(data: pd.DataFrame) -> pd.DataFrame:
    """The table as text."""
    return pd.DataFrame(
        {
            "data set": data["dataset"],
            "group": data["group"],
            "cells": data["cells"].astype(str),
            "test error (%)": [f"{row.error:.2f} ± {row.deviation:.2f}" for row in data.itertuples()],
            "best (%)": data["best"].map("{:.2f}".format),
            "width (c)": data["width"].map("{:.2f}".format),
            "parameters (k)": (data["parameters"] / 1000).map("{:.1f}".format),
            "minus Random [95%], g": _differences(data, "random", "Random"),
            "minus published [95%], g": _differences(data, "published", "published"),
        }
    )


def _differences(data: pd.DataFrame, prefix: str, itself: str) -> list[str]:
    parts = [data[f"{prefix}_{part}"] for part in ("difference", "low", "high", "g")]
    texts = [f"{value:+.2f} [{low:+.2f}, {high:+.2f}], {g:+.2f}" for value, low, high, g in zip(*parts, strict=True)]
    return ["-" if group == itself else text for group, text in zip(data["group"], texts, strict=True)]


def _source(genotypes: Sequence[pd.DataFrame], data: pd.DataFrame, trained: Sequence[Trained]) -> str:
    seeds = " to ".join(map(str, _ends({len(seeds) for table in genotypes for seeds in table["seeds"]})))
    setups = " and ".join(map(str, dict.fromkeys(trained)))
    published = dict.fromkeys(data.loc[data["category"] == "published", "name"])
    return (
        f"{len(data)} genotypes {setups}, {seeds} seed(s) each, test error after the last epoch; as coded: the sampler "
        f"that hides the latest node; published: {', '.join(published)}"
    )


def _ends(numbers: set[int]) -> list[int]:
    """The smallest and the largest number, or the only one."""
    return sorted({min(numbers), max(numbers)})
