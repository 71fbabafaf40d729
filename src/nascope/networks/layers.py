"""Layers that operations, cells and skeletons are built from, for one network or for several replicas of it at once.

``replicas`` independent copies of a network (one per seed) run as one network with grouped convolutions: tensors have
shape (batch, replicas * channels, height, width), replica-major. BatchNorm and pooling act on channels alone, so the
copies never mix. On a CPU this is 2 to 6 times faster than running them one after the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F


@dataclass(frozen=True)
class BuildOptions:
    """How operations are built.

    Attributes:
        replicas: independent copies held in one network.
        affine: BatchNorm with weight and bias (False inside supernets).
        pool_norm: BatchNorm after pooling: in supernets, and in StacNAS' final networks.
    """

    replicas: int = 1
    affine: bool = True
    pool_norm: bool = False


class Convolution(nn.Conv2d):
    """A convolution that draws no weights on the meta device, where this is slow and networks are only counted."""

    def reset_parameters(self) -> None:
        """Draw weights, as PyTorch does."""
        if not self.weight.is_meta:
            super().reset_parameters()


def conv(
    c_in: int,
    c_out: int,
    kernel: int | tuple[int, int],
    options: BuildOptions,
    *,
    stride: int | tuple[int, int] = 1,
    padding: int | tuple[int, int] = 0,
    dilation: int = 1,
    groups: int = 1,
) -> nn.Conv2d:
    """A convolution without bias; channels and ``groups`` are those of one replica."""
    replicas = options.replicas
    return Convolution(
        c_in * replicas,
        c_out * replicas,
        kernel,
        stride=stride,
        padding=padding,
        dilation=dilation,
        groups=groups * replicas,
        bias=False,
    )


def batch_norm(channels: int, options: BuildOptions) -> nn.BatchNorm2d:
    """BatchNorm over ``channels`` of each replica."""
    return nn.BatchNorm2d(channels * options.replicas, affine=options.affine)


def concat(tensors: Sequence[Tensor], replicas: int) -> Tensor:
    """Concatenate channels inside each replica."""
    if replicas == 1:
        return torch.cat(list(tensors), dim=1)
    parts = [torch.unflatten(tensor, 1, (replicas, -1)) for tensor in tensors]
    return torch.cat(parts, dim=2).flatten(1, 2)


# On a CPU, torch 2.14.1's backward pass of 1x1 convolutions of stride 2 in channels_last order writes beyond its memory
# where there are few channels and large maps (seen from 48x48 pixels on, with 8 channels and fewer).
_SAFE_CHANNELS, _SAFE_SIDE = 16, 32


class FactorizedReduce(nn.Module):
    """Halve the resolution by two 1x1 convolutions of stride 2, the second shifted by one pixel."""

    def __init__(self, c_in: int, c_out: int, options: BuildOptions) -> None:
        super().__init__()
        self.replicas = options.replicas
        self.first = conv(c_in, c_out // 2, 1, options, stride=2)
        self.second = conv(c_in, c_out - c_out // 2, 1, options, stride=2)
        self.norm = batch_norm(c_out, options)

    def forward(self, x: Tensor) -> Tensor:
        """(batch, replicas * c_in, h, w) to (batch, replicas * c_out, ceil(h / 2), ceil(w / 2))."""
        x = F.relu(x)
        # One more row and column where the size is odd, so that both halves have the same size.
        shifted = F.pad(x, (0, x.shape[3] % 2, 0, x.shape[2] % 2))[:, :, 1:, 1:]
        if x.shape[1] < _SAFE_CHANNELS and x.shape[2] > _SAFE_SIDE:
            halves = [_sliced(layer, part) for layer, part in ((self.first, x), (self.second, shifted))]
        else:
            halves = [self.first(x), self.second(shifted)]
        normed: Tensor = self.norm(concat(halves, self.replicas))
        return normed


def _sliced(layer: nn.Conv2d, x: Tensor) -> Tensor:
    """A 1x1 convolution of stride 2 as one of stride 1 on every other pixel."""
    return F.conv2d(x[:, :, ::2, ::2], layer.weight, groups=layer.groups)


class ReplicaLinear(nn.Module):
    """One linear classifier per replica: (batch, replicas * features) to (batch, replicas, classes)."""

    def __init__(self, features: int, classes: int, options: BuildOptions) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(options.replicas, classes, features))
        self.bias = nn.Parameter(torch.zeros(options.replicas, classes))

    def forward(self, x: Tensor) -> Tensor:
        """Logits of each replica."""
        replicas, _, features = self.weight.shape
        return torch.einsum("brf,rcf->brc", x.view(-1, replicas, features), self.weight) + self.bias


def relu_conv_norm(
    c_in: int, c_out: int, kernel: int, options: BuildOptions, stride: int = 1, dilation: int = 1
) -> nn.Sequential:
    """ReLU, convolution and BatchNorm, with the padding that keeps the size at stride 1."""
    padding = dilation * (kernel - 1) // 2
    layer = conv(c_in, c_out, kernel, options, stride=stride, padding=padding, dilation=dilation)
    return nn.Sequential(nn.ReLU(), layer, batch_norm(c_out, options))


def stem(c_in: int, c_out: int, options: BuildOptions, stride: int = 1) -> nn.Sequential:
    """The 3x3 convolution and BatchNorm that every skeleton starts with."""
    return nn.Sequential(conv(c_in, c_out, 3, options, stride=stride, padding=1), batch_norm(c_out, options))


def older_input(c_in: int, c_out: int, options: BuildOptions, *, halve: bool) -> nn.Module:
    """Bring the output of the cell before the previous one to a cell's channels, and to half the size if asked."""
    return FactorizedReduce(c_in, c_out, options) if halve else relu_conv_norm(c_in, c_out, 1, options)


class AveragePool(nn.Module):
    """:func:`average_pool` as a layer."""

    def __init__(self, stride: int) -> None:
        super().__init__()
        self.stride = stride

    def forward(self, x: Tensor) -> Tensor:
        """Maps (batch, channels, height, width) to (batch, channels, height / stride, width / stride)."""
        return average_pool(x, self.stride)


def average_pool(x: Tensor, stride: int = 1) -> Tensor:
    """Means of 3x3 windows; what lies outside the image is not counted.

    On GPUs images are pooled in the contiguous memory order. In the channels-last order torch's gradients of padded
    windows are wrong there (pytorch issue 188344): with torch 2.11 on an H200, cells with pools lost up to 42 points of
    accuracy in 12 epochs.
    """
    if x.is_cuda:
        x = x.contiguous()
    return F.avg_pool2d(x, 3, stride, 1, count_include_pad=False)
