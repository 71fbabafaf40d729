"""Test accuracy at the end of training, and original against adapted cells (Fig. 9, Table 1)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from nascope.analysis.pairs import difference_interval
from nascope.figures.matrices import text_table
from nascope.figures.style import Drawing, canvas
from nascope.reference import SHU_TABLE_1
from nascope.training.summary import join_study


def final_accuracy(genotypes: list[pd.DataFrame], trainings: list[pd.DataFrame], options: dict[str, Any]) -> Drawing:
    """Fig. 9: test accuracy after training of published cells (index 0) and of connection variants by width."""
    table = pd.concat([join_study(*pair) for pair in zip(genotypes, trainings, strict=True)], ignore_index=True)
    keys = ["family", "group", "name", "width", "depth"]
    scores = table.groupby(keys, sort=False)["last_test_accuracy"].agg(["mean", "min", "max"]).reset_index()
    data = scores.assign(index=scores.groupby("family").cumcount())
    names = list(data["family"].unique())
    figure, axes = canvas(1, len(names), 2.3 * len(names), 2.9, sharey=True, squeeze=False)
    for axis, family in zip(axes[0], names, strict=True):
        cells = data[data["family"] == family]
        spread = [cells["mean"] - cells["min"], cells["max"] - cells["mean"]]
        axis.errorbar(cells["index"], cells["mean"], yerr=spread, fmt="o", color="#0072B2", markersize=4, linewidth=0.8)
        axis.axhline(cells["mean"].iloc[0], color="#D55E00", linestyle="--", linewidth=1)
        axis.set_title(family)
        axis.set_xlabel("0: published, then by width")
        axis.set_xticks(cells["index"])
        axis.tick_params(axis="x", labelsize=6)
    axes[0, 0].set_ylabel("test accuracy (%)")
    seeds = " and ".join(sorted({str(len(row)) for part in genotypes for row in part["seeds"]}))
    note = (
        f"After the last epoch; trained here on {', '.join(options['datasets'])} with protocol "
        f"{', '.join(options['protocols'])}, {seeds} seed(s) a cell, bars from smallest to largest. Dashed: the "
        "published cell (paper: CIFAR-10, 600 epochs)."
    )
    return Drawing(figure, data, note)


def generalisation(
    genotypes: list[pd.DataFrame],
    trainings: list[pd.DataFrame],
    parameters: list[pd.DataFrame],
    options: dict[str, Any],
) -> Drawing:
    """Table 1: test error and parameters of original and adapted cells on each data set."""
    tables = [
        _errors(join_study(*pair), counts).assign(dataset=dataset, protocol=protocol)
        for *pair, counts, dataset, protocol in zip(
            genotypes, trainings, parameters, options["datasets"], options["protocols"], strict=True
        )
    ]
    data = pd.concat(tables, ignore_index=True)
    shown = pd.DataFrame(
        {
            "cell": data["family"],
            "data set": data["dataset"],
            "original (%)": _plus_minus(data, "original"),
            "adapted (%)": _plus_minus(data, "adapted"),
            "adapted - original [95%]": [
                f"{row.difference:+.2f} [{row.low:+.2f}, {row.high:+.2f}]" for row in data.itertuples()
            ],
            "parameters (M)": [
                f"{row.original_parameters / 1e6:.3f} / {row.adapted_parameters / 1e6:.3f}" for row in data.itertuples()
            ],
            "paper: error (%), parameters (M)": [
                _published(row.family, options["sources"][row.dataset]) for row in data.itertuples()
            ],
        }
    )
    figure, axis = canvas(1, 1, 11.5, 0.6 + 0.29 * (len(shown) + 1))
    text_table(axis, shown, widths=[0.1, 0.12, 0.12, 0.12, 0.19, 0.12, 0.23])
    note = (
        f"Test error after the last epoch, mean ± standard deviation over {data['seeds'].iloc[0]} seed(s), trained "
        f"here with protocol {', '.join(options['protocols'])}; Welch's 95% interval of the difference. Parameters "
        "count every edge and, where the protocol has it, the auxiliary head. The paper's values are single runs of "
        "600 epochs."
    )
    return Drawing(figure, data, note)


def _errors(table: pd.DataFrame, counts: pd.DataFrame) -> pd.DataFrame:
    """One row a family: errors of both cells, their difference with its interval, and parameters."""
    sizes = counts.set_index("name")["parameters"]
    rows = []
    for family, cells in table.groupby("family", sort=False):
        row: dict[str, Any] = {"family": family, "seeds": cells["seed"].nunique()}
        errors = {}
        for group, part in cells.groupby("group"):
            errors[group] = (100 - part["last_test_accuracy"]).to_numpy()
            row[f"{group}_error"] = errors[group].mean()
            row[f"{group}_deviation"] = errors[group].std(ddof=1) if len(part) > 1 else np.nan
            row[f"{group}_parameters"] = int(sizes[part["name"].iloc[0]])
        row["difference"] = row["adapted_error"] - row["original_error"]
        row["low"], row["high"] = difference_interval(errors["adapted"], errors["original"])
        rows.append(row)
    return pd.DataFrame(rows)


def _plus_minus(data: pd.DataFrame, group: str) -> list[str]:
    pairs = zip(data[f"{group}_error"], data[f"{group}_deviation"], strict=True)
    return [f"{mean:.2f}" if np.isnan(deviation) else f"{mean:.2f} ± {deviation:.2f}" for mean, deviation in pairs]


def _published(name: str, source: str) -> str:
    """Table 1's entry for the data set, CIFAR-10's where the paper has not used it."""
    if name not in SHU_TABLE_1:
        return "not reported"
    source = source if source in SHU_TABLE_1[name] else "cifar10"
    errors, sizes = SHU_TABLE_1[name][source]
    return f"{source}: {errors[0]:.2f} / {errors[1]:.2f}, {sizes[0]:.2f} / {sizes[1]:.2f}"
