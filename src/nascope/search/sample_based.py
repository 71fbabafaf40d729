"""Running sample-based algorithms many times on one task."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from tqdm import tqdm

from nascope.errors import NascopeError
from nascope.schemas.searches import SEARCHES
from nascope.search.algorithm import Algorithm
from nascope.search.environment import SearchTask, Session
from nascope.tables import empty_table


def run_searches(task: SearchTask, algorithms: Sequence[Algorithm], runs: int, seed: int) -> pd.DataFrame:
    """Run each algorithm ``runs`` times.

    Args:
        task: what is searched.
        algorithms: functions of a :class:`Session` that spend its budget.
        runs: independent runs of each algorithm.
        seed: a run's random numbers depend on it, the algorithm's number and the run's number alone; the runs of one
            algorithm with two settings start from the same ones.

    Returns:
        A ``searches`` table.

    Raises:
        NascopeError: wrong settings, or a budget that is too small for a single evaluation.
    """
    dearest = task.main.seconds.max()
    if dearest > task.budget:
        raise NascopeError(f"a budget of {task.budget:g} s is less than one evaluation ({dearest:.0f} s)")
    functions = [algorithm.load() for algorithm in algorithms]
    rows: list[dict[str, Any]] = []
    for algorithm, function in zip(algorithms, functions, strict=True):
        for run in tqdm(range(runs), desc=algorithm.name, mininterval=5):
            session = Session(task, np.random.default_rng([seed, algorithm.number, run]))
            function(session, **algorithm.settings)
            rows.append(
                {
                    "algorithm": algorithm.name,
                    "settings": json.dumps(dict(algorithm.settings)),
                    "run": run,
                    "index": session.best,
                    "observed_accuracy": session.best_answer,
                    "evaluations": len(session.indices),
                    "simulated_seconds": session.clock,
                }
            )
    return pd.DataFrame(rows) if rows else empty_table(SEARCHES)
