"""Macro networks: the NAS-Bench-201 skeleton and the DARTS CIFAR skeleton, any input size and channels."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from nascope.errors import NascopeError
from nascope.networks.cells import TwoInputCell, nasbench201_cell
from nascope.networks.droppath import DropPath
from nascope.networks.operations import (
    BuildOptions,
    ReplicaLinear,
    batch_norm,
    conv,
    relu_conv_norm,
    stem,
)
from nascope.spaces.genotype import Genotype
from nascope.spaces.nasbench201 import NasBench201Cell

#: The auxiliary heads of the DARTS code pool maps of 8x8 (CIFAR) and 7x7 (ImageNet) with these strides; other sizes are
#: pooled to the same 2x2.
_AUXILIARY_STRIDES = {(8, 8): 3, (7, 7): 2}
_IMAGENET_STRIDE = 8


class ResidualBlock(nn.Module):
    """NAS-Bench-201's reduction: two 3x3 convolutions, the first of stride 2, and an average-pooled shortcut."""

    def __init__(self, c_in: int, c_out: int, options: BuildOptions) -> None:
        super().__init__()
        self.first = relu_conv_norm(c_in, c_out, 3, options, stride=2)
        self.second = relu_conv_norm(c_out, c_out, 3, options)
        self.shortcut = nn.Sequential(nn.AvgPool2d(2, 2, ceil_mode=True), conv(c_in, c_out, 1, options))

    def forward(self, x: Tensor) -> Tensor:
        """Halve the resolution."""
        return self.shortcut(x) + self.second(self.first(x))


class NasBench201Skeleton(nn.Module):
    """Stem, three stages of cells at C, 2C, 4C channels with residual blocks between, classifier.

    Args:
        make_cell: builds a cell of a number of channels.
        channels: C (16 in the benchmark).
        cells: cells a stage (5 in the benchmark).
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
        return self.classifier(self.last(x).mean(dim=(2, 3)))


class NasBench201Network(NasBench201Skeleton):
    """The benchmark's network of one cell.

    Args:
        cell: the searched cell, the same in all stages.
        channels: C.
        cells: cells a stage.
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


class AuxiliaryHead(nn.Module):
    """The DARTS auxiliary classifier: 2x2 pooled maps, two convolutions, linear; ImageNet's has one BatchNorm less."""

    def __init__(self, channels: int, classes: int, options: BuildOptions, *, mobile: bool = False) -> None:
        super().__init__()
        self.features = nn.Sequential(
            conv(channels, 128, 1, options),
            batch_norm(128, options),
            nn.ReLU(),
            conv(128, 768, 2, options),
            *([] if mobile else [batch_norm(768, options)]),
            nn.ReLU(),
        )
        self.classifier = ReplicaLinear(768, classes, options)

    def forward(self, x: Tensor) -> Tensor:
        """Logits (batch, replicas, classes)."""
        x = F.relu(x)
        if x.shape[2:] in _AUXILIARY_STRIDES:
            x = F.avg_pool2d(x, 5, stride=_AUXILIARY_STRIDES[x.shape[2:]], count_include_pad=False)
        else:
            x = F.adaptive_avg_pool2d(x, 2)
        return self.classifier(self.features(x).flatten(1))


