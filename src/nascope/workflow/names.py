"""Which studies a section of the configuration names: by the type of its keys, not by their words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, get_args, get_origin

import msgspec

from nascope.config.section import Section, StudyName
from nascope.errors import known
from nascope.papers.registry import PAPERS
from nascope.workflow.model import Config

#: In the place of a paper: studies that no section names, which are the user's own.
OTHER = "other"
_MARK = get_args(StudyName)[1]


def studies_in(section: Section, place: str = "") -> Iterator[tuple[str, str]]:
    """Studies that a section names, each with the place of its key."""
    for field in msgspec.structs.fields(section):
        where = f"{place}.{field.name}" if place else field.name
        yield from _named(field.type, getattr(section, field.name), where)


def papers_of(config: Config, study: str) -> list[str]:
    """Papers whose section names a study, in their order; :data:`OTHER` where none does."""
    found = [name for name in PAPERS if study in {named for _, named in studies_in(getattr(config, name))}]
    return found or [OTHER]


def check_names(config: Config) -> None:
    """Refuse names of studies that do not exist.

    Raises:
        NascopeError: the first one, with its place.
    """
    for paper in PAPERS:
        for place, study in studies_in(getattr(config, paper), paper):
            known(config.studies, study, "studies", place)


def _named(annotation: Any, value: Any, place: str) -> Iterator[tuple[str, str]]:  # noqa: ANN401
    if isinstance(value, Section):
        yield from studies_in(value, place)
    elif get_origin(annotation) is Annotated:
        if _MARK in get_args(annotation)[1:] and isinstance(value, str):
            yield place, value
        else:
            yield from _named(get_args(annotation)[0], value, place)
    elif get_origin(annotation) is dict and isinstance(value, dict):
        key_type, value_type = get_args(annotation)
        for key, inner in value.items():
            yield from _named(key_type, key, place)
            yield from _named(value_type, inner, f"{place}.{key}")
    elif get_origin(annotation) is tuple and isinstance(value, tuple):
        for inner in value:
            yield from _named(get_args(annotation)[0], inner, place)
