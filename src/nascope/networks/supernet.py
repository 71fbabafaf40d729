"""The DARTS supernet: every edge of the complete cell a softmax mixture of primitives.

As in the DARTS code, BatchNorm is without affine parameters and pools are followed by BatchNorm.
Architecture parameters are shared by all cells of a type; each replica has its own.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from nascope.networks.operations import (
    BuildOptions,
    ReplicaLinear,
    build_operation,
    concat,
    older_input,
    relu_conv_norm,
    stem,
)


def complete_edges(nodes: int) -> list[tuple[int, int]]:
    """(source state, node) of every edge of a two-input cell, node by node (14 for four nodes)."""
    return [(source, node) for node in range(2, nodes + 2) for source in range(node)]


class MixedEdge(nn.Module):
    """A weighted sum of candidate operations on one edge."""

    def __init__(self, primitives: Sequence[str], channels: int, stride: int, options: BuildOptions) -> None:
        super().__init__()
        self.operations = nn.ModuleList(build_operation(name, channels, stride, options) for name in primitives)

    def forward(self, x: Tensor, weights: Tensor) -> Tensor:
        """``weights`` of shape (replicas, primitives)."""
        outputs = [operation(x) for operation in self.operations]
        per_channel = weights.repeat_interleave(outputs[0].shape[1] // len(weights), dim=0)
        mixed = outputs[0] * per_channel[:, 0].view(1, -1, 1, 1)
        for k, output in enumerate(outputs[1:], start=1):
            mixed = mixed + output * per_channel[:, k].view(1, -1, 1, 1)
        return mixed


class SupernetCell(nn.Module):
    """All edges of a cell as mixtures; nodes sum their edges and are concatenated."""

    def __init__(
        self,
        nodes: int,
        primitives: Sequence[str],
        c_before: int,
        c_previous: int,
        channels: int,
        *,
        reduction: bool,
        reduction_before: bool,
        options: BuildOptions,
    ) -> None:
        super().__init__()
        self.reduction, self.nodes, self.replicas = reduction, nodes, options.replicas
        self.before = older_input(c_before, channels, options, halve=reduction_before)
        self.previous = relu_conv_norm(c_previous, channels, 1, options)
        self.pairs = complete_edges(nodes)
        self.edges = nn.ModuleList(
            MixedEdge(primitives, channels, 2 if reduction and source < 2 else 1, options) for source, _ in self.pairs
        )

    def forward(self, before: Tensor, previous: Tensor, weights: Tensor) -> Tensor:
        """``weights`` of shape (replicas, edges, primitives)."""
        states = [self.before(before), self.previous(previous)]
        for node in range(2, self.nodes + 2):
            arriving = [
                edge(states[source], weights[:, index])
                for index, ((source, target), edge) in enumerate(zip(self.pairs, self.edges, strict=True))
                if target == node
            ]
            states.append(torch.stack(arriving).sum(dim=0))
        return concat(states[2:], self.replicas)


class Supernet(nn.Module):
    """The DARTS search network.

    Args:
        primitives: candidates on every edge.
        nodes: intermediate nodes a cell.
        channels: channels of a node in the first cells.
        layers: number of cells, reductions at 1/3 and 2/3.
        classes: number of classes.
        in_channels: channels of an image.
        replicas: independent copies trained side by side.
    """

    def __init__(
        self,
        primitives: Sequence[str],
        *,
        nodes: int = 4,
        channels: int = 16,
        layers: int = 8,
        classes: int = 10,
        in_channels: int = 3,
        replicas: int = 1,
    ) -> None:
        super().__init__()
        options = BuildOptions(replicas=replicas, affine=False, pool_norm=True)
        plain = BuildOptions(replicas=replicas)
        self.primitives, self.replicas = tuple(primitives), replicas
        width = 3 * channels
        self.stem = stem(in_channels, width, plain)
        self.cells = nn.ModuleList()
        before = previous = width
        reduction_before = False
        for layer in range(layers):
            reduction = layer in (layers // 3, 2 * layers // 3)
            channels = 2 * channels if reduction else channels
            shape = {"reduction": reduction, "reduction_before": reduction_before}
            self.cells.append(SupernetCell(nodes, primitives, before, previous, channels, **shape, options=options))
            before, previous, reduction_before = previous, nodes * channels, reduction
        self.classifier = ReplicaLinear(previous, classes, plain)
        shape = (replicas, len(complete_edges(nodes)), len(self.primitives))
        self.alphas = nn.ParameterDict({kind: nn.Parameter(torch.zeros(shape)) for kind in ("normal", "reduce")})

    def weights(self) -> list[nn.Parameter]:
        """All parameters but the architecture's."""
        return [parameter for name, parameter in self.named_parameters() if not name.startswith("alphas.")]

    def forward(self, x: Tensor, drop_path: None = None) -> tuple[Tensor, None]:
        """(batch, replicas * in_channels, h, w) to logits (batch, replicas, classes); no auxiliary head."""
        mixture = {kind: alpha.softmax(dim=-1) for kind, alpha in self.alphas.items()}
        before = previous = self.stem(x)
        for cell in self.cells:
            weights = mixture["reduce" if cell.reduction else "normal"]
            before, previous = previous, cell(before, previous, weights)
        return self.classifier(previous.mean(dim=(2, 3))), None
