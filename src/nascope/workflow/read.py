"""Reading a configuration, with one message that names the key, what is wrong with it and what is allowed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, get_args, get_origin

import msgspec

from nascope.errors import NascopeError, one_line, suggestion
from nascope.workflow.model import Config, config_model
from nascope.workflow.values import Path, check_texts, expanded, faults, inner_types, literal_values, plain_type

T = TypeVar("T")
_SHOWN = 80  # characters of a user's value in a message
_WORDS = {"`object`": "a mapping", "`array`": "a list", "`null`": "null"}


def read_config(raw: Mapping[str, Any]) -> Config:
    """The typed configuration of Snakemake's dictionary.

    Raises:
        NascopeError: the first mistake, with its place.
    """
    try:
        values = msgspec.to_builtins(dict(raw))
        check_texts(values)
    except (TypeError, ValueError, RecursionError) as error:
        raise NascopeError(one_line(f"config: holds what no configuration can: {error}")) from None
    return checked(config_model(), values, "config")


def checked(kind: type[T], value: Any, place: str) -> T:  # noqa: ANN401 - checked here
    """A value converted to a type.

    Numbers given as text are read as numbers: Snakemake's ``--config`` hands nested ones over so, and YAML takes
    ``1e-3`` for text. Entries that are null are left out where names have entries, and ``~`` is expanded in paths.

    Raises:
        NascopeError: the first mistake; ``place`` names where the value stands, as in ``config, studies.x``.
    """
    value = expanded(kind, value)
    try:
        found = msgspec.convert(value, kind, strict=False)
    except (msgspec.ValidationError, UnicodeError) as error:
        inner, reason = _deepest(kind, value, str(error), ())
        raise NascopeError(one_line(f"{_where(place, inner)}: {reason}")) from None
    for inner, reason in faults(kind, found, ()):
        raise NascopeError(one_line(f"{_where(place, inner)}: {reason}"))
    return found


def _where(place: str, inner: Path) -> str:
    return (f"{place}." if ", " in place else f"{place}, ") + ".".join(inner) if inner else place


def _deepest(kind: Any, value: Any, error: str, path: Path) -> tuple[Path, str]:  # noqa: ANN401
    """The place of a mistake and what is wrong there; msgspec does not name the keys of dictionaries."""
    refused = next(filter(None, (_refused(kind, key) for key in value)), None) if isinstance(value, dict) else None
    if refused is not None:
        return path, refused
    for key, part in inner_types(kind, value).items():
        try:
            msgspec.convert(value[key], part, strict=False)
        except (msgspec.ValidationError, UnicodeError) as deeper:
            return _deepest(part, value[key], str(deeper), (*path, str(key)))
    return path, _reason(kind, value, error.partition(" - at ")[0])


def _reason(kind: Any, value: Any, error: str) -> str:  # noqa: ANN401
    """What is wrong with a value whose parts are right."""
    unknown = error.removeprefix("Object contains unknown field `")
    if unknown != error:
        keys = [field.name for field in msgspec.structs.fields(plain_type(kind))]
        name = unknown.removesuffix("`")
        return f"unknown key {_shown(name)}{suggestion(name, keys)}; known keys: {', '.join(keys)}"
    choices = literal_values(kind)
    if choices and isinstance(value, str):
        return f"{_shown(value)} is unknown{suggestion(value, choices)}; known: {', '.join(choices)}"
    if value is None:
        return "null is no value here (it takes out what has a name of its own, such as a study)"
    for word, plain in _WORDS.items():
        error = error.replace(word, plain)
    return error if isinstance(value, dict) else f"{error}, not {_shown(value)}"


def _refused(kind: Any, key: Any) -> str | None:  # noqa: ANN401
    """Why a key of a dictionary is refused; None if it is not."""
    if not isinstance(key, str):
        return f"YAML reads the name {_shown(key)} as a value that is no text; put it in quotes"
    try:
        if get_origin(plain_type(kind)) is dict:
            msgspec.convert(key, get_args(plain_type(kind))[0])
    except (msgspec.ValidationError, UnicodeError):
        return f"{_shown(key)} is no name: small letters, digits and _ make names"
    return None


def _shown(value: Any) -> str:  # noqa: ANN401
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
