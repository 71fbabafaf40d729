"""The primitives as modules, for one network or for several replicas of it at once.

``replicas`` independent copies of a network (one a seed) run as one network with grouped convolutions:
tensors have shape (batch, replicas * channels, height, width), replica-major. BatchNorm and pooling act on
channels alone, so the copies never mix. On a CPU this is 2-6 times faster than one after the other.
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
        pool_norm: BatchNorm after pooling (StacNAS; not in the DARTS family's final networks).
        track_running_stats: BatchNorm evaluates with running estimates; False: with batch statistics.
    """

    replicas: int = 1
    affine: bool = True
    pool_norm: bool = False
    track_running_stats: bool = True


def conv(c_in: int, c_out: int, kernel: int | tuple[int, int], options: BuildOptions, **kwargs: object) -> nn.Conv2d:
    """A convolution without bias; keyword arguments as ``nn.Conv2d``, ``groups`` counted in one replica."""
    replicas = options.replicas
    groups = int(kwargs.pop("groups", 1))  # type: ignore[call-overload]
    return nn.Conv2d(c_in * replicas, c_out * replicas, kernel, groups=groups * replicas, bias=False, **kwargs)  # type: ignore[arg-type]


def batch_norm(channels: int, options: BuildOptions) -> nn.BatchNorm2d:
    """BatchNorm over ``channels`` of each replica."""
    return nn.BatchNorm2d(
        channels * options.replicas, affine=options.affine, track_running_stats=options.track_running_stats
    )


def concat(tensors: Sequence[Tensor], replicas: int) -> Tensor:
    """Concatenate channels inside each replica."""
    if replicas == 1:
        return torch.cat(list(tensors), dim=1)
    return torch.cat([tensor.unflatten(1, (replicas, -1)) for tensor in tensors], dim=2).flatten(1, 2)


# On a CPU, torch 2.14.1's backward of 1x1 convolutions of stride 2 writes beyond its memory for fewer channels and
# larger maps, in channels_last (seen from 48x48 on, with 8 channels and fewer).
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
        return self.norm(concat(halves, self.replicas))


def _sliced(layer: nn.Conv2d, x: Tensor) -> Tensor:
    """A 1x1 convolution of stride 2 as one of stride 1 on every other pixel."""
    return F.conv2d(x[:, :, ::2, ::2], layer.weight, groups=layer.groups)


class Shift(nn.Module):
    """What ReLU-Conv-BatchNorm makes of zero: the BatchNorm's bias, at every pixel."""

    def __init__(self, channels: int, options: BuildOptions) -> None:
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(channels * options.replicas))

    def forward(self, x: Tensor) -> Tensor:
        """Broadcast the bias to the shape of ``x``, whose values are not used."""
        return self.bias.view(1, -1, 1, 1).expand_as(x)


class Zero(nn.Module):
    """The ``none`` primitive, at stride 1 or 2."""

    def __init__(self, stride: int) -> None:
        super().__init__()
        self.stride = stride

    def forward(self, x: Tensor) -> Tensor:
        """Zeros of the output's shape."""
        return torch.zeros_like(x[:, :, :: self.stride, :: self.stride])


