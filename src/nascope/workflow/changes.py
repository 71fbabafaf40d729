"""Sections with some keys changed, as algorithms change the protocol that they share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from nascope.config.section import Section
from nascope.workflow.read import checked

S = TypeVar("S", bound=Section)


def changed(section: S, changes: Mapping[str, Any], place: str) -> S:
    """A section with other values of some keys.

    Raises:
        NascopeError: an unknown key or a value that it does not take; the message names ``place``.
    """
    return checked(type(section), {**section.given(), **changes}, place)
