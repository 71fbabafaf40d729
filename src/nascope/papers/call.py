"""Calling a declared function with the tables and options of its job."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import msgspec
import pandas as pd

from nascope.schemas.column import Table
from nascope.tables import read_table


def parameters_of(function: Callable[..., Any]) -> dict[str, Any]:
    """Parameters of a function with their types; tables are ``Annotated`` with their kind."""
    hints = get_type_hints(function, include_extras=True)
    return {name: hints[name] for name in inspect.signature(function).parameters}


def kind_of(annotation: Any) -> Table | None:  # noqa: ANN401 - an annotation
    """The kind of table that a parameter takes, one or a list of them; None for an option."""
    inner = get_args(annotation)[0] if get_origin(annotation) is list else annotation
    if get_origin(inner) is Annotated:
        return next((extra for extra in get_args(inner)[1:] if isinstance(extra, Table)), None)
    return None


def called(
    function: Callable[..., Any],
    paths: Mapping[str, str | Sequence[str]],
    options: Mapping[str, Any],
) -> Any:  # noqa: ANN401 - what the function returns
    """Call a declared function.

    Args:
        function: its parameters say what kinds of tables it takes, and the types of its options.
        paths: where the tables are, by parameter; several for a list of tables.
        options: plain values by parameter.
    """
    parameters = parameters_of(function)
    tables: dict[str, pd.DataFrame | list[pd.DataFrame]] = {}
    for name, path in paths.items():
        kind = kind_of(parameters[name])
        assert kind is not None, name  # checked when the workflow was read
        tables[name] = _read(path, kind) if isinstance(path, str) else [_read(one, kind) for one in path]
    typed = {name: msgspec.convert(value, parameters[name], strict=False) for name, value in options.items()}
    return function(**tables, **typed)


@cache
def _read(path: str, kind: Table) -> pd.DataFrame:
    """A table, read once for all that a job calls."""
    return read_table(path, kind)
