"""The NAS-Bench-201 supernet: every edge of a cell holds all primitives, and a mix says what to do with them.

As in the benchmark's code, BatchNorm inside cells is without affine parameters and evaluates with running estimates or
with batch statistics; training is the same for both. The benchmark's convolutions also have biases; a BatchNorm follows
each of them and takes the bias out again, so there are none here.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from nascope.networks.evaluation import EvaluatedBothWays
from nascope.networks.layers import BuildOptions
from nascope.networks.mixes import Mix
from nascope.networks.nasbench201_network import NasBench201Skeleton
from nascope.networks.operations import build_operation
from nascope.spaces.nasbench201 import PRIMITIVES, edges_of


class NasBench201SupernetCell(nn.Module):
    """All edges of a NAS-Bench-201 cell with all candidates."""

    def __init__(self, nodes: int, channels: int, number: int, options: BuildOptions) -> None:
        super().__init__()
        self.nodes, self.number = nodes, number
        self.edges = nn.ModuleList(
            nn.ModuleList(build_operation(name, channels, 1, options) for name in PRIMITIVES) for _ in edges_of(nodes)
        )

    def candidates(self, edge: int) -> nn.ModuleList:
        """The candidate operations of an edge."""
        found = self.edges[edge]
        assert isinstance(found, nn.ModuleList)
        return found

    def forward(self, x: Tensor, mix: Mix) -> Tensor:
        """Nodes sum their edges; the last one is the output."""
        states = [x]
        for node in range(1, self.nodes):
            first = node * (node - 1) // 2
            arriving = [mix(self.number, first + j, self.candidates(first + j), states[j]) for j in range(node)]
            states.append(torch.stack([output for output in arriving if output is not None]).sum(dim=0))
        return states[-1]


class NasBench201Supernet(NasBench201Skeleton, EvaluatedBothWays):
    """The search network.

    Args:
        nodes: nodes of a cell.
        channels: C.
        cells: cells per stage.
        classes: number of classes.
        in_channels: channels of an image.
    """

    def __init__(self, nodes: int, *, channels: int, cells: int, classes: int, in_channels: int) -> None:
        options = BuildOptions(affine=False)
        made: list[NasBench201SupernetCell] = []

        def make_cell(width: int) -> NasBench201SupernetCell:
            made.append(NasBench201SupernetCell(nodes, width, len(made), options))
            return made[-1]

        super().__init__(
            make_cell,
            channels=channels,
            cells=cells,
            classes=classes,
            in_channels=in_channels,
            options=BuildOptions(),
        )
        self.nodes, self.layers = nodes, len(made)
        self.norms = [m for cell in made for m in cell.modules() if isinstance(m, nn.BatchNorm2d)]

    def forward(self, x: Tensor, mix: Mix) -> Tensor:
        """(batch, in_channels, h, w) to logits (batch, classes)."""
        return self.logits(x, lambda cell, state: cell(state, mix))[:, 0]
