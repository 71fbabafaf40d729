"""The genotypes that each study asks to train, as ``genotypes`` tables."""

from __future__ import annotations

from inspect import signature

import pandas as pd

from nascope.errors import NascopeError
from nascope.studies.listed import listed
from nascope.studies.nasbench201 import sampled_space, whole_space
from nascope.studies.redundancy import (
    neighbourhoods,
    pattern_samples,
    published_cells,
    reduction_variants,
    successive_removal,
)
from nascope.studies.stacnas import edge_operators, found_cells
from nascope.studies.understanding import adapted_cells, connection_variants, operation_variants

STUDIES = {
    "whole_space": whole_space,
    "sampled_space": sampled_space,
    "connection_variants": connection_variants,
    "operation_variants": operation_variants,
    "adapted_cells": adapted_cells,
    "pattern_samples": pattern_samples,
    "published_cells": published_cells,
    "reduction_variants": reduction_variants,
    "successive_removal": successive_removal,
    "neighbourhoods": neighbourhoods,
    "edge_operators": edge_operators,
    "found_cells": found_cells,
    "listed": listed,
}


def build_study(name: str, kind: str, options: dict, *, weights: bool = False, **tables: pd.DataFrame) -> pd.DataFrame:
    """The genotypes of a study described by the config.

    Args:
        name: of the study.
        kind: a key of :data:`STUDIES`.
        options: of that kind.
        weights: the study needs the trained weights.
        **tables: ``importance`` or ``searches``, for kinds that draw from one.

    Raises:
        NascopeError: an unknown kind, or options that it does not take.
    """
    if kind not in STUDIES:
        raise NascopeError(f"study {name!r}: unknown kind {kind!r}; choose from {', '.join(STUDIES)}")
    options = {**options, **tables}
    try:
        signature(STUDIES[kind]).bind(name, **options)
    except TypeError as error:
        raise NascopeError(f"study {name!r}: options of kind {kind}: {error}") from None
    return STUDIES[kind](name, **options).assign(weights=weights)
