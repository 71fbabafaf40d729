"""Figures of StacNAS (Li et al. 2021)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy.cluster.hierarchy import dendrogram

from nascope.analysis.clustering import operator_linkage
from nascope.figures.matrices import heat_map
from nascope.figures.style import SHORT, Drawing, canvas


def operator_correlation(
    operator_features: pd.DataFrame, operator_groups: pd.DataFrame, options: dict[str, Any]
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
    labels = [SHORT[op] for op in operators]
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
        f"Supernet with all operators, trained here on {options['dataset']} with search protocol "
        f"{options['search_protocol']}, {features['seed'].nunique()} seed(s), {features['images'].iloc[0]} training "
        f"images; correlations averaged over "
        f"{features.groupby(['seed', 'cell', 'edge']).ngroups} probed edges. Groups (first seed): {_describe(found)}."
    )
    return Drawing(figure, features, note)


def _matrix(features: pd.DataFrame, operators: list[str]) -> np.ndarray:
    mean = features.groupby(["first", "second"])["correlation"].mean().unstack()
    return mean.loc[operators, operators].to_numpy()


def _describe(groups: pd.DataFrame) -> str:
    first = groups[groups["seed"] == groups["seed"].min()]
    return "; ".join(" ".join(SHORT[op] for op in members["operator"]) for _, members in first.groupby("group"))
