"""Mixes: what a supernet's edge makes of its input with its candidate operations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import torch
from torch import Tensor, nn

from nascope.networks.operations import Zero

#: What an edge of a cell keeps: the number of a candidate, -1 for no edge, or the numbers of several candidates.
Code = int | tuple[int, ...]
#: A cell: the code of every edge.
Codes = Sequence[Code]


def kept(code: Code) -> tuple[int, ...]:
    """Numbers of the candidates that an edge keeps."""
    if isinstance(code, tuple):
        return code
    return (code,) if code >= 0 else ()


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
    """One candidate per edge, or the sum of several.

    Args:
        codes: what every edge keeps, the same in all cells, or a tensor (cells, edges) of one number for each.
    """

    def __init__(self, codes: Tensor | Codes) -> None:
        self.codes = codes

    def __call__(self, cell: int, edge: int, candidates: nn.ModuleList, state: Tensor) -> Tensor | None:
        """See :class:`Mix`."""
        outputs = [candidates[number](state) for number in kept(self._code(cell, edge))]
        return torch.stack(outputs).sum(dim=0) if len(outputs) > 1 else next(iter(outputs), None)

    def _code(self, cell: int, edge: int) -> Code:
        if isinstance(self.codes, Tensor):
            return int(self.codes[cell, edge] if self.codes.ndim == 2 else self.codes[edge])
        return self.codes[edge]


class HardPath:
    """GDAS's straight-through path in NAS-Bench-201: the chosen candidate runs, the others add weights as numbers.

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


class ChosenPath:
    """GDAS's straight-through path in two-input cells: the chosen candidate runs, and nothing else counts.

    In value this is the path of :class:`HardPath`; a candidate's gradient is another one, since the weights of the
    candidates that were not chosen reach the loss through the softmax alone (authors' code for NASNet's cells).

    Args:
        weights: (edges, primitives), one-hot in value, with the gradient of the soft weights.
        codes: (edges,) the chosen candidates.
    """

    def __init__(self, weights: Tensor, codes: Tensor) -> None:
        self.weights, self.codes = weights, codes.tolist()

    def __call__(self, cell: int, edge: int, candidates: nn.ModuleList, state: Tensor) -> Tensor:
        """See :class:`Mix`."""
        chosen = self.codes[edge]
        output: Tensor = self.weights[edge, chosen] * candidates[chosen](state)
        return output


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
