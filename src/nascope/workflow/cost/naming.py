"""Which papers ask for a study: those whose section of the configuration names it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal, get_args, get_origin

import msgspec

from nascope.config.section import Section
from nascope.papers.registry import PAPERS
from nascope.workflow.model import Config

#: In the place of a paper: studies that no section names, which are the user's own.
OTHER = "other"
#: Keys whose words are not studies, though a study may have the same name: data sets, spaces, protocols, sources of
#: curves and of architectures, algorithms and what belongs to them.
_ELSEWHERE = {
    "algorithms",
    "architectures",
    "dataset",
    "histories",
    "protocol",
    "settings",
    "space",
    "spaces",
    "sweeps",
    "table",
    "weights",
}


def papers_of(config: Config, study: str) -> list[str]:
    """Papers whose section names a study, in their order; :data:`OTHER` where none does."""
    return [name for name in PAPERS if study in _words(getattr(config, name))] or [OTHER]


def _words(value: Any) -> Iterator[str]:  # noqa: ANN401 - any value of a section
    """All words in a section that could name a study, keys of dictionaries among them."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Section):
        for field in msgspec.structs.fields(value):
            if field.name not in _ELSEWHERE and not _has_choices(field.type):
                yield from _words(getattr(value, field.name))
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            if key not in _ELSEWHERE:
                yield from (key, *_words(inner))
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _words(inner)


def _has_choices(annotation: Any) -> bool:  # noqa: ANN401 - an annotation
    """Whether a key takes fixed words, which name nothing."""
    return get_origin(annotation) is Literal or any(map(_has_choices, get_args(annotation)))
