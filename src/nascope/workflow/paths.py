"""Paths in the configuration that Snakemake could not take as inputs."""

from __future__ import annotations

import os.path
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from nascope.config.section import whole
from nascope.errors import NascopeError

if TYPE_CHECKING:
    from nascope.workflow.model import Config


def check_paths(config: Config) -> None:
    """Refuse files whose names have braces: Snakemake would look for wildcards in them.

    Raises:
        NascopeError: the first such file.
    """
    for place, text in _texts(whole(config), "config"):
        if set("{}") & set(text) and os.path.exists(text):
            raise NascopeError(f"{place}: Snakemake takes the braces in {text!r} for wildcards; rename that file")


def _texts(value: Any, place: str) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - what a configuration can hold
    """All texts of a configuration, with where they stand."""
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts(inner, f"{place}, {key}" if place == "config" else f"{place}.{key}")
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner, place)
