"""Pattern-constrained samples beside published cells, all trained alike (Fig. 9, Table 2)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from nascope.analysis.pairs import difference_interval
from nascope.analysis.sampling import category_errors, hedges_g
from nascope.figures.matrices import text_table
from nascope.figures.redundancy.boxes import draw_boxes
from nascope.figures.style import Drawing, canvas

_COLOURS = {"Random": "#999999", "Prim": "#009E73", "Skip": "#E69F00", "PrimSkip": "#0072B2", "published": "#D55E00"}


def pattern_groups(genotypes: list[pd.DataFrame], trainings: list[pd.DataFrame], options: dict[str, Any]) -> Drawing:
    """Fig. 9, really trained: test error of pattern-constrained samples and of published cells, and against width."""
    data = category_errors(genotypes, trainings)
    names = list(data["category"].unique())
    figure, (axis, beside) = canvas(1, 2, 10.5, 3.8, sharey=True, width_ratios=[1.7, 1])
    values = [data.loc[data["category"] == name, "test_error"].to_numpy() for name in names]
    draw_boxes(axis, values, [_COLOURS[name.split()[0]] for name in names])
    for place, (name, sample) in enumerate(zip(names, values, strict=True), start=1):
        spread = np.linspace(-0.15, 0.15, len(sample)) if len(sample) > 1 else np.zeros(1)
        axis.scatter(place + spread, sample, s=12, color="#222222", zorder=3, linewidths=0)
        part = data[data["category"] == name]
        marker = "x" if "coded" in name else "o"
        beside.scatter(part["width"], sample, s=16, color=_COLOURS[name.split()[0]], marker=marker, label=name)
    widths = data.groupby("category")["width"].mean()
    labels = [f"{name.replace(' (', chr(10) + '(')}\n{widths[name]:.2f}c" for name in names]
    axis.set_xticks(range(1, len(names) + 1), labels, fontsize=7)
    axis.set_ylabel("test error (%)")
    axis.set_title("groups, with mean width")
    beside.set_xlabel("width of the normal cell (c)")
    beside.legend(fontsize=6.5)
    return Drawing(figure, data, f"{_note(genotypes, data, options)} (paper: NAS-Bench-301's prediction, 100 a group).")


def pattern_table(
    genotypes: list[pd.DataFrame],
    trainings: list[pd.DataFrame],
    parameters: list[pd.DataFrame],
    options: dict[str, Any],
) -> Drawing:
    """Table 2's form: error and parameters of every group and of published cells, and how far they are apart."""
    setups = list(zip(options["datasets"], options["protocols"], strict=True))
    parts, counted = [], []
    for dataset, protocol in dict.fromkeys(setups):
        here = [place for place, setup in enumerate(setups) if setup == (dataset, protocol)]
        errors = category_errors([genotypes[place] for place in here], [trainings[place] for place in here])
        sizes = pd.concat([parameters[place] for place in here]).drop_duplicates(["family", "name"])
        errors = errors.merge(sizes[["family", "name", "parameters"]], on=["family", "name"])
        parts.append(_compared(errors).assign(dataset=dataset, protocol=protocol))
        counted.append(errors)
    data, errors = pd.concat(parts, ignore_index=True), pd.concat(counted, ignore_index=True)
    shown = pd.DataFrame(
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
    figure, axis = canvas(1, 1, 12, 0.6 + 0.29 * (len(shown) + 1))
    text_table(axis, shown, widths=[0.08, 0.14, 0.05, 0.11, 0.07, 0.07, 0.1, 0.19, 0.19])
    names = {key: ", ".join(dict.fromkeys(options[f"{key}s"])) for key in ("dataset", "protocol")}
    note = (
        f"{_note(genotypes, errors, names)}; standard deviation over cells; best: the smallest of the cells' means, an "
        "optimistic choice. Intervals: Welch's; g: Hedges' (paper: CIFAR-10 and ImageNet, full evaluation)."
    )
    return Drawing(figure, data, note)


def _compared(errors: pd.DataFrame) -> pd.DataFrame:
    """A row a category: its errors, and how far their mean is from Random's and from published cells'."""
    random, published = (errors.loc[errors["category"] == name, "test_error"] for name in ("Random", "published"))
    rows = []
    for name, group in errors.groupby("category", sort=False):
        sample = group["test_error"]
        row = {"group": name, "cells": len(group), "error": sample.mean(), "deviation": sample.std(ddof=1)}
        row |= {"best": sample.min(), "width": group["width"].mean(), "parameters": group["parameters"].mean()}
        for label, other in (("random", random), ("published", published)):
            low, high = difference_interval(sample, other)
            row |= {f"{label}_difference": sample.mean() - other.mean(), f"{label}_low": low, f"{label}_high": high}
            row |= {f"{label}_g": hedges_g(sample.to_numpy(), other.to_numpy())}
        rows.append(row)
    return pd.DataFrame(rows)


def _note(genotypes: list[pd.DataFrame], data: pd.DataFrame, options: dict[str, Any]) -> str:
    seeds = " to ".join(map(str, sorted({genotypes_of["seeds"].map(len).max() for genotypes_of in genotypes})))
    published = ", ".join(data.loc[data["category"] == "published", "name"])
    return (
        f"{len(data)} genotypes trained here on {options['dataset']} with protocol {options['protocol']}, {seeds} "
        f"seed(s) each, test error after the last epoch; as coded: the sampler that hides the latest node; published: "
        f"{published}"
    )


def _differences(data: pd.DataFrame, prefix: str, itself: str) -> list[str]:
    parts = [data[f"{prefix}_{part}"] for part in ("difference", "low", "high", "g")]
    texts = [f"{value:+.2f} [{low:+.2f}, {high:+.2f}], {g:+.2f}" for value, low, high, g in zip(*parts, strict=True)]
    return ["-" if group == itself else text for group, text in zip(data["group"], texts, strict=True)]
