"""Running sample-based algorithms many times on one task."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from inspect import signature
from typing import Any

import numpy as np
import pandas as pd
from tqdm import tqdm

from nascope.errors import NascopeError
from nascope.search.environment import SearchTask, Session
from nascope.search.local_search import local_search
from nascope.search.random_search import random_search
from nascope.search.regularized_evolution import regularized_evolution
from nascope.search.reinforce import reinforce

#: Names as in NAS-Bench-201's Table 5; local search is a later baseline.
ALGORITHMS: dict[str, Callable[..., None]] = {
    "RS": random_search,
    "REA": regularized_evolution,
    "REINFORCE": reinforce,
    "LS": local_search,
}


def run_searches(task: SearchTask, algorithms: Mapping[str, Mapping[str, Any]], runs: int, seed: int) -> pd.DataFrame:
    """Run each algorithm ``runs`` times.

    Args:
        task: what is searched.
        algorithms: settings of each algorithm, keyed as :data:`ALGORITHMS`.
        runs: independent runs an algorithm.
        seed: a run's randomness depends on it, the algorithm and the run's number alone.

    Returns:
        A ``searches`` table.

    Raises:
        NascopeError: an unknown algorithm or setting, or a budget that not even one evaluation fits into.
    """
    unknown = set(algorithms) - set(ALGORITHMS)
    if unknown:
        raise NascopeError(f"unknown algorithms {sorted(unknown)}; known: {', '.join(ALGORITHMS)}")
    if task.seconds.max() > task.budget:
        raise NascopeError(f"a budget of {task.budget:g} s is less than one evaluation ({task.seconds.max():.0f} s)")
    for name, settings in algorithms.items():
        try:
            signature(ALGORITHMS[name]).bind(None, **settings)
        except TypeError as error:
            raise NascopeError(f"settings of {name}: {error}") from None
    rows = []
    for name, settings in algorithms.items():
        for run in tqdm(range(runs), desc=name, mininterval=5):
            rng = np.random.default_rng([seed, list(ALGORITHMS).index(name), run])
            session = Session(task, rng)
            ALGORITHMS[name](session, **settings)
            rows.append((name, run, session.best, max(session.answers), len(session.indices), session.clock))
    columns = ["algorithm", "run", "index", "observed_accuracy", "evaluations", "simulated_seconds"]
    return pd.DataFrame(rows, columns=columns)
