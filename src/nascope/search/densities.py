"""Kernel densities of good and of bad configurations, from which BOHB proposes (Falkner, Klein & Hutter 2018).

Constants and rules are those of hpbandster.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from nascope.spaces.nasbench201 import PRIMITIVES

_TOP_PERCENT = 15
_FLOOR = 1e-32


@dataclass
class DensityModel:
    """Densities of good and of bad configurations, from the largest budget with enough of both.

    Attributes:
        edges: length of a configuration.
        num_samples: proposals of which the best ratio of densities is taken.
        random_fraction: share of uniform proposals.
        min_bandwidth: smallest bandwidth.
        as_coded: see :class:`CategoricalDensity`.
    """

    edges: int
    num_samples: int
    random_fraction: float
    min_bandwidth: float
    as_coded: bool
    seen: dict[float, tuple[list[np.ndarray], list[float]]] = field(default_factory=dict)
    budget: float = -np.inf
    good: CategoricalDensity | None = None
    bad: CategoricalDensity | None = None

    def learn(self, budget: float, code: np.ndarray, accuracy: float) -> None:
        """Add an answer and refit, unless a larger budget has a model already."""
        if budget < self.budget:
            return
        codes, accuracies = self.seen.setdefault(budget, ([], []))
        codes.append(code)
        accuracies.append(accuracy)
        least, points = self.edges + 1, len(codes)
        n_good = max(least, _TOP_PERCENT * points // 100)
        n_bad = max(least, (100 - _TOP_PERCENT) * points // 100)
        # Both densities need more points than edges.
        if points < n_good + least:
            return
        order = np.argsort(-np.array(accuracies), kind="stable")
        data = np.array(codes)[order]
        self.good = CategoricalDensity(data[:n_good], self.min_bandwidth, self.as_coded)
        self.bad = CategoricalDensity(data[n_good : n_good + n_bad], self.min_bandwidth, self.as_coded)
        self.budget = budget

    def propose(self, rng: np.random.Generator) -> np.ndarray:
        """Uniform without a model; otherwise the draw from the good density with the best ratio."""
        if self.good is None or self.bad is None or rng.random() < self.random_fraction:
            return rng.integers(len(PRIMITIVES), size=self.edges)
        draws = self.good.draw(rng, self.num_samples)
        good, bad = self.good.pdf(draws), self.bad.pdf(draws)
        ratio = np.maximum(bad, _FLOOR) / np.maximum(good, _FLOOR)
        # hpbandster: the first draw that no bad configuration resembles at all (an infinite ratio) is taken at once.
        odd = np.flatnonzero(~np.isfinite(ratio) & np.isfinite(good))
        if not len(odd) and np.isnan(ratio).all():
            return rng.integers(len(PRIMITIVES), size=self.edges)
        best: np.ndarray = draws[odd[0] if len(odd) else int(np.nanargmin(ratio))]
        return best


class CategoricalDensity:
    """Kernel density of categorical vectors by Aitchison-Aitken kernels.

    Args:
        data: (points, variables) codes.
        min_bandwidth: bandwidths are at least this.
        as_coded: True: as statsmodels' ``KDEMultivariate`` with ``var_type="u"`` does it for hpbandster. Bandwidths
            come from the normal reference rule and the standard deviation of the codes. They often exceed 0.8, where
            five categories weigh the same; the density is then lowest where the data are. A variable has as many levels
            as the data show. False: the deviation is that of the categories' indicators, bandwidths end at 0.8, and a
            variable has all primitives as levels.
    """

    def __init__(self, data: np.ndarray, min_bandwidth: float, as_coded: bool) -> None:
        points, variables = data.shape
        categories = len(PRIMITIVES)
        if as_coded:
            deviation, largest = data.std(axis=0), np.inf
            self.levels = np.array([len(np.unique(column)) for column in data.T])
        else:
            shares = np.stack([(data == code).mean(axis=0) for code in range(categories)])
            deviation, largest = np.sqrt(1 - (shares**2).sum(axis=0)), 1 - 1 / categories
            self.levels = np.full(variables, categories)
        self.data = data
        self.bandwidth = np.clip(1.06 * deviation * points ** (-1 / (4 + variables)), min_bandwidth, largest)

    def pdf(self, codes: np.ndarray) -> np.ndarray:
        """Density at codes, (n, variables) to (n,).

        As coded it is infinite for a value that a variable's data do not show, where they show only one.
        """
        with np.errstate(divide="ignore", invalid="ignore"):
            other = self.bandwidth / (self.levels - 1)
            kernels = np.where(codes[:, None] == self.data, 1 - self.bandwidth, other)
            density: np.ndarray = kernels.prod(axis=2).mean(axis=1)
        return density

    def draw(self, rng: np.random.Generator, count: int) -> np.ndarray:
        """Data points, (count, variables), each value exchanged for a uniform one with the bandwidth's probability."""
        chosen = self.data[rng.integers(len(self.data), size=count)]
        keep = rng.random(chosen.shape) < 1 - self.bandwidth
        return np.where(keep, chosen, rng.integers(len(PRIMITIVES), size=chosen.shape))
