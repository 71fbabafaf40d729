"""Correlation and clusters of operators on the edges of a trained supernet (Li et al. 2021, StacNAS).

For an edge, ``f_i`` is operator i's feature map flattened for an image, ``m_i`` its mean over images, and
``corr_ij = sum_n <f_i - m_i, f_j - m_j> / sqrt(C_ii C_jj)``. One pass over the images accumulates the Gram
matrix of the maps and the sums, in float64; this is the exact value of the paper's offline formula.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from nascope.analysis.clustering import hierarchical_groups, kmeans_groups, projected
from nascope.datasets.images import Dataset
from nascope.search.one_level import MixedSupernet
from nascope.spaces.complete import complete_edges

_BATCH = 128


@dataclass
class GramAccumulator:
    """Streaming Gram matrix of several operators' feature maps.

    ``gram`` is (operators, operators), ``sums`` (operators, features), both float64.
    """

    gram: Tensor | None = None
    sums: Tensor | None = None
    images: int = 0

    def update(self, maps: Tensor) -> None:
        """Add maps of shape (operators, images, features)."""
        maps = maps.to(torch.float64)
        flat = maps.flatten(1)
        gram = flat @ flat.T
        self.gram = gram if self.gram is None else self.gram + gram
        sums = maps.sum(dim=1)
        self.sums = sums if self.sums is None else self.sums + sums
        self.images += maps.shape[1]

    def means(self) -> np.ndarray:
        """Mean feature vectors, (operators, features)."""
        assert self.sums is not None
        return (self.sums / self.images).numpy()

    def correlation(self) -> np.ndarray:
        """Correlation matrix, (operators, operators); NaN for an operator whose maps never vary."""
        assert self.gram is not None
        assert self.sums is not None
        covariance = (self.gram - self.sums @ self.sums.T / self.images).numpy()
        deviation = np.sqrt(np.clip(np.diag(covariance), 0, None))
        with np.errstate(divide="ignore", invalid="ignore"):
            return covariance / np.outer(deviation, deviation)


def probed_edges(supernet: MixedSupernet) -> list[tuple[int, int]]:
    """The paper's (cell, edge) pairs: the first edge of the first node and the last of the last, in every cell."""
    last = len(complete_edges(supernet.cells[0].nodes)) - 1
    return [(cell, edge) for cell in range(len(supernet.cells)) for edge in (0, last)]


@torch.no_grad()
def accumulate_features(
    supernet: MixedSupernet, dataset: Dataset, images: int
) -> dict[tuple[int, int, int], GramAccumulator]:
    """Run training images through a supernet in evaluation mode and accumulate the probed edges' maps.

    Args:
        supernet: trained; each replica is measured by itself.
        dataset: where the first ``images`` training images come from, without augmentation.
        images: how many.

    Returns:
        An accumulator for each (replica, cell, edge); operators are the supernet's without ``none``.
    """
    supernet.eval()
    operators = [k for k, name in enumerate(supernet.primitives) if name != "none"]
    maps: dict[tuple[int, int], dict[int, Tensor]] = {}
    hooks = []
    for cell, edge in probed_edges(supernet):
        for k in operators:
            keep = maps.setdefault((cell, edge), {})
            hooks.append(supernet.cells[cell].edges[edge][k].register_forward_hook(_keeper(keep, k)))
    accumulators = {(r, *probe): GramAccumulator() for r in range(supernet.replicas) for probe in maps}
    device = next(supernet.parameters()).device
    for start in range(0, min(images, len(dataset.train)), _BATCH):
        chosen = dataset.train.images[start : min(start + _BATCH, images)].to(device)
        supernet(dataset.normalise(chosen).repeat(1, supernet.replicas, 1, 1))
        for probe, outputs in maps.items():
            stacked = torch.stack([outputs[k] for k in operators]).unflatten(2, (supernet.replicas, -1))
            for replica in range(supernet.replicas):
                accumulators[replica, *probe].update(stacked[:, :, replica].flatten(2).cpu())
    for hook in hooks:
        hook.remove()
    return accumulators


def _keeper(keep: dict[int, Tensor], k: int):  # noqa: ANN202
    def hook(module: torch.nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        keep[k] = output

    return hook


def operator_tables(
    accumulators: dict[tuple[int, int, int], GramAccumulator],
    operators: Sequence[str],
    seeds: Sequence[int],
    groups: int,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Accumulated features to ``operator_features`` and ``operator_groups`` tables.

    Clusters are given for every probed edge by both methods, and for the correlations averaged over edges.
    """
    features, members = [], []
    average: dict[int, list[np.ndarray]] = {}
    for (replica, cell, edge), accumulator in accumulators.items():
        seed = seeds[replica]
        correlation, means = accumulator.correlation(), accumulator.means()
        average.setdefault(seed, []).append(correlation)
        for i, first in enumerate(operators):
            for j, second in enumerate(operators):
                features.append((seed, cell, edge, first, second, correlation[i, j], accumulator.images))
        labelled = {
            "hierarchical": hierarchical_groups(correlation, groups),
            "kmeans": kmeans_groups(means, groups),
        }
        places = projected(means).tolist()
        for method, labels in labelled.items():
            named = zip(operators, labels, places, strict=True)
            members += [(method, seed, cell, edge, op, int(g), *place) for op, g, place in named]
    for seed, matrices in average.items():
        labels = hierarchical_groups(np.mean(matrices, axis=0), groups)
        named = zip(operators, labels, strict=True)
        members += [("hierarchical", seed, -1, -1, op, int(g), np.nan, np.nan) for op, g in named]
    columns = ["seed", "cell", "edge", "first", "second", "correlation", "images"]
    group_columns = ["method", "seed", "cell", "edge", "operator", "group", "x", "y"]
    return pd.DataFrame(features, columns=columns), pd.DataFrame(members, columns=group_columns)
