"""The files of golden curves and pinned defaults, and what it means that they moved."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import msgspec
import pandas as pd

from nascope.config.section import Section
from nascope.datasets.spec import DatasetSpec
from nascope.training.protocol import Protocol

CURVES = Path(__file__).with_name("curves.json")
DEFAULTS = Path(__file__).with_name("defaults.json")
WRITE = "python -m tests.golden.write"

#: Relative difference up to which losses are the same. Kinds of CPU round differently: with the kernels for AVX-512,
#: AVX2 and SSE4.1, on one thread or two, losses differ by a few 1e-7 (and see tests.golden.cases on kinks). A change of
#: the code that moves no loss by more than this goes unnoticed.
TOLERANCE = 1e-5
#: Percentage points up to which accuracies are the same: rounding may decide on one of the 30 images that there are at
#: least.
ONE_IMAGE = 100 / 30 + 0.01

_SECTIONS: dict[str, type[Section]] = {"protocol": Protocol, "dataset": DatasetSpec}

Columns = dict[str, list[Any]]


def columns_of(curves: pd.DataFrame) -> Columns:
    """Curves as JSON can hold them: NaN is None, and nine digits are enough."""
    rounded = {name: [_rounded(value) for value in column] for name, column in curves.to_dict("list").items()}
    return {str(name): column for name, column in rounded.items()}


def _rounded(value: Any) -> Any:
    if not isinstance(value, float):
        return value
    return None if math.isnan(value) else float(f"{value:.9g}")


def moved(found: Columns, golden: Columns) -> list[str]:
    """Columns of curves that are not the golden ones."""
    return [name for name in sorted({*found, *golden}) if not _same(name, found.get(name), golden.get(name))]


def _same(name: str, found: list[Any] | None, golden: list[Any] | None) -> bool:
    if found is None or golden is None or len(found) != len(golden):
        return False
    near = {"abs_tol": ONE_IMAGE} if name.endswith("_accuracy") else {"rel_tol": TOLERANCE}
    return all(
        math.isclose(one, other, **near) if isinstance(one, float) and isinstance(other, float) else one == other
        for one, other in zip(found, golden, strict=True)
    )


def defaults() -> dict[str, dict[str, Any]]:
    """The default of each optional key by section."""
    return {
        name: {
            field.name: json.loads(msgspec.json.encode(field.default))
            for field in msgspec.structs.fields(section)
            if not field.required
        }
        for name, section in _SECTIONS.items()
    }


def changed(pinned: dict[str, dict[str, Any]]) -> list[str]:
    """Keys whose default is another one than the pinned one."""
    now = defaults()
    return [
        f"{section}.{key}"
        for section, values in pinned.items()
        for key, value in values.items()
        if key in now[section] and now[section][key] != value
    ]


def read(path: Path) -> tuple[int | None, dict[str, Any]]:
    """NUMERICS that a file belongs to, and what it holds; None and nothing where there is no file."""
    if not path.exists():
        return None, {}
    content = json.loads(path.read_text(encoding="utf-8"))
    return content.pop("NUMERICS"), content
