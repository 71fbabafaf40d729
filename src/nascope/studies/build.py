"""The ``genotypes`` table of a study, as its job makes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd

from nascope.papers.call import called


def build_study(
    name: str,
    function: Callable[..., pd.DataFrame],
    options: Mapping[str, Any],
    *,
    weights: bool,
    tables: Mapping[str, str | Sequence[str]],
) -> pd.DataFrame:
    """The genotypes that a study asks to train.

    Args:
        name: of the study.
        function: its kind (:func:`nascope.papers.declare.study_kind`).
        options: plain values by parameter.
        weights: whether anything needs the trained weights.
        tables: paths of the tables that the kind draws from, by parameter.

    Raises:
        NascopeError: the kind's own reasons.
    """
    genotypes: pd.DataFrame = called(function, tables, {"study": name, **options})
    return genotypes.assign(weights=weights)
