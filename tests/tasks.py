"""Easy tasks for sample-based searches."""

from __future__ import annotations

import numpy as np

from nascope.search.environment import Fidelity, SearchTask
from nascope.spaces.nasbench201 import PRIMITIVES
from nascope.spaces.nasbench201_space import enumerate_cells

CODES = np.array([[PRIMITIVES.index(op) for op in cell.ops] for cell in enumerate_cells(4)])


def task(seconds: float = 1.0, budget: float = 100.0, seed: int = 0) -> SearchTask:
    """An easy landscape: every operation adds its own gain, no noise."""
    gains = np.random.default_rng(seed).normal(size=(6, 5))
    quality = gains[np.arange(6), CODES].sum(axis=1)
    return single(CODES, quality[:, None], np.full(len(CODES), seconds), budget)


def single(codes: np.ndarray, accuracies: np.ndarray, seconds: np.ndarray, budget: float) -> SearchTask:
    """A task with one fidelity."""
    fidelity = Fidelity(12, accuracies, seconds)
    return SearchTask(codes, (fidelity,), fidelity, budget)
