"""The DARTS skeleton, for any input size and number of channels, with its auxiliary head and ImageNet's stem."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F

from nascope.networks.cells import TwoInputCell
from nascope.networks.droppath import DropPath
from nascope.networks.layers import BuildOptions, ReplicaLinear, batch_norm, conv, relu_conv_norm, stem
from nascope.spaces.genotype import Genotype

#: The auxiliary heads of the DARTS code pool maps of 8x8 (CIFAR) and 7x7 (ImageNet) with these strides; other sizes are
#: pooled to the same 2x2.
_AUXILIARY_STRIDES: dict[tuple[int, ...], int] = {(8, 8): 3, (7, 7): 2}
_IMAGENET_STRIDE = 8


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
        size = tuple(x.shape[2:])
        if size in _AUXILIARY_STRIDES:
            x = F.avg_pool2d(x, 5, stride=_AUXILIARY_STRIDES[size], count_include_pad=False)
        else:
            x = F.adaptive_avg_pool2d(x, 2)
        logits: Tensor = self.classifier(self.features(x).flatten(1))
        return logits


class ImageNetStem(nn.Module):
    """The stem of the mobile setting: two outputs, at a quarter and at an eighth of the resolution."""

    def __init__(self, c_in: int, channels: int, options: BuildOptions) -> None:
        super().__init__()
        half = stem(c_in, channels // 2, options, stride=2)
        self.first = nn.Sequential(half, nn.ReLU(), stem(channels // 2, channels, options, stride=2))
        self.second = relu_conv_norm(channels, channels, 3, options, stride=2)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Inputs of the first cell; the older one, of twice the resolution, comes first."""
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
            2020) or 8 (ImageNet: three convolutions; the first cell reads the outputs of the last two).
        pool_norm: BatchNorm after pooling (StacNAS).
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
        pool_norm: bool = False,
        replicas: int = 1,
        prune: bool = True,
    ) -> None:
        super().__init__()
        options = BuildOptions(replicas=replicas, pool_norm=pool_norm)
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
            self.cells.append(
                TwoInputCell(
                    cell,
                    before,
                    previous,
                    channels,
                    reduction=reduction,
                    reduction_before=reduction_before,
                    options=options,
                    prune=prune,
                )
            )
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
