"""How fast trainings converge, and how this is related to width and depth of cells (Shu et al. 2020, section 4)."""

from __future__ import annotations

import numpy as np
import pandas as pd

_RESAMPLES = 2000


def convergence_measures(curves: pd.DataFrame, level: float) -> pd.DataFrame:
    """Two measures of how fast each training converges.

    Args:
        curves: ``curves`` joined with the genotypes of their study (``name``, ``width``, ``depth``, ``seed``,
            ``epoch``, ``test_loss``).
        level: test loss in nats.

    Returns:
        One row per training: ``area``, the mean test loss over epochs (nats), and ``epochs_to_level``, the number of
        epochs after which the test loss first is at most ``level``. Between epochs it is interpolated; where the level
        is never reached it is one more than the number of epochs.
    """
    rows = []
    for (name, wide, deep, seed), group in curves.groupby(["name", "width", "depth", "seed"], sort=False):
        ordered = group.sort_values("epoch")
        losses, epochs = ordered["test_loss"].to_numpy(), ordered["epoch"].to_numpy()
        rows.append((name, wide, deep, seed, losses.mean(), _epochs_to(level, epochs, losses)))
    return pd.DataFrame(rows, columns=["name", "width", "depth", "seed", "area", "epochs_to_level"])


def _epochs_to(level: float, epochs: np.ndarray, losses: np.ndarray) -> float:
    reached = np.flatnonzero(losses <= level)
    if not len(reached):
        return float(epochs[-1] + 1)
    place = int(reached[0])
    if place == 0:
        return float(epochs[0])
    drop = losses[place - 1] - losses[place]
    return float(epochs[place] - (level - losses[place]) / drop * (epochs[place] - epochs[place - 1]))


def rank_correlation(
    measures: pd.DataFrame, measure: str, against: str, *, seed: int = 0
) -> tuple[float, float, float]:
    """Spearman's correlation of a measure, averaged over seeds, with width or depth.

    Args:
        measures: what :func:`convergence_measures` returns, or a table with the same keys.
        measure: column of the measure.
        against: ``width`` or ``depth``.
        seed: of the bootstrap.

    Returns:
        The correlation and the ends of its 95% percentile interval, by a bootstrap that draws variants with
        replacement, and seeds for each variant. NaN where one side is constant.
    """
    from scipy.stats import rankdata, spearmanr  # Slow to import; most figures do without it.

    wide = measures.pivot(index="name", columns="seed", values=measure)
    values, other = wide.to_numpy(), measures.groupby("name")[against].first().loc[wide.index].to_numpy()
    mean = values.mean(axis=1)
    if not (np.ptp(mean) and np.ptp(other)):
        return float("nan"), float("nan"), float("nan")
    rng, (variants, seeds) = np.random.default_rng(seed), values.shape
    chosen = rng.integers(variants, size=(_RESAMPLES, variants))
    drawn_seeds = rng.integers(seeds, size=(_RESAMPLES, variants, seeds))
    drawn = values[chosen[:, :, None], drawn_seeds].mean(axis=2)
    first, second = (rankdata(sample, axis=1) - (variants + 1) / 2 for sample in (drawn, other[chosen]))
    lengths = np.sqrt(np.square(first).sum(axis=1) * np.square(second).sum(axis=1))
    # A draw in which one side is constant has no ranks.
    found = (first * second).sum(axis=1)[lengths > 0] / lengths[lengths > 0]
    low, high = np.percentile(found, [2.5, 97.5]) if len(found) else (np.nan, np.nan)
    return float(spearmanr(mean, other).statistic), float(low), float(high)
