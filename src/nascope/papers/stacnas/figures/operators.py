"""Figures of StacNAS (Li et al. 2021)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy.cluster.hierarchy import dendrogram

from nascope.analysis.clustering import comembership, operator_linkage
from nascope.drawing.matrices import heat_map
from nascope.drawing.style import Drawing, canvas, short
from nascope.papers.stacnas.paper import PAPER
from nascope.schemas.operators import OperatorFeatures, OperatorGroups
from nascope.schemas.results import CLUSTERS, CORRELATIONS
from nascope.training.protocol import Protocol

if TYPE_CHECKING:
    from nascope.papers.stacnas.settings import StacNas
    from nascope.workflow.plan import Plan

_TABLES = {"operator_features": CORRELATIONS, "operator_groups": CLUSTERS}


def _supernet(plan: Plan[StacNas]) -> dict[str, Any]:
    operators = plan.section.operators
    return {"dataset": operators.dataset, "weights": operators.weights}


@PAPER.figure(
    "Feature correlation of operators in a trained supernet, and their clusters",
    tables=lambda plan: _TABLES,
    options=_supernet,
)
def operator_correlation(
    operator_features: OperatorFeatures, operator_groups: OperatorGroups, *, dataset: str, weights: Protocol
) -> Drawing:
    """Correlation of operators' feature maps on first and last edges, and the dendrogram of their average."""
    features, groups = operator_features, operator_groups
    operators = list(features["first"].unique())
    last = features["edge"].max()
    panels = {
        "first edge (older input to first node)": features[features["edge"] == 0],
        "last edge (into the last node)": features[features["edge"] == last],
    }
    figure, axes = canvas(1, 3, 11, 3.7)
    labels = [short(op) for op in operators]
    for axis, (title, chosen) in zip(axes, panels.items(), strict=False):
        heat_map(axis, _matrix(chosen, operators), labels)
        axis.set_title(title)
    average = _matrix(features, operators)
    dendrogram(
        operator_linkage(average),
        labels=labels,
        ax=axes[2],
        leaf_font_size=8,
        color_threshold=0,
        above_threshold_color="#0072B2",
    )
    axes[2].set_ylabel("1 - correlation")
    axes[2].set_title("average linkage, all probed edges")
    axes[2].grid(visible=False)
    found = groups[(groups["cell"] == -1) & (groups["method"] == "hierarchical")]
    note = (
        f"{_of_supernet(dataset, weights)}, {features['seed'].nunique()} seed(s), {features['images'].iloc[0]} "
        f"training images; correlations averaged over "
        f"{features.groupby(['seed', 'cell', 'edge']).ngroups} probed edges. Groups (first seed): {_describe(found)}."
    )
    return Drawing(figure, features, note)


@PAPER.figure(
    "Mean features of operators, and the stability of their groups over seeds and edges",
    tables=lambda plan: _TABLES,
    options=_supernet,
)
def operator_clusters(
    operator_features: OperatorFeatures, operator_groups: OperatorGroups, *, dataset: str, weights: Protocol
) -> Drawing:
    """Mean features on principal components, coloured by group, and how stable the groups are over seeds and edges."""
    operators = list(operator_features["first"].unique())
    edges = operator_groups[operator_groups["cell"] >= 0]
    figure, axes = canvas(1, 4, 13, 3.4)
    first = edges[(edges["seed"] == edges["seed"].min()) & (edges["method"] == "kmeans")]
    last = first["cell"].max(), first["edge"].max()
    ends = {"first edge, first cell": (0, first["edge"].min()), "last edge, last cell": last}
    for axis, (title, (cell, edge)) in zip(axes, ends.items(), strict=False):
        part = first[(first["cell"] == cell) & (first["edge"] == edge)]
        axis.scatter(part["x"], part["y"], c=[f"C{group}" for group in part["group"]], s=30)
        for row in part.itertuples():
            axis.annotate(short(row.operator), (row.x, row.y), fontsize=7, xytext=(3, 3), textcoords="offset points")
        axis.set_title(title)
        axis.set_xlabel("first principal component")
    axes[0].set_ylabel("second principal component")
    for axis, method in zip(axes[2:], ("hierarchical", "kmeans"), strict=True):
        chosen = edges[edges["method"] == method]
        heat_map(axis, comembership(chosen, operators), [short(op) for op in operators])
        axis.set_title(f"in one group, {method}")
    count = edges.groupby(["seed", "cell", "edge"]).ngroups
    note = (
        f"{_of_supernet(dataset, weights)}, {operator_features['images'].iloc[0]} training images. Left: mean features "
        f"of the first seed, colours KMeans' groups on them. Right: share of {count} clusterings "
        f"({edges['seed'].nunique()} seed(s), each probed edge) in which two operators share a group; hierarchical on "
        "correlations."
    )
    return Drawing(figure, operator_groups, note)


def _of_supernet(dataset: str, weights: Protocol) -> str:
    return (
        f"Supernet with all operators, {weights.cells} cells and {weights.channels} channels, one-level search here on "
        f"{dataset} for {weights.epochs} epochs"
    )


def _matrix(features: pd.DataFrame, operators: list[str]) -> np.ndarray:
    mean = features.groupby(["first", "second"])["correlation"].mean().unstack()
    matrix: np.ndarray = mean.loc[operators, operators].to_numpy()
    return matrix


def _describe(groups: pd.DataFrame) -> str:
    first = groups[groups["seed"] == groups["seed"].min()]
    return "; ".join(" ".join(short(op) for op in members["operator"]) for _, members in first.groupby("group"))
