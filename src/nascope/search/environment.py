"""A tabulated benchmark as sample-based search algorithms meet it: noisy answers and a simulated clock."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from nascope.errors import NascopeError
from nascope.spaces.nasbench201 import PRIMITIVES, enumerate_cells


@dataclass(frozen=True)
class SearchTask:
    """What is searched, and what an evaluation costs.

    Attributes:
        codes: (cells, edges) operations as indices of ``PRIMITIVES``, the whole product space.
        accuracies: (cells, runs) accuracy in percent of each recorded run, NaN beyond a cell's runs.
        seconds: (cells,) simulated time of one evaluation.
        budget: simulated seconds of one search.
    """

    codes: np.ndarray
    accuracies: np.ndarray
    seconds: np.ndarray
    budget: float
    runs: np.ndarray = field(init=False, repr=False)
    index_of: np.ndarray = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "runs", np.isfinite(self.accuracies).sum(axis=1))
        index_of = np.empty((len(PRIMITIVES),) * self.codes.shape[1], dtype=np.int64)
        index_of[tuple(self.codes.T)] = np.arange(len(self.codes))
        object.__setattr__(self, "index_of", index_of)

    def index(self, code: np.ndarray) -> int:
        """Index of the cell with the given operations."""
        return int(self.index_of[tuple(code)])


@dataclass
class Session:
    """One search: evaluations so far, their answers and the clock.

    An evaluation answers with the accuracy of one of the cell's runs at random, as the benchmark's API does.
    """

    task: SearchTask
    rng: np.random.Generator
    clock: float = 0.0
    indices: list[int] = field(default_factory=list)
    answers: list[float] = field(default_factory=list)

    def affords(self, index: int) -> bool:
        """Whether the budget has room for this evaluation."""
        return self.clock + self.task.seconds[index] <= self.task.budget

    def evaluate(self, index: int) -> float:
        """Evaluate a cell and advance the clock, past the budget too: the caller decides when to stop."""
        answer = float(self.task.accuracies[index, self.rng.integers(self.task.runs[index])])
        self.clock += float(self.task.seconds[index])
        self.indices.append(index)
        self.answers.append(answer)
        return answer

    @property
    def best(self) -> int:
        """The cell with the best answer (the first of equals)."""
        return self.indices[int(np.argmax(self.answers))]


def search_task(benchmark: pd.DataFrame, dataset: str, epochs: int, budget: float) -> SearchTask:
    """A task from a ``benchmark`` table: validation accuracies of runs with a schedule of ``epochs``.

    Raises:
        NascopeError: the table has no such runs, or not for every cell of a space.
    """
    rows = benchmark[(benchmark["dataset"] == dataset) & benchmark["valid_accuracy"].notna()]
    chosen = rows[rows["epochs"] == epochs]
    if chosen.empty:
        raise NascopeError(
            f"the table has no {epochs}-epoch runs with validation accuracy for {dataset!r}; schedules it has: "
            f"{sorted(int(value) for value in rows['epochs'].unique())}"
        )
    wide = chosen.pivot(index="index", columns="seed", values="valid_accuracy")
    nodes = {5: 2, 125: 3, 15_625: 4}.get(len(wide))
    if nodes is None:
        raise NascopeError(f"the table has {len(wide)} cells for {dataset!r}, not a whole NAS-Bench-201 space")
    runs = np.sort(wide.to_numpy(), axis=1)  # NaN last
    seconds = chosen.groupby("index")["train_seconds"].mean().to_numpy()
    if not np.isfinite(seconds).all():
        raise NascopeError(f"the table does not say how long training on {dataset!r} took")
    codes = np.array([[PRIMITIVES.index(op) for op in cell.ops] for cell in enumerate_cells(nodes)])
    return SearchTask(codes, runs, seconds, budget)
