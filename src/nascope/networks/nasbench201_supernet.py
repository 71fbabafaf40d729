"""The NAS-Bench-201 supernet: every edge of a cell holds all primitives, and a mix says what to do with them.

As in the benchmark's code, BatchNorm inside cells is without affine parameters and evaluates with running estimates or
with batch statistics; training is the same for both. Its supernets' convolutions also have biases; a BatchNorm follows
each and takes them out again, so there are none here.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from nascope.networks.evaluation import EvaluatedBothWays
from nascope.networks.mixes import Mix
from nascope.networks.operations import BuildOptions, build_operation
from nascope.networks.skeletons import NasBench201Skeleton
from nascope.spaces.nasbench201 import PRIMITIVES, edges_of


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


class NasBench201Supernet(NasBench201Skeleton, EvaluatedBothWays):
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
        self.nodes, self.layers = nodes, len(made)
        searched = [cell for cell in self.body if isinstance(cell, SupernetCell)]
        self.norms = [m for cell in searched for m in cell.modules() if isinstance(m, nn.BatchNorm2d)]

    def forward(self, x: Tensor, mix: Mix) -> Tensor:
        """(batch, in_channels, h, w) to logits (batch, classes)."""
        return self.logits(x, lambda cell, state: cell(state, mix))[:, 0]
