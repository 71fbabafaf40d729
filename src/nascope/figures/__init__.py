"""Figures: functions from tables to a matplotlib figure and the data it draws."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from nascope.figures.style import Drawing


def draw(paper: str, figure: str, tables: Mapping[str, pd.DataFrame], options: dict[str, Any]) -> Drawing:
    """Call ``nascope.figures.<paper>.<figure>`` with its tables by kind."""
    return getattr(import_module(f"nascope.figures.{paper}"), figure)(**tables, options=options)
