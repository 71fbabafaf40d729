"""Values from text in Python's or JSON's notation, without ever evaluating it.

Genotypes are written as calls, tuples, lists, dictionaries and constants. :func:`read_literal` walks the syntax tree
and accepts these alone, with the few names of functions that people's genotypes contain.
"""

from __future__ import annotations

import ast
import warnings
from dataclasses import dataclass
from typing import NoReturn

from nascope.errors import NascopeError

#: Characters of the longest text that is read; the longest published genotype has 800.
MAX_TEXT = 20_000
#: Brackets inside brackets; published genotypes have 4.
_MAX_DEPTH = 12
_MAX_RANGE = 100
_KEPT_CALLS = {"Genotype", "CellStructure", "Structure"}
_NUMBERS = {"int", "int8", "int16", "int32", "int64", "uint8", "intp", "tensor", "str_", "str"}  # np.int64(1) and such
_SEQUENCES = {"list", "tuple", "array"}
_MAPPINGS = {"dict", "OrderedDict", "Configuration"}
_JSON = {"true": True, "false": False, "null": None, "NaN": float("nan")}


@dataclass(frozen=True)
class Call:
    """``name(1, 2, a=3)``, for the names of genotypes."""

    name: str
    arguments: tuple[object, ...]
    fields: dict[str, object]


def read_literal(text: str) -> object:
    """The value of a text: constants, lists, tuples, dictionaries, ranges and, as :class:`Call`, genotypes.

    Raises:
        NascopeError: anything else; the message gives the column (from 1).
    """
    if len(text) > MAX_TEXT:
        raise NascopeError(f"malformed genotype: {len(text):,} characters, more than {MAX_TEXT:,}")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # such as those on unknown escapes in a text that is not Python at all
            tree = ast.parse(text.strip(), mode="eval").body
    except SyntaxError as error:
        raise NascopeError(f"malformed genotype at column {error.offset}: {error.msg}") from None
    except ValueError as error:  # null bytes, lone surrogates
        raise NascopeError(f"malformed genotype: {error}") from None
    except (MemoryError, RecursionError):
        raise NascopeError("malformed genotype: nested too deeply") from None
    return _value(tree, 0)


def _value(node: ast.expr, depth: int) -> object:
    if depth > _MAX_DEPTH:
        _refuse(node, f"more than {_MAX_DEPTH} brackets inside each other")
    if isinstance(node, ast.Constant) and isinstance(node.value, str | int | float | None):
        return node.value
    if isinstance(node, ast.Name) and node.id in _JSON:
        return _JSON[node.id]
    if isinstance(node, ast.List | ast.Tuple):
        items = [_value(item, depth + 1) for item in node.elts]
        return items if isinstance(node, ast.List) else tuple(items)
    if isinstance(node, ast.Dict):
        return {_key(key, node): _value(item, depth + 1) for key, item in zip(node.keys, node.values, strict=True)}
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant):
        number = node.operand.value
        if isinstance(number, int | float):
            return -number
    if isinstance(node, ast.Call):
        return _call(node, depth)
    _refuse(node)


def _key(node: ast.expr | None, parent: ast.Dict) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str | int):
        return str(node.value)
    _refuse(node or parent, "keys of dictionaries are texts")


def _call(node: ast.Call, depth: int) -> object:
    name = _name(node.func)
    if name not in {"range", *_KEPT_CALLS, *_NUMBERS, *_SEQUENCES, *_MAPPINGS}:
        _refuse(node)
    arguments = tuple(_value(item, depth + 1) for item in node.args)
    fields = {keyword.arg or "**": _value(keyword.value, depth + 1) for keyword in node.keywords}
    if len(fields) < len(node.keywords) or "**" in fields:
        _refuse(node, "a field that is given twice or by **")
    if name in _KEPT_CALLS:
        return Call(name, arguments, fields)
    if name == "range" and not fields:
        return _range(node, arguments)
    if name in _MAPPINGS:
        return _mapping(node, arguments, fields)
    if len(arguments) == 1:
        value = arguments[0]
        if name in _SEQUENCES and isinstance(value, list | tuple):
            return value
        if name in _NUMBERS and isinstance(value, int | str):
            return value
    _refuse(node)


def _range(node: ast.Call, bounds: tuple[object, ...]) -> list[int]:
    numbers = [bound for bound in bounds if type(bound) is int and abs(bound) < _MAX_RANGE]
    if len(numbers) < len(bounds) or not 1 <= len(numbers) <= 3 or (len(numbers) == 3 and not numbers[2]):
        _refuse(node, "expected range(first, end) with small numbers")
    return list(range(*numbers))


def _mapping(node: ast.Call, arguments: tuple[object, ...], fields: dict[str, object]) -> dict[str, object]:
    """``dict(a=1)``, ``OrderedDict([("a", 1)])`` or ConfigSpace's ``Configuration(values={...})``."""
    if not arguments:
        values = fields.get("values")
        return values if isinstance(values, dict) else fields
    pairs = arguments[0].items() if isinstance(arguments[0], dict) else arguments[0]
    try:
        return {str(key): value for key, value in pairs}  # type: ignore[attr-defined]
    except (TypeError, ValueError):
        _refuse(node, "expected pairs of a key and a value")


def _name(node: ast.expr) -> str:
    """The last part of a dotted name."""
    whole = node
    while isinstance(whole, ast.Attribute):
        whole = whole.value
    if not isinstance(whole, ast.Name):
        return ""
    return node.attr if isinstance(node, ast.Attribute) else whole.id


def _refuse(node: ast.expr, reason: str = "expected a literal") -> NoReturn:
    raise NascopeError(f"malformed genotype at column {node.col_offset + 1}: {reason}")
