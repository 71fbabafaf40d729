"""Which studies a section of the configuration names: by the type of its keys, not by their words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, NamedTuple, get_args, get_origin

import msgspec

from nascope.config.section import Section, StudyOf
from nascope.errors import NascopeError, known
from nascope.papers.registry import PAPERS
from nascope.workflow.model import Config

#: In the place of a paper: studies that no section names, which are the user's own.
OTHER = "other"


class Named(NamedTuple):
    """A study that a key names.

    Attributes:
        place: of the key.
        study: its name.
        kinds: that the key takes; empty where all will do.
    """

    place: str
    study: str
    kinds: tuple[str, ...]


def studies_in(section: Section, place: str = "") -> Iterator[Named]:
    """Studies that a section names."""
    for field in msgspec.structs.fields(section):
        where = f"{place}.{field.name}" if place else field.name
        yield from _named(field.type, getattr(section, field.name), where)


def papers_of(config: Config, study: str) -> list[str]:
    """Papers whose section names a study, in their order; :data:`OTHER` where none does."""
    found = [name for name in PAPERS if study in {named.study for named in studies_in(getattr(config, name))}]
    return found or [OTHER]


def own_studies(config: Config) -> list[str]:
    """Studies of the user's own: listed cells, and all others that no figure of a paper is drawn from.

    A section names some studies only for measures around their trained weights; that alone draws nothing of them.
    """
    drawn = {
        named.study
        for name in PAPERS
        for named in studies_in(getattr(config, name))
        if not named.place.startswith("geometry.")
    }
    return [name for name, entry in config.studies.items() if entry.kind == "listed" or name not in drawn]


def check_names(config: Config) -> None:
    """Refuse names of studies that do not exist, or whose kind is not what their key takes.

    Raises:
        NascopeError: the first one, with its place.
    """
    for paper in PAPERS:
        for place, study, kinds in studies_in(getattr(config, paper), paper):
            kind = known(config.studies, study, "studies", place).kind
            if kinds and kind not in kinds:
                wanted = " or ".join(kinds)
                raise NascopeError(f"config, {place}: {study!r} is a study of kind {kind}, not {wanted}")


def _named(annotation: Any, value: Any, place: str) -> Iterator[Named]:  # noqa: ANN401
    if isinstance(value, Section):
        yield from studies_in(value, place)
    elif get_origin(annotation) is Annotated:
        marks = [mark for mark in get_args(annotation)[1:] if isinstance(mark, StudyOf)]
        if marks and isinstance(value, str):
            yield Named(place, value, marks[0].kinds)
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
