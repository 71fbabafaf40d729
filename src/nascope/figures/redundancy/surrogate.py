"""What a surrogate of the DARTS space says: its quality, importance by primitive, and patterns (Fig. 2-4, 9)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from nascope.analysis.importance import studied_importance
from nascope.analysis.ranking import prediction_quality
from nascope.figures.redundancy.boxes import draw_band, draw_boxes
from nascope.figures.style import PRIMITIVE_COLOURS, SHORT, Drawing, canvas
from nascope.spaces.darts import PRIMITIVES
from nascope.spaces.patterns import GROUPS

_CELLS = {"normal": "normal cells", "reduce": "reduction cells"}
_SUBSETS = {"top": "best", "rest": "middle", "bottom": "worst", "uniform": "any"}
_POSITIONS = ("from $c_{k-2}$", "from $c_{k-1}$", "from a node")


def surrogate(predictions: pd.DataFrame, options: dict[str, Any]) -> Drawing:
    """Fig. 2: predicted against trained error of architectures that were held out."""
    r2, tau = prediction_quality(predictions)
    figure, axis = canvas(1, 1, 4.6, 4.2)
    bars = {"yerr": 100 * predictions["deviation"], "fmt": "o", "markersize": 3.5, "linewidth": 0.6, "alpha": 0.8}
    axis.errorbar(100 * predictions["observed"], 100 * predictions["predicted"], color="#0072B2", **bars)
    limits = [100 * predictions["observed"].min(), 100 * predictions["observed"].max()]
    axis.plot(limits, limits, color="#555555", linewidth=0.8)
    axis.set_xlabel("error when trained (%)")
    axis.set_ylabel("predicted error (%)")
    axis.set_title(f"R² {r2:.2f}, Kendall's tau {tau:.2f}")
    note = (
        f"{len(predictions)} architectures, {predictions['fold'].nunique()}-fold cross-validation; "
        f"{source_of(options)}. Bars: standard deviation over the surrogate's members."
    )
    return Drawing(figure, predictions, note)


def darts_importance(genotype_importance: pd.DataFrame, predictions: pd.DataFrame, options: dict[str, Any]) -> Drawing:
    """Fig. 3: importance by primitive in the normal and reduction cells of the best and the worst genotypes."""
    figure, axes = canvas(2, len(_SUBSETS), 13, 5.2, sharey="row")
    records = []
    for row, (kind, title) in enumerate(_CELLS.items()):
        for axis, (subset, label) in zip(axes[row], _SUBSETS.items(), strict=True):
            chosen = _chosen(genotype_importance, kind, subset)
            values = [100 * chosen.loc[chosen["primitive"] == op, "importance"].to_numpy() for op in PRIMITIVES]
            draw_boxes(axis, values, [PRIMITIVE_COLOURS[op] for op in PRIMITIVES])
            draw_band(axis, options["threshold"])
            axis.set_xticks(range(1, len(PRIMITIVES) + 1), [SHORT[op] for op in PRIMITIVES])
            axis.set_title(f"{label} genotypes, {title}")
            for op, array in zip(PRIMITIVES, values, strict=True):
                quartiles = np.percentile(array, [25, 50, 75]) if len(array) else [np.nan] * 3
                records.append((subset, kind, op, len(array), *quartiles))
        axes[row, 0].set_ylabel("importance\n(percentage points of error)")
    columns = ["subset", "cell_type", "primitive", "operations", "q25_pp", "median_pp", "q75_pp"]
    return Drawing(figure, pd.DataFrame(records, columns=columns), _note(genotype_importance, predictions, options))


def darts_counts(genotype_importance: pd.DataFrame, predictions: pd.DataFrame, options: dict[str, Any]) -> Drawing:
    """Fig. 4: how often each primitive occurs in the best and worst genotypes, and how often it matters."""
    figure, axes = canvas(2, 2, 8.5, 5.4, sharex=True)
    places, records = np.arange(len(PRIMITIVES)), []
    for row, (subset, sign) in enumerate({"top": 1, "bottom": -1}.items()):
        for axis, (kind, title) in zip(axes[row], _CELLS.items(), strict=True):
            chosen = _chosen(genotype_importance, kind, subset)
            strong = chosen[sign * chosen["importance"] > options["threshold"]]
            counts = [part["primitive"].value_counts().reindex(PRIMITIVES, fill_value=0) for part in (chosen, strong)]
            what = "important" if sign > 0 else "harmful"
            axis.bar(places - 0.2, counts[0], 0.4, color="#BBBBBB", label="all")
            axis.bar(places + 0.2, counts[1], 0.4, color=[PRIMITIVE_COLOURS[op] for op in PRIMITIVES], label=what)
            axis.axhline(len(chosen) / len(PRIMITIVES), color="#666666", linestyle="--", linewidth=0.8)
            axis.set_xticks(places, [SHORT[op] for op in PRIMITIVES])
            share = len(strong) / len(chosen)
            axis.set_title(f"{_SUBSETS[subset]} genotypes, {title}: {what} {share:.0%}")
            axis.legend(fontsize=7)
            records += [(subset, kind, op, int(counts[0][op]), int(counts[1][op])) for op in PRIMITIVES]
        axes[row, 0].set_ylabel("operations")
    data = pd.DataFrame(records, columns=["subset", "cell_type", "primitive", "operations", "beyond_threshold"])
    return Drawing(figure, data, _note(genotype_importance, predictions, options))


def skip_positions(genotype_importance: pd.DataFrame, predictions: pd.DataFrame, options: dict[str, Any]) -> Drawing:
    """Importance of skip connections in normal cells by where they come from."""
    skips = genotype_importance[
        (genotype_importance["primitive"] == "skip_connect") & (genotype_importance["cell_type"] == "normal")
    ]
    data = skips.assign(position=np.take(_POSITIONS, np.minimum(skips["source"], 2)))
    figure, axes = canvas(1, len(_SUBSETS), 11.5, 3.2, sharey=True)
    for axis, (subset, label) in zip(axes, _SUBSETS.items(), strict=True):
        chosen = data[data["subset"] == subset]
        values = [100 * chosen.loc[chosen["position"] == place, "importance"].to_numpy() for place in _POSITIONS]
        draw_boxes(axis, values, ["#E69F00"] * len(values))
        draw_band(axis, options["threshold"])
        names = [f"{place}\n({len(array)})" for place, array in zip(_POSITIONS, values, strict=True)]
        axis.set_xticks(range(1, len(values) + 1), names)
        axis.set_title(f"{label} genotypes")
    axes[0].set_ylabel("importance of the skip\n(percentage points of error)")
    data = data[["subset", "position", "genotype", "edge", "source", "importance"]]
    return Drawing(figure, data, _note(genotype_importance, predictions, options))


def trained_importance(
    genotypes: list[pd.DataFrame],
    trainings: list[pd.DataFrame],
    genotype_importance: pd.DataFrame,
    predictions: pd.DataFrame,
    options: dict[str, Any],
) -> Drawing:
    """Importance by real training of all neighbours, beside what the surrogate says of the same operations."""
    keys = ["genotype", "cell_type", "edge"]
    pairs = zip(genotypes, trainings, strict=True)
    real = pd.concat([studied_importance(*pair, options["dataset"], options["epochs"]) for pair in pairs])
    predicted = genotype_importance[[*keys, "importance"]].rename(columns={"importance": "predicted"})
    data = real.rename(columns={"subset": "name"}).merge(predicted, on=keys)
    names = list(data["name"].unique())
    figure, axes = canvas(1, len(names), 4.2 * len(names), 3.6, squeeze=False)
    for axis, name in zip(axes[0], names, strict=True):
        part = data[data["name"] == name]
        colours = part["primitive"].map(PRIMITIVE_COLOURS)
        axis.scatter(100 * part["importance"], 100 * part["predicted"], c=colours, s=22)
        for row in part.itertuples():
            text = f"{row.cell_type[0]}{row.edge} {SHORT[row.primitive]}"
            axis.annotate(text, (100 * row.importance, 100 * row.predicted), fontsize=6)
        axis.axhline(0, color="black", linewidth=0.5)
        axis.axvline(0, color="black", linewidth=0.5)
        tau = part[["importance", "predicted"]].corr("kendall").iloc[0, 1]
        axis.set_title(f"{name}: Kendall's tau {tau:.2f} over {len(part)} operations")
        axis.set_xlabel("importance, trained (points of error)")
    axes[0, 0].set_ylabel("importance by the surrogate\n(points of error)")
    r2, tau = prediction_quality(predictions)
    note = (
        f"{sum(map(len, genotypes))} genotypes trained here on {options['dataset']} with protocol "
        f"{options['protocol']}, {genotypes[0]['seeds'].map(len).max()} seed(s): published cells (centre's error "
        f"subtracted) and all neighbours on the edges shown; {source_of(options)}, which has seen some of them, "
        f"with R² {r2:.2f} and tau {tau:.2f} held out."
    )
    return Drawing(figure, data[[*keys, "name", "primitive", "source", "importance", "predicted"]], note)


def pattern_predicted(pattern_predictions: pd.DataFrame, predictions: pd.DataFrame, options: dict[str, Any]) -> Drawing:
    """Fig. 9: predicted error of Random, Skip, Prim and PrimSkip samples, both wirings, and at equal width."""
    figure, axes = canvas(1, 3, 11, 3.6)
    wirings = {"corrected": "corrected wiring", "as_coded": "as coded (wider)"}
    for axis, (wiring, title) in zip(axes, wirings.items(), strict=False):
        part = pattern_predictions[pattern_predictions["wiring"] == wiring]
        values = [100 * part.loc[part["group"] == group, "predicted"].to_numpy() for group in GROUPS]
        draw_boxes(axis, values, ["#56B4E9"] * len(GROUPS))
        widths = part.groupby("group")["width"].mean()
        axis.set_xticks(range(1, len(GROUPS) + 1), [f"{group}\n{widths[group]:.2f}c" for group in GROUPS], fontsize=7)
        axis.set_title(title)
    axes[0].set_ylabel("predicted error (%)")
    means = pattern_predictions.groupby(["wiring", "group", "width"])["predicted"].mean().mul(100).reset_index()
    for group, colour in zip(GROUPS, ("#999999", "#E69F00", "#009E73", "#0072B2"), strict=True):
        part = means[(means["group"] == group) & (means["wiring"] == "corrected")]
        axes[2].plot(part["width"], part["predicted"], "o-", color=colour, markersize=3, linewidth=1, label=group)
    axes[2].set_xlabel("width of the normal cell (c)")
    axes[2].set_title("at equal width (corrected), means")
    axes[2].legend(fontsize=7)
    r2, tau = prediction_quality(predictions)
    note = (
        f"{int(pattern_predictions.groupby(['wiring', 'group']).size().max())} samples a group; errors predicted by "
        f"the {source_of(options)} with R² {r2:.2f} and Kendall's tau {tau:.2f} on held-out architectures (paper: "
        "NAS-Bench-301)."
    )
    return Drawing(figure, pattern_predictions, note)


def _chosen(table: pd.DataFrame, kind: str, subset: str) -> pd.DataFrame:
    return table[(table["cell_type"] == kind) & (table["subset"] == subset)]


def source_of(options: dict[str, Any]) -> str:
    """The surrogate in words."""
    own = f"surrogate fitted to our trainings on {options['dataset']} with protocol {options['protocol']}"
    return own if options["architectures"] == "own" else f"surrogate fitted to {options['architectures']}"


def _note(importance: pd.DataFrame, predictions: pd.DataFrame, options: dict[str, Any]) -> str:
    r2, tau = prediction_quality(predictions)
    return (
        f"{importance['genotype'].nunique()} genotypes: the best and worst {100 * options['fraction']:g}% of "
        f"{options['population']} random ones, as many others and as many of all, by the {source_of(options)}, which "
        f"reaches R² {r2:.2f} and Kendall's tau {tau:.2f} on held-out architectures. 6 to 9 neighbours an edge; grey: "
        f"±{100 * options['threshold']:g} percentage points (paper: NAS-Bench-301)."
    )
