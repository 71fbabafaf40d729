"""The configuration's JSON schema and its reference, from the model: ``python -m nascope.workflow.document``."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from inspect import getdoc
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec

from nascope.config.section import Section, StudyOf, UserFile, plain
from nascope.workflow.model import config_model

_TITLE = """# Configuration

Made by `make docs` from the model of the configuration; a test keeps it current. `config.yaml` holds the embedded
default; a file in `config/` changes single values of it. A key without a default has to be given; `config.yaml` gives
all of them.

An entry of a mapping by name (a study, a protocol, a data set, an algorithm) is taken out by `null`. Paths may start
with `~`. Numbers are finite, and lists of names, seeds and values that are compared repeat none. A cell of a study's
options is a published cell's name, or a genotype in any notation. Files that are templates (`__use_yte__`) run code
when Snakemake reads them: they are refused, before that by `profiles/default` and `profiles/slurm`.
"""


def json_schema() -> str:
    """The JSON schema, for editors that check YAML files as you type."""
    schema = msgspec.json.schema(config_model())
    return json.dumps(schema, indent=1, sort_keys=True) + "\n"


def reference() -> str:
    """Every key with its type, default and sentence, as Markdown: one table per section."""
    lines = [_TITLE]
    for heading, kind in _sections("", config_model(), set()):
        lines += ["", f"## {heading or 'Top level'}", "", (getdoc(kind) or "").partition("\n")[0], ""]
        lines += ["| key | type | default | |", "|---|---|---|---|"]
        for key, annotation, default, sentence in _keys(kind):
            lines.append(f"| `{key}` | {_type_name(annotation)} | {default} | {sentence} |")
    return "\n".join(lines) + "\n"


def _sections(heading: str, kind: type[Section], seen: set[type]) -> Iterator[tuple[str, type[Section]]]:
    """A section and those within it, each class once."""
    if kind in seen:
        return
    seen.add(kind)
    yield heading, kind
    for key, annotation, *_ in _keys(kind):
        place = f"{heading}.{key}" if heading else key
        for inner in _inner_sections(annotation):
            named = get_origin(_plain(annotation)) is dict
            yield from _sections(f"{place}.<name>" if named else place, inner, seen)


def _keys(kind: type[Section]) -> Iterator[tuple[str, Any, str, str]]:
    for field in msgspec.structs.fields(kind):
        metas = [extra for extra in getattr(field.type, "__metadata__", ()) if isinstance(extra, msgspec.Meta)]
        sentence = next((meta.description for meta in metas if meta.description), "")
        yield field.name, field.type, _default(field), sentence


def _default(field: Any) -> str:  # noqa: ANN401 - msgspec's FieldInfo
    if field.default is not msgspec.NODEFAULT:
        value = plain(field.default)
        return "" if isinstance(field.default, Section) else f"`{json.dumps(value)}`"
    return "`{}`" if field.default_factory is dict else ""


def _plain(annotation: Any) -> Any:  # noqa: ANN401
    return get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation


def _inner_sections(annotation: Any) -> Iterator[type[Section]]:  # noqa: ANN401
    plain = _plain(annotation)
    if isinstance(plain, type) and issubclass(plain, Section):
        yield plain
    for inner in get_args(plain):
        yield from _inner_sections(inner)


def _type_name(annotation: Any) -> str:  # noqa: ANN401
    """A type in words."""
    for mark in getattr(annotation, "__metadata__", ()):
        if isinstance(mark, StudyOf):
            return f"study of kind {' or '.join(f'`{kind}`' for kind in mark.kinds)}" if mark.kinds else "study"
        if mark == get_args(UserFile)[1]:
            return "path"
    plain = _plain(annotation)
    origin, arguments = get_origin(plain), get_args(plain)
    if origin is Literal:
        return " or ".join(f"`{value}`" for value in arguments)
    if origin in (Union, UnionType):
        return " or ".join(_type_name(inner) for inner in arguments if inner is not NoneType)
    if origin is dict:
        return f"mapping of {_type_name(arguments[1])}"
    if origin is tuple:
        return f"list of {_type_name(arguments[0])}"
    if isinstance(plain, type) and issubclass(plain, Section):
        return "section"
    return {int: "integer", float: "number", str: "text", bool: "yes or no"}.get(plain, "any value")


if __name__ == "__main__":
    root = Path(sys.argv[1])
    (root / "workflow" / "schemas" / "config.schema.json").write_text(json_schema(), encoding="utf-8")
    (root / "docs" / "config.md").write_text(reference(), encoding="utf-8")
