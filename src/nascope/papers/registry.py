"""The papers: each a package beside this module with a ``paper.py`` that holds its :class:`Paper`."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

from nascope.papers.declare import Paper

_HERE = Path(__file__).parent
#: Packages in the order of the report: by year, then by name.
_NAMES = sorted(path.parent.name for path in _HERE.glob("*/paper.py"))


def _paper(name: str) -> Paper[Any]:
    found: Paper[Any] = import_module(f"nascope.papers.{name}.paper").PAPER
    return found


PAPERS: dict[str, Paper[Any]] = {
    name: paper for paper in sorted(map(_paper, _NAMES), key=lambda paper: paper.year) for name in [paper.name]
}


def declared() -> dict[str, Paper[Any]]:
    """All papers, with the modules imported that declare figures, claims and studies, those of own studies included."""
    import_module("nascope.studies.listed")
    for name in [*PAPERS, "own"]:
        for file in sorted((_HERE / name).rglob("*.py")):
            module = ".".join(file.relative_to(_HERE).with_suffix("").parts)
            if file.name != "__init__.py":
                import_module(f"nascope.papers.{module}")
    return PAPERS
