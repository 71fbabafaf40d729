"""How often a test of a claim decides on simulated data whose truth is known."""

import numpy as np

from nascope.evidence.estimate import DECIDED

#: Draws per simulation. Of 200, a test with the right level decides at most 24 times in 99.9% of cases.
DRAWS = 200
MOST_FALSE = 0.12


def share(test, verdicts=DECIDED, draws=DRAWS):
    """Share of draws in which ``test(rng)``, an estimate, has one of the verdicts."""
    rngs = (np.random.default_rng(seed) for seed in range(draws))
    return sum(test(rng).verdict in verdicts for rng in rngs) / draws
