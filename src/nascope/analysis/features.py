"""Correlation of operators' feature maps on the edges of a trained supernet (Li et al. 2021, StacNAS).

For an edge, ``f_i`` is operator i's feature map flattened for an image, ``m_i`` its mean over images, and
``corr_ij = sum_n <f_i - m_i, f_j - m_j> / sqrt(C_ii C_jj)``. One pass over the images accumulates the Gram
matrix of the maps and the sums, in float64; this is the exact value of the paper's offline formula.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from nascope.datasets.images import channels_last
from nascope.networks.mixes import Mixture
from nascope.networks.operations import Zero
from nascope.search.one_shot.one_level import OneLevel

_BATCH = 128


@dataclass
class GramAccumulator:
    """Streaming Gram matrix of several operators' feature maps.

    Attributes:
        gram: (operators, operators), float64.
        sums: (operators, features), float64.
        images: images so far.
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
            correlation: np.ndarray = covariance / np.outer(deviation, deviation)
        return correlation


class Probe:
    """A mix that measures operators on its way: on the first and the last edge of every cell, as in the paper.

    Args:
        mixture: what edges make of their inputs.
        edges: edges of a cell.
    """

    def __init__(self, mixture: Mixture, edges: int) -> None:
        self.mixture, self.edges = mixture, edges
        #: What was measured, by cell and edge.
        self.measured: dict[tuple[int, int], GramAccumulator] = {}

    def __call__(self, cell: int, edge: int, candidates: nn.ModuleList, state: Tensor) -> Tensor:
        """See :class:`nascope.networks.mixes.Mix`."""
        place = edge % self.edges
        if place in (0, self.edges - 1):
            maps = [candidate(state).flatten(1) for candidate in candidates if not isinstance(candidate, Zero)]
            self.measured.setdefault((cell, place), GramAccumulator()).update(torch.stack(maps).cpu())
        return self.mixture(cell, edge, candidates, state)


@torch.no_grad()
def accumulate_features(search: OneLevel, images: int) -> dict[tuple[int, int], GramAccumulator]:
    """Run training images through a trained supernet, with running estimates, and measure its operators.

    Args:
        search: a finished search in a space of two-input cells.
        images: how many of its first training images are used, without augmentation.

    Returns:
        An accumulator for each probed (cell, edge); operators are the edge's candidates without ``none``.
    """
    probe = Probe(search.mixture(), len(search.space.choices) // 2)
    train = search.train_split
    with search.network.evaluating("running"):
        for start in range(0, min(images, len(train)), _BATCH):
            chosen = train.images[start : min(start + _BATCH, images)]
            search.network(channels_last(search.dataset.normalise(chosen)), probe)
    return probe.measured
