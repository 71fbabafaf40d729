"""Checking the algorithms that a configuration names, before anything runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nascope.errors import NascopeError
from nascope.loading import Registry
from nascope.search.algorithms import chosen


def settings_of(registry: Registry, name: str, settings: Mapping[str, Any], place: str) -> dict[str, Any]:
    """Settings of an algorithm with values of their types.

    Raises:
        NascopeError: an unknown name or setting, or a value of another type or out of range; the message names
            ``place``.
    """
    try:
        return dict(chosen(registry, name, settings).settings)
    except NascopeError as error:
        raise NascopeError(f"config, {place}: {error}") from None
