"""Reading a configuration, with one message that names the key, what is wrong with it and what is allowed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, TypeVar, get_args, get_origin

import msgspec

from nascope.config.section import DISTINCT
from nascope.errors import NascopeError, suggestion
from nascope.workflow.model import Config, config_model

T = TypeVar("T")
_LONGEST = 400  # characters of a message: a user's value may be a book


def read_config(raw: Mapping[str, Any]) -> Config:
    """The typed configuration of Snakemake's dictionary.

    Raises:
        NascopeError: the first mistake, with its place.
    """
    return checked(config_model(), msgspec.to_builtins(dict(raw)), "config")


def checked(kind: type[T], value: Any, place: str) -> T:  # noqa: ANN401 - checked here
    """A value converted to a type.

    Numbers given as text are read as numbers: Snakemake's ``--config`` hands nested ones over so, and YAML takes
    ``1e-3`` for text.

    Raises:
        NascopeError: the first mistake; ``place`` names where the value stands, as in ``config, studies.x``.
    """
    try:
        found = msgspec.convert(value, kind, strict=False)
    except msgspec.ValidationError as error:
        inner, reason = _deepest(kind, value, str(error), ())
        raise NascopeError(f"{_where(place, inner)}: {reason}"[:_LONGEST]) from None
    for inner, item in _repeats(kind, found, ()):
        raise NascopeError(f"{_where(place, inner)}: {item!r} is given more than once"[:_LONGEST])
    return found


def _where(place: str, inner: tuple[str, ...]) -> str:
    return (f"{place}." if ", " in place else f"{place}, ") + ".".join(inner) if inner else place


def _repeats(kind: Any, value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:  # noqa: ANN401
    """Places in a converted value of lists without repeats that do repeat an item, with that item."""
    if isinstance(value, msgspec.Struct):
        for field in msgspec.structs.fields(type(value)):
            yield from _repeats(field.type, getattr(value, field.name), (*path, field.name))
    elif isinstance(value, dict):
        inner = get_args(_plain(kind))
        for key, item in value.items():
            yield from _repeats(inner[1] if len(inner) > 1 else None, item, (*path, str(key)))
    elif isinstance(value, tuple | list):
        marks = get_args(kind)[1:] if get_origin(kind) is Annotated else ()
        if any(getattr(mark, "extra_json_schema", None) == DISTINCT for mark in marks):
            yield from ((path, item) for place, item in enumerate(value) if item in value[:place])


def _deepest(kind: Any, value: Any, error: str, path: tuple[str, ...]) -> tuple[tuple[str, ...], str]:  # noqa: ANN401
    """The place of a mistake and what is wrong there; msgspec does not name the keys of dictionaries."""
    for key, part, inner in _parts(kind, value):
        try:
            msgspec.convert(inner, part, strict=False)
        except msgspec.ValidationError as deeper:
            return _deepest(part, inner, str(deeper), (*path, key))
    reason, _, _ = error.partition(" - at ")
    plain = _plain(kind)
    unknown = reason.removeprefix("Object contains unknown field `")
    if unknown != reason:
        keys = [field.name for field in msgspec.structs.fields(plain)]
        name = unknown.removesuffix("`")
        reason = f"unknown key {name!r}{suggestion(name, keys)}; known keys: {', '.join(keys)}"
    elif get_origin(plain) is dict and isinstance(value, dict):
        reason = f"{reason}, not {_refused_key(plain, value)!r}"
    elif not isinstance(value, dict):
        reason = f"{reason}, not {value!r}"
    return path, reason


def _refused_key(kind: Any, value: Mapping[str, Any]) -> str:  # noqa: ANN401
    """The first name in a dictionary that its type does not take."""
    for key in value:
        try:
            msgspec.convert(key, get_args(kind)[0])
        except msgspec.ValidationError:
            return str(key)
    return str(value)


def _parts(kind: Any, value: Any) -> list[tuple[str, Any, Any]]:  # noqa: ANN401
    """Keys of a value with the type and value of each."""
    plain = _plain(kind)
    if not isinstance(value, dict):
        return []
    if isinstance(plain, type) and issubclass(plain, msgspec.Struct):
        types = {field.name: field.type for field in msgspec.structs.fields(plain)}
        return [(key, types[key], inner) for key, inner in value.items() if key in types]
    if get_origin(plain) is dict:
        return [(str(key), get_args(plain)[1], inner) for key, inner in value.items()]
    return []


def _plain(kind: Any) -> Any:  # noqa: ANN401
    return get_args(kind)[0] if get_origin(kind) is Annotated else kind
