"""Running sample-based algorithms many times on one task."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from inspect import signature
from typing import Any

import numpy as np
import pandas as pd
from tqdm import tqdm

from nascope.errors import NascopeError
from nascope.search.bohb import bohb
from nascope.search.environment import SearchTask, Session
from nascope.search.local_search import local_search
from nascope.search.predictor_guided import predictor_guided
from nascope.search.random_search import random_search
from nascope.search.regularized_evolution import regularized_evolution
from nascope.search.reinforce import reinforce
from nascope.tables import empty_table

#: Names as in NAS-Bench-201's Table 5; local search (LS) and predictor-guided search (PG) are later baselines.
ALGORITHMS: dict[str, Callable[..., None]] = {
    "RS": random_search,
    "REA": regularized_evolution,
    "REINFORCE": reinforce,
    "LS": local_search,
    "BOHB": bohb,
    "PG": predictor_guided,
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
    dearest = task.main.seconds.max()
    if dearest > task.budget:
        raise NascopeError(f"a budget of {task.budget:g} s is less than one evaluation ({dearest:.0f} s)")
    for name, settings in algorithms.items():
        try:
            signature(ALGORITHMS[name]).bind(None, **settings)
        except TypeError as error:
            raise NascopeError(f"settings of {name}: {error}") from None
    rows = []
    for name, settings in algorithms.items():
        for run in tqdm(range(runs), desc=name, mininterval=5):
            session = Session(task, np.random.default_rng([seed, list(ALGORITHMS).index(name), run]))
            ALGORITHMS[name](session, **settings)
            found = {"index": session.best, "observed_accuracy": session.best_answer}
            spent = {"evaluations": len(session.indices), "simulated_seconds": session.clock}
            rows.append({"algorithm": name, "settings": json.dumps(dict(settings)), "run": run, **found, **spent})
    return pd.DataFrame(rows)


def run_sweeps(
    task: SearchTask, sweeps: Mapping[str, Mapping[str, Sequence[Any]]], runs: int, seed: int
) -> pd.DataFrame:
    """Run algorithms with each value of one setting after the other; a ``searches`` table.

    Args:
        task: what is searched.
        sweeps: by algorithm, by setting, the values.
        runs: independent runs a value.
        seed: as in :func:`run_searches`; the runs of two values start from the same random numbers.
    """
    parts = [
        run_searches(task, {name: {setting: value}}, runs, seed)
        for name, settings in sweeps.items()
        for setting, values in settings.items()
        for value in values
    ]
    return pd.concat(parts, ignore_index=True) if parts else empty_table("searches")
