"""Killing what runs in steps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def killed_after(step: Callable[..., Any], steps: int) -> Callable[..., Any]:
    """A step that can be taken so many times; then it raises :class:`KeyboardInterrupt`, before it does anything."""
    taken = 0

    def counted(*args: Any, **kwargs: Any) -> Any:
        nonlocal taken
        if taken == steps:
            raise KeyboardInterrupt
        taken += 1
        return step(*args, **kwargs)

    return counted