class ImageNetStem(nn.Module):
    """The stem of the mobile setting: two outputs, at a quarter and at an eighth of the resolution."""

    def __init__(self, c_in: int, channels: int, options: BuildOptions) -> None:
        super().__init__()
        half = stem(c_in, channels // 2, options, stride=2)
        self.first = nn.Sequential(half, nn.ReLU(), stem(channels // 2, channels, options, stride=2))
        self.second = relu_conv_norm(channels, channels, 3, options, stride=2)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Inputs of the first cell, the older one, of twice the resolution, first."""
        older = self.first(x)
        return older, self.second(older)


class DartsNetwork(nn.Module):
    """The DARTS network: stem, ``layers`` cells with reductions at 1/3 and 2/3, classifier.

    Args:
        genotype: normal and reduction cell.
        channels: channels of a node in the first cells, doubled at each reduction (36 in the papers).
        layers: number of cells (20 in the papers).
        classes: number of classes.
        in_channels: channels of an image.
        auxiliary: add the auxiliary head on the output of cell ``2 layers // 3``.
        stem_stride: how far the resolution falls before the first cell: 1 (CIFAR), 2 (Tiny-ImageNet in Shu et al.
            2020) or 8 (ImageNet: three convolutions, whose second output's predecessor the first cell reads too).
        replicas: independent copies trained side by side.
        prune: leave out what the output does not use (False: every edge, as published).
    """

    def __init__(
        self,
        genotype: Genotype,
        *,
        channels: int = 36,
        layers: int = 20,
        classes: int = 10,
        in_channels: int = 3,
        auxiliary: bool = False,
        stem_stride: int = 1,
        replicas: int = 1,
        prune: bool = True,
    ) -> None:
        super().__init__()
        options = BuildOptions(replicas=replicas)
        self.replicas = replicas
        self.auxiliary_after = 2 * layers // 3
        mobile = stem_stride == _IMAGENET_STRIDE
        width = channels if mobile else 3 * channels
        self.stem = (
            ImageNetStem(in_channels, width, options) if mobile else stem(in_channels, width, options, stem_stride)
        )
        self.cells = nn.ModuleList()
        self.auxiliary: AuxiliaryHead | None = None
        before = previous = width
        reduction_before = mobile
        for layer in range(layers):
            reduction = layer in (layers // 3, 2 * layers // 3)
            channels = 2 * channels if reduction else channels
            cell = genotype.reduce if reduction else genotype.normal
            shape = {"reduction": reduction, "reduction_before": reduction_before}
            self.cells.append(TwoInputCell(cell, before, previous, channels, **shape, options=options, prune=prune))
            before, previous, reduction_before = previous, len(cell.concat) * channels, reduction
            if auxiliary and layer == self.auxiliary_after:
                self.auxiliary = AuxiliaryHead(previous, classes, options, mobile=mobile)
        self.classifier = ReplicaLinear(previous, classes, options)

    def forward(self, x: Tensor, drop_path: DropPath | None = None) -> tuple[Tensor, Tensor | None]:
        """(batch, replicas * in_channels, h, w) to logits and, in training, auxiliary logits (or None)."""
        states = self.stem(x)
        before, previous = states if isinstance(states, tuple) else (states, states)
        auxiliary = None
        for layer, cell in enumerate(self.cells):
            before, previous = previous, cell(before, previous, drop_path)
            if layer == self.auxiliary_after and self.auxiliary is not None and self.training:
                auxiliary = self.auxiliary(previous)
        return self.classifier(previous.mean(dim=(2, 3))), auxiliary


def build_network(
    genotype: Genotype | NasBench201Cell,
    *,
    channels: int,
    cells: int,
    classes: int,
    in_channels: int,
    auxiliary: bool = False,
    stem_stride: int = 1,
    replicas: int = 1,
    prune: bool = True,
) -> NasBench201Network | DartsNetwork:
    """The skeleton that fits the genotype; ``cells`` counts a stage's (NAS-Bench-201) or all of them (DARTS).

    Raises:
        NascopeError: an auxiliary head or another stem, which the NAS-Bench-201 skeleton does not have.
    """
    shared = {
        "channels": channels,
        "classes": classes,
        "in_channels": in_channels,
        "replicas": replicas,
        "prune": prune,
    }
    if isinstance(genotype, NasBench201Cell):
        if auxiliary or stem_stride != 1:
            raise NascopeError(
                "the NAS-Bench-201 skeleton has no auxiliary head and one stem: its protocol must leave "
                "auxiliary_weight and stem_stride out"
            )
        return NasBench201Network(genotype, cells=cells, **shared)
    return DartsNetwork(genotype, layers=cells, auxiliary=auxiliary, stem_stride=stem_stride, **shared)


def count_parameters(genotype: Genotype | NasBench201Cell, **shape: int | bool) -> int:
    """Trainable parameters as papers count them: every edge of the genotype, dead or not."""
    with torch.device("meta"):
        network = build_network(genotype, **shape, prune=False)  # type: ignore[arg-type]
    return sum(parameter.numel() for parameter in network.parameters())
