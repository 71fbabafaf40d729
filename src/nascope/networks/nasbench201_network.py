"""The NAS-Bench-201 skeleton, for any input size and number of channels."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor, nn

from nascope.networks.cells import nasbench201_cell
from nascope.networks.droppath import DropPath
from nascope.networks.layers import BuildOptions, ReplicaLinear, batch_norm, conv, relu_conv_norm, stem
from nascope.spaces.nasbench201 import NasBench201Cell


class ResidualBlock(nn.Module):
    """NAS-Bench-201's reduction: two 3x3 convolutions, the first of stride 2, and an average-pooled shortcut."""

    def __init__(self, c_in: int, c_out: int, options: BuildOptions) -> None:
        super().__init__()
        self.first = relu_conv_norm(c_in, c_out, 3, options, stride=2)
        self.second = relu_conv_norm(c_out, c_out, 3, options)
        self.shortcut = nn.Sequential(nn.AvgPool2d(2, 2, ceil_mode=True), conv(c_in, c_out, 1, options))

    def forward(self, x: Tensor) -> Tensor:
        """Halve the resolution."""
        halved: Tensor = self.shortcut(x) + self.second(self.first(x))
        return halved


class NasBench201Skeleton(nn.Module):
    """Stem, three stages of cells at C, 2C and 4C channels with residual blocks between, classifier.

    Args:
        make_cell: builds a cell of a number of channels.
        channels: C (16 in the benchmark).
        cells: cells per stage (5 in the benchmark).
        classes: number of classes.
        in_channels: channels of an image.
        options: how to build what is not a cell.
    """

    def __init__(
        self,
        make_cell: Callable[[int], nn.Module],
        *,
        channels: int,
        cells: int,
        classes: int,
        in_channels: int,
        options: BuildOptions,
    ) -> None:
        super().__init__()
        self.stem = stem(in_channels, channels, options)
        self.body = nn.ModuleList()
        for stage in range(3):
            width = channels * 2**stage
            if stage:
                self.body.append(ResidualBlock(width // 2, width, options))
            self.body.extend(make_cell(width) for _ in range(cells))
        self.last = nn.Sequential(batch_norm(4 * channels, options), nn.ReLU())
        self.classifier = ReplicaLinear(4 * channels, classes, options)

    def logits(self, x: Tensor, through: Callable[[nn.Module, Tensor], Tensor]) -> Tensor:
        """(batch, replicas * in_channels, h, w) to (batch, replicas, classes); ``through`` applies a cell."""
        x = self.stem(x)
        for module in self.body:
            x = module(x) if isinstance(module, ResidualBlock) else through(module, x)
        logits: Tensor = self.classifier(self.last(x).mean(dim=(2, 3)))
        return logits


class NasBench201Network(NasBench201Skeleton):
    """The benchmark's network of one cell.

    Args:
        cell: the searched cell, the same in all stages.
        channels: C.
        cells: cells per stage.
        classes: number of classes.
        in_channels: channels of an image.
        replicas: independent copies trained side by side.
        prune: leave out what the output does not use (False: every edge, as published).
    """

    def __init__(
        self,
        cell: NasBench201Cell,
        *,
        channels: int = 16,
        cells: int = 5,
        classes: int = 10,
        in_channels: int = 3,
        replicas: int = 1,
        prune: bool = True,
    ) -> None:
        options = BuildOptions(replicas=replicas)
        super().__init__(
            lambda width: nasbench201_cell(cell, width, options, prune=prune),
            channels=channels,
            cells=cells,
            classes=classes,
            in_channels=in_channels,
            options=options,
        )
        self.replicas = replicas

    def forward(self, x: Tensor, drop_path: DropPath | None = None) -> tuple[Tensor, None]:
        """(batch, replicas * in_channels, h, w) to logits (batch, replicas, classes) and no auxiliary logits."""
        return self.logits(x, lambda cell, state: cell([state], drop_path)[0]), None
