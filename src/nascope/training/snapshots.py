"""When a training's weights are kept for later measurements."""

from __future__ import annotations

_SNAPSHOTS = 10


def snapshot_epochs(epochs: int) -> tuple[int, ...]:
    """Epochs after which weights are kept: before training, evenly through it (at most ten more), and at its end."""
    count = min(_SNAPSHOTS, epochs)
    return tuple(round(epochs * part / count) for part in range(count + 1))
