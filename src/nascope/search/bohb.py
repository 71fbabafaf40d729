"""BOHB (Falkner, Klein & Hutter 2018): Hyperband brackets whose configurations a kernel density model proposes.

Constants and rules are those of hpbandster, which NAS-Bench-201 used: with one worker it evaluates one after another.
Two things are offered as coded there, for parity, and corrected: see :func:`bohb`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count

import numpy as np

from nascope.search.environment import Fidelity, Session
from nascope.spaces.nasbench201 import PRIMITIVES

_TOP_PERCENT = 15
_FLOOR = 1e-32
#: The nominal budgets of NAS-Bench-201's script (epochs).
_SCRIPT_BUDGETS = (12.0, 200.0)


class _BudgetSpentError(Exception):
    """The simulated time is used up."""


def bohb(
    session: Session,
    *,
    as_coded: bool = True,
    eta: int = 3,
    num_samples: int = 4,
    random_fraction: float = 0.0,
    min_bandwidth: float = 0.3,
) -> None:
    """Spend the session's budget.

    Args:
        session: the search.
        as_coded: True: the rungs are nominally those of 12 to 200 epochs, but every evaluation has the main fidelity
            and its cost (the published script does not look at the rung's budget), and densities have statsmodels'
            bandwidths, which exceed what is a density for categories. False: a rung is evaluated with its own number
            of epochs, as far as the table has them, and bandwidths suit categories.
        eta: a rung keeps one in ``eta``.
        num_samples: proposals of which the model picks one.
        random_fraction: share of configurations drawn without the model.
        min_bandwidth: smallest bandwidth of the model.
    """
    rungs = _script_rungs(session, eta) if as_coded else _rungs(session, eta)
    model = DensityModel(session.task.codes.shape[1], num_samples, random_fraction, min_bandwidth, as_coded)
    try:
        for iteration in count():
            spare = len(rungs) - 1 - iteration % len(rungs)
            _bracket(session, model, rungs[-spare - 1 :], bracket_sizes(len(rungs), spare, eta))
    except _BudgetSpentError:
        return


def bracket_sizes(rungs: int, spare: int, eta: int) -> list[int]:
    """Configurations on each rung of the bracket that has ``spare`` rungs before its last (Hyperband, hpbandster)."""
    first = int(rungs / (spare + 1)) * eta**spare
    return [max(int(first * eta**-rung), 1) for rung in range(spare + 1)]


def _script_rungs(session: Session, eta: int) -> list[tuple[float, Fidelity]]:
    """(nominal budget, fidelity it is evaluated with), by increasing budget."""
    low, high = _SCRIPT_BUDGETS
    rungs = int(np.log(high / low) / np.log(eta)) + 1
    return [(high / eta**spare, session.task.main) for spare in reversed(range(rungs))]


def _rungs(session: Session, eta: int) -> list[tuple[float, Fidelity]]:
    """From the task's most epochs down, each rung at most one in ``eta`` of the one above."""
    above, *lower = reversed(session.task.fidelities)
    chosen = [above]
    for fidelity in lower:
        if fidelity.epochs <= round(chosen[-1].epochs / eta):
            chosen.append(fidelity)
    return [(float(fidelity.epochs), fidelity) for fidelity in reversed(chosen)]


def _bracket(session: Session, model: DensityModel, rungs: list[tuple[float, Fidelity]], sizes: list[int]) -> None:
    """Successive halving: the model proposes the first rung, the best of each are promoted to the next."""
    promoted: list[int] = []
    for (budget, fidelity), size in zip(rungs, sizes, strict=True):
        answered = []
        for place in range(size):
            index = promoted[place] if promoted else session.task.index(model.propose(session.rng))
            if not session.affords(index, fidelity):
                raise _BudgetSpentError
            accuracy = session.evaluate(index, fidelity)
            model.learn(budget, session.task.codes[index], accuracy)
            answered.append((accuracy, index))
        promoted = [index for _, index in sorted(answered, key=lambda pair: -pair[0])]


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
        if len(odd):
            return draws[odd[0]]
        if np.isnan(ratio).all():
            return rng.integers(len(PRIMITIVES), size=self.edges)
        return draws[int(np.nanargmin(ratio))]


class CategoricalDensity:
    """Kernel density of categorical vectors by Aitchison-Aitken kernels.

    Args:
        data: (points, variables) codes.
        min_bandwidth: bandwidths are at least this.
        as_coded: as statsmodels' ``KDEMultivariate`` with ``var_type="u"`` does it for hpbandster: normal-reference
            bandwidths from the standard deviation of the codes, which are often above the 0.8 where five categories
            weigh the same, so that the density falls where data are; and as many levels as the data show. Otherwise
            the deviation is that of the categories' indicators, bandwidths end at 0.8, and levels are all primitives.
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
        """Density at (n, variables) codes, (n,); infinite for a value of a variable whose data show one value only."""
        with np.errstate(divide="ignore", invalid="ignore"):
            other = self.bandwidth / (self.levels - 1)
            kernels = np.where(codes[:, None] == self.data, 1 - self.bandwidth, other)
            return kernels.prod(axis=2).mean(axis=1)

    def draw(self, rng: np.random.Generator, count: int) -> np.ndarray:
        """Data points, each value exchanged for a uniform one with the bandwidth's probability."""
        chosen = self.data[rng.integers(len(self.data), size=count)]
        keep = rng.random(chosen.shape) < 1 - self.bandwidth
        return np.where(keep, chosen, rng.integers(len(PRIMITIVES), size=chosen.shape))
