"""Mixes: what a supernet's edge makes of its input with its candidate operations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import torch
from torch import Tensor, nn

from nascope.networks.operations import Zero


class Mix(Protocol):
    """What an edge makes of its input with its candidates."""

    def __call__(self, cell: int, edge: int, candidates: nn.ModuleList, state: Tensor) -> Tensor | None:
        """Output of an edge of a cell (counted from 0 through the network); None where the edge is absent.

        In two-input cells the numbers of the normal cell's edges come first, those of the reduction cell's follow.
        """
        ...


class Mixture:
    """All candidates, weighted.

    Args:
        weights: (edges, primitives); an edge with fewer candidates leaves the last ones out.
    """

    def __init__(self, weights: Tensor) -> None:
        self.weights = weights

    def __call__(self, cell: int, edge: int, candidates: nn.ModuleList, state: Tensor) -> Tensor:
        """See :class:`Mix`; ``none`` adds nothing."""
        parts = [
            weight * candidate(state)
            for weight, candidate in zip(self.weights[edge], candidates, strict=False)
            if not isinstance(candidate, Zero)
        ]
        total: Tensor = sum(parts, torch.zeros((), device=state.device))
        return total


class Path:
    """One candidate per edge.

    Args:
        codes: (edges,) indices of candidates, the same in all cells, or (cells, edges) for each cell; -1: no edge.
    """

    def __init__(self, codes: Tensor | Sequence[int]) -> None:
        self.codes = torch.as_tensor(codes)

    def __call__(self, cell: int, edge: int, candidates: nn.ModuleList, state: Tensor) -> Tensor | None:
        """See :class:`Mix`."""
        code = int((self.codes if self.codes.ndim == 1 else self.codes[cell])[edge])
        return candidates[code](state) if code >= 0 else None


class HardPath:
    """GDAS's straight-through path: only the chosen candidate runs, every other adds its weight as a number.

    Args:
        weights: (edges, primitives), one-hot in value, with the gradient of the soft weights.
        codes: (edges,) the chosen candidates.
    """

    def __init__(self, weights: Tensor, codes: Tensor) -> None:
        self.weights, self.codes = weights, codes.tolist()

    def __call__(self, cell: int, edge: int, candidates: nn.ModuleList, state: Tensor) -> Tensor:
        """See :class:`Mix`."""
        weights, chosen = self.weights[edge], self.codes[edge]
        others = weights.sum() - weights[chosen]
        output: Tensor = candidates[chosen](state)
        return weights[chosen] * output + others


class Partial:
    """PC-DARTS (Xu et al. 2020): a share of the channels goes through another mix, the others pass; edges are weighted.

    Args:
        inner: the mix; the supernet's candidates are built for so many channels.
        edge_weights: (edges,) softmax over the edges of a node.
        share: one of so many channels is mixed.
    """

    def __init__(self, inner: Mix, edge_weights: Tensor, share: int) -> None:
        self.inner, self.edge_weights, self.share = inner, edge_weights, share

    def __call__(self, cell: int, edge: int, candidates: nn.ModuleList, state: Tensor) -> Tensor | None:
        """See :class:`Mix`; passing channels are max-pooled where candidates halve the size, and all are shuffled."""
        count = state.shape[1] // self.share
        mixed = self.inner(cell, edge, candidates, state[:, :count])
        if mixed is None:
            return None
        passing = state[:, count:]
        if mixed.shape[2] != state.shape[2]:
            passing = nn.functional.max_pool2d(passing, 2, 2, ceil_mode=True)
        together = torch.cat([mixed, passing], dim=1)
        shuffled = torch.unflatten(together, 1, (self.share, -1)).transpose(1, 2).flatten(1, 2)
        return self.edge_weights[edge] * shuffled
