"""Regularized evolution (Real et al. 2019) with NAS-Bench-201's settings (section 4 and its code)."""

from __future__ import annotations

from collections import deque

import numpy as np

from nascope.config.section import Positive
from nascope.search.environment import Session
from nascope.spaces.nasbench201 import PRIMITIVES, nodes_of
from nascope.spaces.nasbench201_space import mutation_edge

POPULATION = 10
SAMPLE = 3


def regularized_evolution(
    session: Session, *, population_size: Positive = POPULATION, sample_size: Positive = SAMPLE
) -> None:
    """Spend the session's budget: tournament with replacement, one changed edge, the oldest dies.

    Args:
        session: the search.
        population_size: cells alive.
        sample_size: cells of a tournament (3 in the published scripts, 10 in the paper's text).
    """
    population: deque[tuple[float, int]] = deque()
    while len(population) < population_size:
        index = int(session.rng.integers(len(session.task.codes)))
        if not session.affords(index):
            return
        population.append((session.evaluate(index), index))
    while True:
        rivals = session.rng.integers(len(population), size=sample_size)
        parent = max((population[rival] for rival in rivals), key=lambda member: member[0])[1]
        child = session.task.index(mutate_code(session.rng, session.task.codes[parent]))
        if not session.affords(child):
            return
        population.append((session.evaluate(child), child))
        population.popleft()


def mutate_code(rng: np.random.Generator, code: np.ndarray) -> np.ndarray:
    """Another operation on the edge of :func:`mutation_edge`, uniformly; cells are indices of primitives."""
    edge = mutation_edge(rng, nodes_of(len(code)))
    child = code.copy()
    child[edge] = (code[edge] + rng.integers(1, len(PRIMITIVES))) % len(PRIMITIVES)
    return child
