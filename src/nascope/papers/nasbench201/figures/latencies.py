"""Accuracy against latency on several devices."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from nascope.analysis.ranking import mean_scores
from nascope.drawing.matrices import heat_map
from nascope.drawing.style import Drawing, canvas
from nascope.evidence.sources import published_source
from nascope.papers.nasbench201.labels import RESNET, score_title
from nascope.papers.nasbench201.paper import PAPER
from nascope.papers.nasbench201.reads import table_name
from nascope.papers.nasbench201.supernets import main_score
from nascope.schemas.evidence import Latencies
from nascope.schemas.results import CELL_LATENCIES, NASBENCH201
from nascope.schemas.searches import Benchmark

_COLUMNS = 4
_SHOWN = 0.9995  # quantile of latencies up to which an axis reaches


@PAPER.figure(
    "Accuracy against latency on several devices",
    tables=lambda plan: {"benchmark": NASBENCH201, "latencies": CELL_LATENCIES},
    options=table_name,
)
def latencies(benchmark: Benchmark, latencies: Latencies, *, table: str) -> Drawing:
    """All cells on each device, those that no faster cell beats, and how well devices agree."""
    wide, scores = latencies.pivot(index="index", columns="device", values="latency_ms"), mean_scores(benchmark)
    score = main_score(scores.columns)
    accuracy = scores.loc[wide.index, score]
    resnet = benchmark.loc[benchmark["genotype"] == RESNET, "index"].iloc[0]
    rows = -(-(len(wide.columns) + 1) // _COLUMNS)
    figure, axes = canvas(rows, _COLUMNS, 3.1 * _COLUMNS, 3.1 * rows, squeeze=False)
    panels, parts = list(np.ravel(axes)), []
    for axis, device in zip(panels, wide, strict=False):
        data = pd.DataFrame({"device": device, "latency_ms": wide[device], "accuracy": accuracy})
        data["front"] = _front(data["latency_ms"], data["accuracy"])
        x, y = data["latency_ms"], data["accuracy"]
        axis.scatter(x, y, s=2, alpha=0.2, linewidths=0, color="#0072B2", rasterized=True)
        front = data[data["front"]].sort_values("latency_ms")
        axis.step(front["latency_ms"], front["accuracy"], where="post", color="#D55E00")
        if resnet in data.index:
            star = data.loc[resnet]
            axis.plot(star["latency_ms"], star["accuracy"], "*", color="#E69F00", markeredgecolor="k", markersize=11)
        rho = float(data["latency_ms"].corr(data["accuracy"], method="spearman"))
        axis.set(title=f"{device}\nSpearman {rho:.2f}", xlabel="latency (ms)", ylabel=f"{score_title(score)} (%)")
        axis.set_xlim(0, 1.05 * data["latency_ms"].quantile(_SHOWN))
        parts.append(data.reset_index())
    _draw_agreement(panels[len(wide.columns)], wide)
    for axis in panels[len(wide.columns) + 1 :]:
        axis.set_axis_off()
    note = (
        f"{published_source(table)}. Latencies of {len(wide):,} cells' networks, one reading each (evidence.latencies)"
        ". Line: cells that are more accurate than all faster ones. Star: the ResNet cell."
    )
    if "Pixel 3" in wide:
        note += " Some readings of Pixel 3 are near zero."
    return Drawing(figure, pd.concat(parts, ignore_index=True), note)


def _draw_agreement(axis: Axes, wide: pd.DataFrame) -> None:
    """Rank correlations of the latencies on each two devices."""
    numbers = range(1, len(wide.columns) + 1)
    matrix = wide.corr(method="spearman").to_numpy()
    heat_map(axis, matrix, [f"{name} ({number})" for name, number in zip(wide, numbers, strict=True)])
    axis.set_xticks(range(len(numbers)), [f"({number})" for number in numbers], rotation=0)
    axis.set_title("agreement of latencies\n(Spearman)")


def _front(latency: pd.Series, accuracy: pd.Series) -> pd.Series:
    """Whether a cell is more accurate than all that are as fast or faster."""
    ordered = accuracy.loc[latency.sort_values(kind="stable").index]
    before = ordered.cummax().shift(fill_value=-np.inf)
    return (ordered > before).reindex(accuracy.index)
