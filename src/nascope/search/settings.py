"""Settings of algorithms: the keyword-only parameters of a function or class.

They are read from the source, so that a configuration can be checked without importing torch.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib.util import find_spec
from math import isfinite
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from nascope.config.section import Natural, NaturalFloat, Positive, PositiveFloat, Several, Share
from nascope.errors import NascopeError, suggestion

#: Annotations whose values are checked, besides ``Literal``; others are left to the algorithm.
_KINDS: dict[str, Any] = {
    "bool": bool,
    "float": float,
    "int": int,
    "str": str,
    "Natural": Natural,
    "NaturalFloat": NaturalFloat,
    "Positive": Positive,
    "PositiveFloat": PositiveFloat,
    "Several": Several,
    "Share": Share,
}


class Setting(NamedTuple):
    """One setting of an algorithm.

    Attributes:
        kind: its annotation, as written.
        default: its default, as written (None: it has to be given).
    """

    kind: str
    default: str | None


def check_settings(name: str, spec: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Refuse settings that an algorithm does not have, lacks, or has with values of another type or out of range.

    Args:
        name: the algorithm's name, for messages.
        spec: where its function or class is, ``"package.module:name"``.
        settings: values by name; numbers may be texts, as YAML reads ``1e-3``.

    Returns:
        The settings with values of their types.

    Raises:
        NascopeError: the message lists the settings that it has, or says what a value has to be.
    """
    known = known_settings(spec)
    unknown = [f"{key!r}{suggestion(key, known)}" for key in settings if key not in known]
    if unknown:
        raise NascopeError(f"settings of {name}: unknown {', '.join(unknown)}; known: {', '.join(known) or 'none'}")
    missing = [key for key, setting in known.items() if setting.default is None and key not in settings]
    if missing:
        raise NascopeError(f"settings of {name}: {', '.join(missing)} must be given")
    return {key: _converted(f"settings of {name}: {key}", known[key].kind, value) for key, value in settings.items()}


def _converted(place: str, kind: str, value: Any) -> Any:  # noqa: ANN401 - what an annotation allows
    choices = ast.literal_eval(kind.removeprefix("Literal")) if kind.startswith("Literal[") else None
    if choices is not None and value not in choices:
        listed = ", ".join(map(str, choices))
        raise NascopeError(f"{place}: {str(value)[:80]!r} is unknown{suggestion(str(value), choices)}; known: {listed}")
    try:
        found = msgspec.convert(value, Any if choices else _KINDS.get(kind, Any), strict=False)
    except msgspec.ValidationError as error:
        raise NascopeError(f"{place}: {error}, not {repr(value)[:80]}") from None
    if isinstance(found, float) and not isfinite(found):
        raise NascopeError(f"{place}: {found} is not a finite number")
    return found


def known_settings(spec: str) -> dict[str, Setting]:
    """The settings of an algorithm, by name.

    A class has the keyword-only parameters of its constructor, and those of its base classes where the constructor
    passes keywords on to them.

    Args:
        spec: where its function or class is, ``"package.module:name"``.

    Raises:
        NascopeError: nothing of that name is defined there.
    """
    module, _, name = spec.partition(":")
    tree = _syntax(module)
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            return dict(_keywords(node))
        if isinstance(node, ast.ClassDef) and node.name == name:
            return _of_class(node, tree, module)
    raise NascopeError(f"{spec}: {module} defines no function or class {name!r}")


def _of_class(node: ast.ClassDef, tree: ast.Module, module: str) -> dict[str, Setting]:
    constructors = [part for part in node.body if isinstance(part, ast.FunctionDef) and part.name == "__init__"]
    own = dict(_keywords(constructors[0])) if constructors else {}
    if constructors and constructors[0].args.kwarg is None:
        return own
    places = [_origin(base.id, tree, module) for base in node.bases if isinstance(base, ast.Name)]
    inherited = [known_settings(place) for place in places if place is not None]
    return {key: setting for settings in [own, *inherited] for key, setting in settings.items()}


def _origin(name: str, tree: ast.Module, module: str) -> str | None:
    """Where a base class is defined; None where that is in no package of ours or a user's."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and node.name == name:
            return f"{module}:{name}"
        if isinstance(node, ast.ImportFrom) and any((alias.asname or alias.name) == name for alias in node.names):
            original = next(alias.name for alias in node.names if (alias.asname or alias.name) == name)
            return f"{node.module}:{original}" if node.module and "." in node.module else None
    return None


def _keywords(function: ast.FunctionDef) -> Iterator[tuple[str, Setting]]:
    for argument, default in zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True):
        kind = ast.unparse(argument.annotation) if argument.annotation else ""
        yield argument.arg, Setting(kind, None if default is None else ast.unparse(default))


@lru_cache
def _syntax(module: str) -> ast.Module:
    found = find_spec(module)
    if found is None or found.origin is None:
        raise NascopeError(f"there is no module {module!r}")
    return ast.parse(Path(found.origin).read_text(encoding="utf-8"))
