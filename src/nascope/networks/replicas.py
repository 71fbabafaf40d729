"""One network out of several that share tensors."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor


def replica_state(state: Mapping[str, Tensor], replica: int, replicas: int) -> dict[str, Tensor]:
    """One replica's parameters and buffers as a network of its own has them; the auxiliary head is left out."""
    return {
        name: value if value.ndim == 0 else torch.unflatten(value, 0, (replicas, -1))[replica]
        for name, value in state.items()
        if not name.startswith("auxiliary.")
    }