class Noise(nn.Module):
    """The ``noise`` primitive of RobustDARTS' S4: standard normal numbers in the place of its input (Zela et al. 2020).

    Numbers are a function of the replica's seed and of how often the operation was called, both part of the state.
    """

    def __init__(self, stride: int, options: BuildOptions) -> None:
        super().__init__()
        self.stride = stride
        self.register_buffer("seeds", torch.zeros(options.replicas, dtype=torch.int64))
        self.register_buffer("calls", torch.zeros((), dtype=torch.int64))

    def forward(self, x: Tensor) -> Tensor:
        """Noise of the output's shape."""
        like = x[:, :, :: self.stride, :: self.stride]
        shape = (like.shape[0], like.shape[1] // len(self.seeds), *like.shape[2:])
        generators = [torch.Generator().manual_seed(int(seed) + int(self.calls)) for seed in self.seeds]
        self.calls += 1
        return torch.cat([torch.randn(shape, generator=one) for one in generators], dim=1).to(like)


class ReplicaLinear(nn.Module):
    """One linear classifier a replica: (batch, replicas * features) to (batch, replicas, classes)."""

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
    """ReLU, convolution, BatchNorm, with the padding that keeps the size at stride 1."""
    padding = dilation * (kernel - 1) // 2
    layer = conv(c_in, c_out, kernel, options, stride=stride, padding=padding, dilation=dilation)
    return nn.Sequential(nn.ReLU(), layer, batch_norm(c_out, options))


def stem(c_in: int, c_out: int, options: BuildOptions, stride: int = 1) -> nn.Sequential:
    """The 3x3 convolution and BatchNorm that every skeleton starts with."""
    return nn.Sequential(conv(c_in, c_out, 3, options, stride=stride, padding=1), batch_norm(c_out, options))


def older_input(c_in: int, c_out: int, options: BuildOptions, *, halve: bool) -> nn.Module:
    """Bring the output of the cell before the previous one to a cell's channels and, if asked, half the size."""
    return FactorizedReduce(c_in, c_out, options) if halve else relu_conv_norm(c_in, c_out, 1, options)


def _depthwise(channels: int, kernel: int, stride: int, dilation: int, options: BuildOptions) -> list[nn.Module]:
    padding = dilation * (kernel - 1) // 2
    depthwise = conv(
        channels,
        channels,
        kernel,
        options,
        stride=stride,
        padding=padding,
        dilation=dilation,
        groups=channels,
    )
    return [nn.ReLU(), depthwise, conv(channels, channels, 1, options), batch_norm(channels, options)]


def _factorised(channels: int, kernel: int, stride: int, options: BuildOptions) -> nn.Sequential:
    pad = kernel // 2
    return nn.Sequential(
        nn.ReLU(),
        conv(channels, channels, (1, kernel), options, stride=(1, stride), padding=(0, pad)),
        conv(channels, channels, (kernel, 1), options, stride=(stride, 1), padding=(pad, 0)),
        batch_norm(channels, options),
    )


def build_operation(primitive: str, channels: int, stride: int, options: BuildOptions) -> nn.Module:
    """The module of a primitive that keeps the number of channels.

    Definitions are those of the DARTS code (sep_conv twice, dil_conv once with dilation 2, pools without
    counting the padding) and, for ``nor_conv_*``, of NAS-Bench-201.
    """
    family, _, size = primitive.rpartition("_")
    kernel = int(size[0]) if size[:1].isdigit() else 0
    match family:
        case "nor_conv":
            return relu_conv_norm(channels, channels, kernel, options, stride)
        case "sep_conv":
            first = _depthwise(channels, kernel, stride, 1, options)
            return nn.Sequential(*first, *_depthwise(channels, kernel, 1, 1, options))
        case "dil_conv":
            return nn.Sequential(*_depthwise(channels, kernel, stride, 2, options))
        case "conv_7x1" | "conv_3x1":
            return _factorised(channels, int(family[5]), stride, options)
        case "max_pool":
            return _normed(nn.MaxPool2d(3, stride, 1), channels, options)
        case "avg_pool":
            return _normed(nn.AvgPool2d(3, stride, 1, count_include_pad=False), channels, options)
    if primitive == "skip_connect":
        return nn.Identity() if stride == 1 else FactorizedReduce(channels, channels, options)
    if primitive == "none":
        return Zero(stride)
    if primitive == "noise":
        return Noise(stride, options)
    raise ValueError(f"no module for primitive {primitive!r}")


def _normed(pool: nn.Module, channels: int, options: BuildOptions) -> nn.Module:
    return nn.Sequential(pool, batch_norm(channels, options)) if options.pool_norm else pool
