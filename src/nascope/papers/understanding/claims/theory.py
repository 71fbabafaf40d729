"""Theorems 4.1 and 4.2 on linear cells."""

from __future__ import annotations

import numpy as np
import pandas as pd

from nascope.evidence.estimate import Estimate, exact
from nascope.papers.understanding.paper import PAPER
from nascope.schemas.geometry import Theory
from nascope.schemas.results import LINEAR_CELLS

_LIPSCHITZ = "log10 of bound over measured constant, the smallest of all cases"
_VARIANCE = "log10 of bound over measured variance, the smallest of all cases"
_SQUARED = "The same bound where output gradients follow the outputs, which the theorem's assumptions may exclude."


_THEOREM_4_1_OUTPUT_GRADIENTS_ALIKE = PAPER.claim(
    "Theorem 4.1, output gradients alike",
    "The narrowest cell's gradient is Lipschitz with the widest's constant times the largest singular values of "
    "the earlier blocks.",
)


@_THEOREM_4_1_OUTPUT_GRADIENTS_ALIKE.test(
    "computed",
    figure="theory",
    measure=_LIPSCHITZ,
    unit="cases",
    tables=lambda plan: {"theory": LINEAR_CELLS},
)
def smoothness_alike(theory: Theory) -> Estimate:
    """Whether the bound holds in all cases, exactly."""
    return _slack(theory, "4.1", "alike")


_THEOREM_4_1_SQUARED_ERROR = PAPER.claim(
    "Theorem 4.1, squared error",
    _SQUARED,
)


@_THEOREM_4_1_SQUARED_ERROR.test(
    "computed",
    figure="theory",
    measure=_LIPSCHITZ,
    unit="cases",
    tables=lambda plan: {"theory": LINEAR_CELLS},
)
def smoothness_squared(theory: Theory) -> Estimate:
    """Whether the bound holds in all cases, exactly."""
    return _slack(theory, "4.1", "squared error")


_THEOREM_4_2_OUTPUT_GRADIENTS_ALIKE = PAPER.claim(
    "Theorem 4.2, output gradients alike",
    "The narrowest cell's gradient variance is bounded by the widest's variances, scaled by the blocks.",
)


@_THEOREM_4_2_OUTPUT_GRADIENTS_ALIKE.test(
    "computed",
    figure="theory",
    measure=_VARIANCE,
    unit="cases",
    tables=lambda plan: {"theory": LINEAR_CELLS},
)
def variance_alike(theory: Theory) -> Estimate:
    """Whether the bound holds in all cases, exactly."""
    return _slack(theory, "4.2", "alike")


_THEOREM_4_2_SQUARED_ERROR = PAPER.claim(
    "Theorem 4.2, squared error",
    _SQUARED,
)


@_THEOREM_4_2_SQUARED_ERROR.test(
    "computed",
    figure="theory",
    measure=_VARIANCE,
    unit="cases",
    tables=lambda plan: {"theory": LINEAR_CELLS},
)
def variance_squared(theory: Theory) -> Estimate:
    """Whether the bound holds in all cases, exactly."""
    return _slack(theory, "4.2", "squared error")


def _slack(table: pd.DataFrame, theorem: str, objective: str) -> Estimate:
    cases = table[(table["theorem"] == theorem) & (table["objective"] == objective)]
    # A bound that is met exactly holds: rounding must not decide.
    slack = float(np.log10(cases["bound"] / cases["narrowest"]).min()) + 1e-9
    # The theorems were written down from memory: the paper's constants may differ.
    return exact(slack, len(cases), f"linear cells, {objective}", unverified=True)
