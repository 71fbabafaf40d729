"""Reading a configuration, with one message that names the key, what is wrong with it and what is allowed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, TypeVar, get_args, get_origin

import msgspec

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

    Raises:
        NascopeError: the first mistake; ``place`` names where the value stands, as in ``config, studies.x``.
    """
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        inner, reason = _deepest(kind, value, str(error), ())
        where = (f"{place}." if ", " in place else f"{place}, ") + ".".join(inner) if inner else place
        raise NascopeError(f"{where}: {reason}"[:_LONGEST]) from None


def _deepest(kind: Any, value: Any, error: str, path: tuple[str, ...]) -> tuple[tuple[str, ...], str]:  # noqa: ANN401
    """The place of a mistake and what is wrong there; msgspec does not name the keys of dictionaries."""
    for key, part, inner in _parts(kind, value):
        try:
            msgspec.convert(inner, part)
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
