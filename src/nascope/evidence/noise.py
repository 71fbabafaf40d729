"""Differences between cells beside the noise of training seeds, and whether they are small enough to be none."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import fdtri

from nascope.evidence.estimate import Estimate, untestable

_TAIL = 0.025


def seed_variance(values: pd.Series, cells: pd.Series) -> float:
    """Variance of one training's value between seeds, pooled over cells (ddof 1); NaN where no cell has two seeds.

    Args:
        values: one per training.
        cells: of each training.
    """
    groups = values.groupby(cells)
    freedom = int((groups.size() - 1).sum())
    return float(np.square(values - groups.transform("mean")).sum()) / freedom if freedom else np.nan


def beyond_noise(differences: np.ndarray, variance: float | np.ndarray) -> np.ndarray:
    """Sizes of differences whose noise has a known variance: roots of the squares without it.

    They are negative where a difference is smaller than its noise, so that their mean is not biased upwards.
    """
    squares = np.square(differences) - variance
    return np.asarray(np.sign(squares) * np.sqrt(np.abs(squares)))


def alike(differences: np.ndarray, variances: np.ndarray, spread: float, freedom: int, scope: str) -> Estimate:
    """Whether differences are smaller than the spread of random cells, whatever their signs: positive where they are.

    The measure is 1 minus the root mean square of the differences, in units of the spread; the noise's variance is
    subtracted from their squares, which for mean absolute differences cannot be done. (Signed means would let +4 and
    -4 cancel.) The interval is that of a ratio of two variances (Fisher's F), which is wide for few units.

    Args:
        differences: (n,), one per unit.
        variances: noise variance of each.
        spread: standard deviation of random cells, the noise of seeds left out.
        freedom: degrees of freedom of the spread.
        scope: what the estimate is about.
    """
    n = len(differences)
    if not spread > 0:
        return untestable("random cells do not differ by more than the noise of seeds", scope)
    mean, noise = float(np.square(differences).mean()), float(np.mean(variances))
    bounds = [mean / float(fdtri(n, freedom, share)) for share in (_TAIL, 1 - _TAIL)]
    low, high = (1 - np.sqrt(max(square - noise, 0.0)) / spread for square in bounds)
    return Estimate(1 - np.sqrt(max(mean - noise, 0.0)) / spread, low, high, n, scope)
