"""BOHB (Falkner, Klein & Hutter 2018): Hyperband brackets whose configurations a kernel density model proposes.

Constants and rules are those of hpbandster, which NAS-Bench-201 used: with one worker it evaluates one after another.
Two things are offered both as coded there, for parity, and corrected: see :func:`bohb`.
"""

from __future__ import annotations

from itertools import count

import numpy as np

from nascope.config.section import Positive, PositiveFloat, Several, Share
from nascope.search.densities import DensityModel
from nascope.search.environment import Fidelity, Session

#: The nominal budgets of NAS-Bench-201's script (epochs).
_SCRIPT_BUDGETS = (12.0, 200.0)


class _BudgetSpentError(Exception):
    """The simulated time is used up."""


def bohb(
    session: Session,
    *,
    as_coded: bool = True,
    eta: Several = 3,
    num_samples: Positive = 4,
    random_fraction: Share = 0.0,
    min_bandwidth: PositiveFloat = 0.3,
) -> None:
    """Spend the session's budget.

    Args:
        session: the search.
        as_coded: True: the rungs are nominally those of 12 to 200 epochs, but every evaluation has the main fidelity
            and its cost (the published script ignores the rung's budget), and bandwidths are statsmodels', which are
            too large for categories. False: a rung is evaluated with its own number of epochs, as far as the table has
            them, and bandwidths suit categories.
        eta: a rung keeps one in ``eta`` configurations.
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
