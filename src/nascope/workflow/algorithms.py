"""Checking the algorithms that a configuration names, before anything runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nascope.errors import NascopeError
from nascope.loading import Registry
from nascope.search.algorithms import chosen
from nascope.search.settings import check_settings


def check_algorithm(registry: Registry, name: str, settings: Mapping[str, Any], place: str) -> None:
    """Check an algorithm's name and settings.

    Raises:
        NascopeError: an unknown name or setting, or a value of another type; the message names ``place``.
    """
    try:
        check_settings(name, chosen(registry, name, settings).spec, settings)
    except NascopeError as error:
        raise NascopeError(f"config, {place}: {error}") from None
