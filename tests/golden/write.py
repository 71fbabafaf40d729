"""Write golden curves and defaults: ``python -m tests.golden.write``.

With the NUMERICS of the files, only new trainings and new keys are added, and nothing may have moved. With another one,
everything is written anew.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import torch

from nascope.training.numerics import NUMERICS
from tests.golden.cases import CASES, NOISE, Case
from tests.golden.golden import CURVES, DEFAULTS, Columns, changed, columns_of, defaults, moved, read


def main() -> None:
    torch.set_num_threads(1)
    _write(DEFAULTS, _defaults())
    _write(CURVES, {name: _curves(name, case) for name, case in CASES.items()})


def _defaults() -> dict[str, Any]:
    numerics, pinned = read(DEFAULTS)
    if numerics == NUMERICS and changed(pinned):
        _refuse(f"the defaults of {', '.join(changed(pinned))} changed")
    return defaults()


def _curves(name: str, case: Case) -> Columns:
    numerics, golden = read(CURVES)
    with tempfile.TemporaryDirectory() as folder:
        found = columns_of(case.curves(Path(folder)))
    if numerics == NUMERICS and name in golden:
        if moved(found, golden[name]):
            _refuse(f"the numbers of {name} moved")
        return golden[name]
    with tempfile.TemporaryDirectory() as folder:
        noise = case.noise(Path(folder))
    if noise > NOISE:
        sys.exit(f"{name}: rounding moves losses by {noise:.1e}, more than {NOISE:.1e}; choose other seeds")
    return found


def _refuse(reason: str) -> None:
    sys.exit(f"{reason}, but NUMERICS is still {NUMERICS}: raise it in src/nascope/training/numerics.py first")


def _write(path: Path, content: dict[str, Any]) -> None:
    lines = [f'"NUMERICS": {NUMERICS}']
    for name, part in content.items():
        inner = ",\n".join(f"  {json.dumps(key)}: {json.dumps(value)}" for key, value in part.items())
        lines.append(f"{json.dumps(name)}: {{\n{inner}}}")
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
