"""The NAS-Bench-201 supernet: every edge of a cell holds all primitives, and a mix says what to do with them.

As in the benchmark's code, BatchNorm inside cells is without affine parameters and evaluates with running estimates or
with batch statistics; training is the same for both. Its supernets' convolutions also have biases; a BatchNorm follows
each and takes them out again, so there are none here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

import torch
from torch import Tensor, nn

from nascope.networks.operations import BuildOptions, build_operation
from nascope.networks.skeletons import NasBench201Skeleton
from nascope.spaces.nasbench201 import PRIMITIVES, edges_of

_NONE = PRIMITIVES.index("none")


class Mix(Protocol):
    """What an edge makes of its input with its candidates."""

    def __call__(self, cell: int, edge: int, candidates: nn.ModuleList, state: Tensor) -> Tensor:
        """Output of an edge of a cell (counted from 0 through the network)."""
        ...


class Mixture:
    """All candidates, weighted.

    Args:
        weights: (edges, primitives).
    """

    def __init__(self, weights: Tensor) -> None:
        self.weights = weights

    def __call__(self, cell: int, edge: int, candidates: nn.ModuleList, state: Tensor) -> Tensor:
        """See :class:`Mix`; ``none`` adds nothing."""
        weights = self.weights[edge]
        return sum(
            (weights[k] * candidate(state) for k, candidate in enumerate(candidates) if k != _NONE),
            torch.zeros((), device=state.device),
        )


class Path:
    """One candidate an edge.

    Args:
        codes: (edges,) indices of primitives for all cells, or (cells, edges) for each its own.
    """

    def __init__(self, codes: Tensor | Sequence[int]) -> None:
        self.codes = torch.as_tensor(codes)

    def __call__(self, cell: int, edge: int, candidates: nn.ModuleList, state: Tensor) -> Tensor:
        """See :class:`Mix`."""
        codes = self.codes if self.codes.ndim == 1 else self.codes[cell]
        return candidates[int(codes[edge])](state)


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
        return weights[chosen] * candidates[chosen](state) + others


class SupernetCell(nn.Module):
    """All edges of a NAS-Bench-201 cell with all candidates."""

    def __init__(self, nodes: int, channels: int, number: int, options: BuildOptions) -> None:
        super().__init__()
        self.nodes, self.number = nodes, number
        self.edges = nn.ModuleList(
            nn.ModuleList(build_operation(name, channels, 1, options) for name in PRIMITIVES) for _ in edges_of(nodes)
        )

    def forward(self, x: Tensor, mix: Mix) -> Tensor:
        """Nodes sum their edges; the last one is the output."""
        states = [x]
        for node in range(1, self.nodes):
            first = node * (node - 1) // 2
            arriving = [mix(self.number, first + j, self.edges[first + j], states[j]) for j in range(node)]
            states.append(torch.stack(arriving).sum(dim=0))
        return states[-1]


class NasBench201Supernet(NasBench201Skeleton):
    """The search network.

    Args:
        nodes: nodes of a cell.
        channels: C.
        cells: cells a stage.
        classes: number of classes.
        in_channels: channels of an image.
    """

    def __init__(self, nodes: int, *, channels: int, cells: int, classes: int, in_channels: int) -> None:
        options = BuildOptions(affine=False)
        made: list[int] = []

        def make_cell(width: int) -> SupernetCell:
            made.append(width)
            return SupernetCell(nodes, width, len(made) - 1, options)

        shape = {"channels": channels, "cells": cells, "classes": classes, "in_channels": in_channels}
        super().__init__(make_cell, **shape, options=BuildOptions())
        self.nodes, self.cells = nodes, len(made)
        searched = [cell for cell in self.body if isinstance(cell, SupernetCell)]
        self.norms = [m for cell in searched for m in cell.modules() if isinstance(m, nn.BatchNorm2d)]

    @contextmanager
    def evaluating(self, batch_norm: str) -> Iterator[None]:
        """Evaluate, inside cells with ``running`` estimates or ``batch`` statistics (which change no estimate)."""
        self.eval()
        for norm in self.norms:
            norm.training, norm.track_running_stats = batch_norm == "batch", batch_norm != "batch"
        try:
            yield
        finally:
            for norm in self.norms:
                norm.track_running_stats = True
            self.train()

    def forward(self, x: Tensor, mix: Mix) -> Tensor:
        """(batch, in_channels, h, w) to logits (batch, classes)."""
        return self.logits(x, lambda cell, state: cell(state, mix))[:, 0]
