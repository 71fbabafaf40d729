"""The DARTS supernet: every edge of the complete two-input cell holds its candidate operations.

As in the DARTS code, BatchNorm is without affine parameters and pools are followed by BatchNorm.
What an edge does with its candidates is a mix's business (:mod:`nascope.networks.mixes`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

from nascope.networks.mixes import Mix
from nascope.networks.operations import (
    BuildOptions,
    ReplicaLinear,
    build_operation,
    concat,
    older_input,
    relu_conv_norm,
    stem,
)
from nascope.spaces.complete import complete_edges, nodes_of

#: Candidates of every edge, by cell type.
Choices = Mapping[str, Sequence[Sequence[str]]]


class SupernetCell(nn.Module):
    """All edges of a two-input cell with all their candidates; nodes sum their edges and are concatenated.

    Args:
        choices: primitives of each edge.
        c_before: channels of the input before the previous one.
        c_previous: channels of the previous input.
        channels: of a node.
        number: of the cell in the network.
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
        self.number, self.reduction, self.replicas = number, reduction, options.replicas
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

    def forward(self, before: Tensor, previous: Tensor, mix: Mix) -> Tensor:
        """The concatenation of all nodes; a node without edges is zero."""
        states = [self.before(before), self.previous(previous)]
        like = states[1][:, :, ::2, ::2] if self.reduction else states[1]
        for node in range(2, self.nodes + 2):
            arriving = [
                mix(self.number, self.offset + index, edge, states[source])
                for index, ((source, target), edge) in enumerate(zip(self.pairs, self.edges, strict=True))
                if target == node
            ]
            present = [output for output in arriving if output is not None]
            states.append(torch.stack(present).sum(dim=0) if present else torch.zeros_like(like))
        return concat(states[2:], self.replicas)


class Supernet(nn.Module):
    """The DARTS search network.

    Args:
        choices: candidates of every edge of the complete cell, for ``normal`` and ``reduce``.
        channels: channels of a node in the first cells.
        layers: number of cells, reductions at 1/3 and 2/3.
        classes: number of classes.
        in_channels: channels of an image.
        replicas: independent copies trained side by side.
        share: candidates see one of so many channels (PC-DARTS).
    """

    def __init__(
        self,
        choices: Choices,
        *,
        channels: int = 16,
        layers: int = 8,
        classes: int = 10,
        in_channels: int = 3,
        replicas: int = 1,
        share: int = 1,
    ) -> None:
        super().__init__()
        options = BuildOptions(replicas=replicas, affine=False, pool_norm=True)
        plain = BuildOptions(replicas=replicas)
        self.replicas, self.layers = replicas, layers
        self.choices = {kind: tuple(tuple(edge) for edge in edges) for kind, edges in choices.items()}
        width = 3 * channels
        self.stem = stem(in_channels, width, plain)
        self.cells = nn.ModuleList()
        before = previous = width
        reduction_before = False
        for layer in range(layers):
            reduction = layer in (layers // 3, 2 * layers // 3)
            channels = 2 * channels if reduction else channels
            kind = self.choices["reduce" if reduction else "normal"]
            shape = {"reduction": reduction, "reduction_before": reduction_before, "number": layer, "share": share}
            self.cells.append(SupernetCell(kind, before, previous, channels, **shape, options=options))
            before, previous = previous, self.cells[-1].nodes * channels
            reduction_before = reduction
        self.classifier = ReplicaLinear(previous, classes, plain)
        self.norms = [m for m in self.cells.modules() if isinstance(m, nn.BatchNorm2d)]

    def forward(self, x: Tensor, mix: Mix) -> Tensor:
        """(batch, replicas * in_channels, h, w) to logits (batch, replicas, classes)."""
        before = previous = self.stem(x)
        for cell in self.cells:
            before, previous = previous, cell(before, previous, mix)
        return self.classifier(previous.mean(dim=(2, 3)))
