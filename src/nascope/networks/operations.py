"""The primitives as modules, for one network or for several replicas of it at once (:mod:`nascope.networks.layers`)."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from nascope.networks.layers import AveragePool, BuildOptions, FactorizedReduce, batch_norm, conv, relu_conv_norm


class Shift(nn.Module):
    """What ReLU, convolution and BatchNorm make of zero: the BatchNorm's bias, at every pixel."""

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
    """The ``noise`` primitive of RobustDARTS' S4: standard normal numbers in place of its input (Zela et al. 2020).

    The numbers are a function of the replica's seed and of how often the operation was called, both part of the state.
    """

    seeds: Tensor
    calls: Tensor

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


def build_operation(primitive: str, channels: int, stride: int, options: BuildOptions) -> nn.Module:
    """The module of a primitive that keeps the number of channels.

    Definitions are those of the DARTS code (sep_conv is applied twice, dil_conv once with dilation 2, pools do not
    count the padding) and, for ``nor_conv_*``, of NAS-Bench-201.

    Raises:
        ValueError: an unknown primitive.
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
            return _normed(AveragePool(stride), channels, options)
    match primitive:
        case "skip_connect":
            return nn.Identity() if stride == 1 else FactorizedReduce(channels, channels, options)
        case "none":
            return Zero(stride)
        case "noise":
            return Noise(stride, options)
    raise ValueError(f"no module for primitive {primitive!r}")


def _depthwise(channels: int, kernel: int, stride: int, dilation: int, options: BuildOptions) -> list[nn.Module]:
    depthwise = conv(
        channels,
        channels,
        kernel,
        options,
        stride=stride,
        padding=dilation * (kernel - 1) // 2,
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


def _normed(pool: nn.Module, channels: int, options: BuildOptions) -> nn.Module:
    return nn.Sequential(pool, batch_norm(channels, options)) if options.pool_norm else pool
