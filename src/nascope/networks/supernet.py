"""The DARTS supernet: every edge of the complete two-input cell holds its candidate operations.

As in the DARTS code, BatchNorm is without affine parameters and pools are followed by BatchNorm.
A mix decides what an edge does with its candidates (:mod:`nascope.networks.mixes`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

from nascope.networks.evaluation import EvaluatedBothWays
from nascope.networks.layers import BuildOptions, ReplicaLinear, older_input, relu_conv_norm, stem
from nascope.networks.mixes import Mix
from nascope.networks.operations import build_operation
from nascope.spaces.complete import complete_edges, nodes_of

#: Candidates of every edge, by cell type.
Choices = Mapping[str, Sequence[Sequence[str]]]


class SupernetCell(nn.Module):
    """All edges of a two-input cell with all their candidates; nodes sum their edges and are concatenated.

    Args:
        choices: primitives of each edge.
        c_before: channels of the input before the previous one.
        c_previous: channels of the previous input.
        channels: channels of a node.
        number: number of the cell in the network.
        share: candidates see one of so many channels (PC-DARTS).
        reduction: whether edges from the inputs halve the resolution.
        reduction_before: whether the previous cell did.
        options: how to build operations.
    """

    def __init__(
        self,
        choices: Sequence[Sequence[str]],
        c_before: int,
        c_previous: int,
        channels: int,
        *,
        number: int,
        share: int,
        reduction: bool,
        reduction_before: bool,
        options: BuildOptions,
    ) -> None:
        super().__init__()
        self.number, self.reduction = number, reduction
        #: Number of the cell's first edge among those of both cell types.
        self.offset = len(choices) if reduction else 0
        self.before = older_input(c_before, channels, options, halve=reduction_before)
        self.previous = relu_conv_norm(c_previous, channels, 1, options)
        self.nodes = nodes_of(len(choices))
        self.pairs = complete_edges(self.nodes)
        self.edges = nn.ModuleList(
            nn.ModuleList(
                build_operation(name, channels // share, 2 if reduction and source < 2 else 1, options)
                for name in primitives
            )
            for (source, _), primitives in zip(self.pairs, choices, strict=True)
        )

    def candidates(self, edge: int) -> nn.ModuleList:
        """The candidate operations of an edge."""
        found = self.edges[edge]
        assert isinstance(found, nn.ModuleList)
        return found

    def forward(self, before: Tensor, previous: Tensor, mix: Mix) -> Tensor:
        """The concatenation of all nodes; a node without edges is zero."""
        states: list[Tensor] = [self.before(before), self.previous(previous)]
        like = states[1][:, :, ::2, ::2] if self.reduction else states[1]
        for node in range(2, self.nodes + 2):
            arriving = [
                mix(self.number, self.offset + edge, self.candidates(edge), states[source])
                for edge, (source, target) in enumerate(self.pairs)
                if target == node
            ]
            present = [output for output in arriving if output is not None]
            states.append(torch.stack(present).sum(dim=0) if present else torch.zeros_like(like))
        return torch.cat(states[2:], dim=1)


class Supernet(EvaluatedBothWays):
    """The DARTS search network.

    Args:
        choices: candidates of every edge of the complete cell, for ``normal`` and ``reduce``.
        channels: channels of a node in the first cells, doubled at each reduction.
        layers: number of cells, with reductions at 1/3 and 2/3.
        classes: number of classes.
        in_channels: channels of an image.
        share: candidates see one of so many channels (PC-DARTS).
    """

    def __init__(
        self, choices: Choices, *, channels: int, layers: int, classes: int, in_channels: int, share: int = 1
    ) -> None:
        super().__init__()
        options = BuildOptions(affine=False, pool_norm=True)
        width = 3 * channels
        self.layers = layers
        self.stem = stem(in_channels, width, BuildOptions())
        cells: list[SupernetCell] = []
        before = previous = width
        for layer in range(layers):
            reduction = layer in (layers // 3, 2 * layers // 3)
            channels = 2 * channels if reduction else channels
            cell = SupernetCell(
                choices["reduce" if reduction else "normal"],
                before,
                previous,
                channels,
                number=layer,
                share=share,
                reduction=reduction,
                reduction_before=bool(cells) and cells[-1].reduction,
                options=options,
            )
            cells.append(cell)
            before, previous = previous, cell.nodes * channels
        self.cells = nn.ModuleList(cells)
        self.classifier = ReplicaLinear(previous, classes, BuildOptions())
        self.norms = [m for m in self.cells.modules() if isinstance(m, nn.BatchNorm2d)]

    def forward(self, x: Tensor, mix: Mix) -> Tensor:
        """(batch, in_channels, h, w) to logits (batch, classes)."""
        before = previous = self.stem(x)
        for cell in self.cells:
            before, previous = previous, cell(before, previous, mix)
        logits: Tensor = self.classifier(previous.mean(dim=(2, 3)))
        return logits[:, 0]
