"""Values of a configuration by their types: what is expanded before they are converted, what is refused afterwards."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from os.path import expanduser
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec

from nascope.config.section import DISTINCT, OneOf, UserFile
from nascope.errors import NascopeError
from nascope.loading import load

#: Keys that lead to a value.
Path = tuple[str, ...]
_USERS = get_args(UserFile)[1]
_LARGEST = 2**63 - 1  # what tables hold


def check_texts(value: Any) -> None:  # noqa: ANN401
    """Refuse texts that no file can hold, such as the halves of signs that YAML's ``"\\ud800"`` makes.

    Raises:
        UnicodeEncodeError: the first one.
    """
    if isinstance(value, str):
        value.encode()
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            check_texts(key)
            check_texts(inner)
    elif isinstance(value, list):
        for inner in value:
            check_texts(inner)


def plain_type(kind: Any) -> Any:  # noqa: ANN401
    """A type without its annotations."""
    return get_args(kind)[0] if get_origin(kind) is Annotated else kind


def inner_types(kind: Any, value: Any) -> dict[Any, Any]:  # noqa: ANN401
    """Types of a dictionary's values by key, as far as its own type says them; empty for other values."""
    plain = plain_type(kind)
    if not isinstance(value, Mapping):
        return {}
    if isinstance(plain, type) and issubclass(plain, msgspec.Struct):
        types = {field.name: field.type for field in msgspec.structs.fields(plain)}
        return {key: types[key] for key in value if key in types}
    if get_origin(plain) is dict:
        return dict.fromkeys(value, get_args(plain)[1])
    arms = get_args(plain) if _is_union(plain) else ()
    return next((inner_types(arm, value) for arm in arms if get_origin(arm) is dict), {})


def literal_values(kind: Any) -> list[str]:  # noqa: ANN401
    """Texts that a type of a few known values takes; empty for other types."""
    plain = plain_type(kind)
    arms = get_args(plain) if _is_union(plain) else (plain,)
    values = [value for arm in arms if get_origin(arm) is Literal for value in get_args(arm)]
    return [value for value in values if isinstance(value, str)]


def _is_union(plain: Any) -> bool:  # noqa: ANN401
    return get_origin(plain) in (Union, UnionType)


def expanded(kind: Any, value: Any) -> Any:  # noqa: ANN401
    """A value as it is to be converted: no entries that are null where names have entries, no ``~`` in paths.

    Args:
        kind: its type.
        value: plain values.
    """
    if isinstance(value, str) and _USERS in _marks(kind):
        return expanduser(value)
    if isinstance(value, Mapping):
        types = inner_types(kind, value)
        named = get_origin(plain_type(kind)) is dict
        return {
            key: expanded(types.get(key), inner)
            for key, inner in value.items()
            if not (named and _takes_out(types[key], inner))
        }
    return value


def _takes_out(kind: Any, value: Any) -> bool:  # noqa: ANN401
    """Whether a value of a named entry is null, which ``--config`` hands over as text, and its type takes no null."""
    if value not in (None, "null"):
        return False
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError:
        return True
    return False


def faults(kind: Any, value: Any, path: Path) -> Iterator[tuple[Path, str]]:  # noqa: ANN401
    """Places in a converted value that its type alone would let pass, each with what is wrong.

    These are numbers that are not finite or too large for tables, lists that repeat an item though each counts, texts
    that :class:`~nascope.config.section.OneOf` refuses, and paths that cannot be.

    Args:
        kind: type of the value.
        value: a converted one.
        path: keys that lead to it.
    """
    yield from ((path, reason) for reason in _own_faults(_marks(kind), value))
    plain = plain_type(kind)
    if _is_union(plain):
        fitting = [arm for arm in get_args(plain) if _could_be(arm, value)]
        if fitting:
            yield from faults(fitting[0], value, path)
    elif isinstance(value, msgspec.Struct):
        for field in msgspec.structs.fields(type(value)):
            yield from faults(field.type, getattr(value, field.name), (*path, field.name))
    elif isinstance(value, dict):
        key_type, value_type = get_args(plain) if get_origin(plain) is dict else (None, None)
        for key, inner in value.items():
            yield from faults(key_type, key, path)
            yield from faults(value_type, inner, (*path, str(key)))
    elif isinstance(value, tuple | list):
        for inner_kind, inner in zip(_item_types(plain, len(value)), value, strict=True):
            yield from faults(inner_kind, inner, path)


def _item_types(plain: Any, count: int) -> list[Any]:  # noqa: ANN401
    arguments = [argument for argument in get_args(plain) if argument is not Ellipsis]
    return arguments if len(arguments) == count else [arguments[0] if arguments else None] * count


def _could_be(arm: Any, value: Any) -> bool:  # noqa: ANN401
    plain = plain_type(arm)
    origin = get_origin(plain) or plain
    return isinstance(origin, type) and isinstance(value, origin)


def _own_faults(marks: tuple[Any, ...], value: Any) -> Iterator[str]:  # noqa: ANN401
    """What is wrong with a value itself."""
    if isinstance(value, float) and not math.isfinite(value):
        yield f"{value} is not a finite number"
    if isinstance(value, int) and abs(value) > _LARGEST:
        yield f"{value} is too large"
    if isinstance(value, tuple | list) and any(getattr(mark, "extra_json_schema", None) == DISTINCT for mark in marks):
        yield from (f"{item!r} is given more than once" for place, item in enumerate(value) if item in value[:place])
    if isinstance(value, str) and _USERS in marks:
        yield from _path_faults(value)
    for mark in marks:
        if isinstance(mark, OneOf) and isinstance(value, str):
            try:
                load(mark.check)(value)
            except NascopeError as error:
                yield str(error)


def _path_faults(path: str) -> Iterator[str]:
    if path.startswith("~"):
        user = path.partition("/")[0]
        yield f"{path!r}: there is no user {user[1:]!r} with a home directory here (./{user} is a file of this name)"
    if not path.isprintable():
        yield f"{path!r} is no path: it has characters that cannot be printed"


def _marks(kind: Any) -> tuple[Any, ...]:  # noqa: ANN401
    return get_args(kind)[1:] if get_origin(kind) is Annotated else ()
