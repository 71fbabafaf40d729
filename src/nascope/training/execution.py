"""How a protocol's network is computed: precision, memory order, compilation, and less memory where it is short."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from nascope.errors import NascopeError
from nascope.networks.darts_network import DartsNetwork
from nascope.networks.droppath import DropPath
from nascope.networks.nasbench201_network import NasBench201Network
from nascope.training.protocol import Protocol

_COMPILE_MODES = {"default": "default", "cuda_graphs": "reduce-overhead"}


class Execution:
    """A network, called as its protocol says; logits come back in float32.

    Args:
        network: moved to the device and brought into its memory order in place.
        protocol: ``precision``, ``channels_last`` and ``compile`` are read.
        device: torch device.
        frugal: keep only the cells' inputs in training and compute the rest again for the backward pass: the same
            numbers from a fraction of the memory, for about a third more time. Such a network is not compiled.
    """

    def __init__(
        self,
        network: NasBench201Network | DartsNetwork,
        protocol: Protocol,
        device: torch.device,
        *,
        frugal: bool = False,
    ) -> None:
        use_tf32(protocol)
        self.memory_format = torch.channels_last if protocol.channels_last else torch.contiguous_format
        network.to(device, memory_format=self.memory_format)  # type: ignore[call-overload]
        self.network, self.device, self.half = network, device, protocol.precision == "bfloat16"
        self.graphs = protocol.compile == "cuda_graphs"
        self._call: Callable[..., tuple[Tensor, Tensor | None]] = network
        if frugal:
            recompute_cells(network)
        elif protocol.compile != "none":
            self._call = torch.compile(network, mode=_COMPILE_MODES[protocol.compile], dynamic=False)

    def __call__(self, images: Tensor, drop_path: DropPath | None = None) -> tuple[Tensor, Tensor | None]:
        """Logits and auxiliary logits of images (batch, replicas * channels, h, w)."""
        if self.graphs:
            # The last step's outputs may be overwritten. (torch has no type for this function.)
            torch.compiler.cudagraph_mark_step_begin()  # type: ignore[no-untyped-call]
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.half):
            logits, auxiliary = self._call(images.contiguous(memory_format=self.memory_format), drop_path)
        return logits.float(), None if auxiliary is None else auxiliary.float()

    def eval(self) -> None:
        """Set the network to evaluation mode."""
        self.network.eval()


def use_tf32(protocol: Protocol) -> None:
    """Let float32 convolutions and products run as TF32 on GPUs, or not; torch's own default does it silently."""
    kind = "tf32" if protocol.precision == "tf32" else "ieee"
    torch.backends.cudnn.conv.fp32_precision = kind  # type: ignore[attr-defined] # torch puts it there at run time
    torch.backends.cuda.matmul.fp32_precision = kind


def check_search_protocol(protocol: Protocol, what: str) -> None:
    """Refuse options for trainings of single networks: small differences of losses decide architectures.

    Raises:
        NascopeError: a precision other than float32 or tf32, compilation, or another memory order.
    """
    if protocol.precision == "bfloat16" or protocol.compile != "none" or not protocol.channels_last:
        raise NascopeError(
            f"{what}: supernets are trained in float32 or tf32, channels_last and not compiled; precision: bfloat16, "
            "compile and channels_last: false are for trainings"
        )


def recompute_cells(network: NasBench201Network | DartsNetwork) -> None:
    """Make a network's cells (and residual blocks) keep their inputs only; see :class:`Execution`."""
    for block in network.cells if isinstance(network, DartsNetwork) else network.body:
        block.forward = partial(_recomputed, block, block.forward)


def _recomputed(block: nn.Module, forward: Callable[..., Any], *inputs: Any) -> Any:  # noqa: ANN401
    if not torch.is_grad_enabled():
        return forward(*inputs)
    drop_path = next((value for value in inputs if isinstance(value, DropPath)), None)

    def contexts() -> tuple[AbstractContextManager[None], AbstractContextManager[None]]:
        states = [generator.get_state() for generator in drop_path.generators] if drop_path else []
        return nullcontext(), _again(block, drop_path, states)

    return checkpoint(forward, *inputs, use_reentrant=False, preserve_rng_state=False, context_fn=contexts)


@contextmanager
def _again(block: nn.Module, drop_path: DropPath | None, states: list[Tensor]) -> Iterator[None]:
    """Compute a block as it was: the same masks, and running estimates that are thrown away."""
    norms = [module for module in block.modules() if isinstance(module, nn.BatchNorm2d)]
    kept = [dict(norm.named_buffers()) for norm in norms]
    generators = drop_path.generators if drop_path else []
    now = [generator.get_state() for generator in generators]
    for norm, buffers in zip(norms, kept, strict=True):
        _set_buffers(norm, {name: value.clone() for name, value in buffers.items()})
    for generator, state in zip(generators, states, strict=True):
        generator.set_state(state)
    try:
        yield
    finally:
        for norm, buffers in zip(norms, kept, strict=True):
            _set_buffers(norm, buffers)
        for generator, state in zip(generators, now, strict=True):
            generator.set_state(state)


def _set_buffers(norm: nn.BatchNorm2d, buffers: dict[str, Tensor]) -> None:
    for name, value in buffers.items():
        setattr(norm, name, value)
