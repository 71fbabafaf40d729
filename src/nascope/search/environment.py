"""A tabulated benchmark as sample-based search algorithms meet it: noisy answers and a simulated clock."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from nascope.spaces.nasbench201 import PRIMITIVES
from nascope.spaces.paths import path_encoding


@dataclass(frozen=True)
class Fidelity:
    """What an evaluation at one number of epochs answers and costs.

    Attributes:
        epochs: epochs of training.
        accuracies: (cells, runs) accuracy in percent of each recorded run, NaN beyond a cell's runs.
        seconds: (cells,) simulated time of one evaluation.
    """

    epochs: int
    accuracies: np.ndarray
    seconds: np.ndarray
    runs: np.ndarray = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "runs", np.isfinite(self.accuracies).sum(axis=1))


@dataclass(frozen=True)
class SearchTask:
    """What is searched, and what an evaluation costs.

    Attributes:
        codes: (cells, edges) operations as indices of ``PRIMITIVES``, the whole product space.
        fidelities: by increasing epochs.
        main: the one that algorithms of a single fidelity use.
        budget: simulated seconds of one search.
    """

    codes: np.ndarray
    fidelities: tuple[Fidelity, ...]
    main: Fidelity
    budget: float
    index_of: np.ndarray = field(init=False, repr=False)

    def __post_init__(self) -> None:
        index_of = np.empty((len(PRIMITIVES),) * self.codes.shape[1], dtype=np.int64)
        index_of[tuple(self.codes.T)] = np.arange(len(self.codes))
        object.__setattr__(self, "index_of", index_of)

    @cached_property
    def paths(self) -> np.ndarray:
        """Path encoding of every cell, (cells, sequences)."""
        return path_encoding(self.codes)

    def index(self, code: np.ndarray) -> int:
        """Index of the cell with the given operations."""
        return int(self.index_of[tuple(code)])


@dataclass
class Session:
    """One search: evaluations so far, their fidelities and answers, and the clock.

    An evaluation answers with the accuracy of one of the cell's runs at random, as the benchmark's API does.
    """

    task: SearchTask
    rng: np.random.Generator
    clock: float = 0.0
    indices: list[int] = field(default_factory=list)
    answers: list[float] = field(default_factory=list)
    epochs: list[int] = field(default_factory=list)

    def affords(self, index: int, fidelity: Fidelity | None = None) -> bool:
        """Whether the budget has room for this evaluation."""
        return bool(self.clock + (fidelity or self.task.main).seconds[index] <= self.task.budget)

    def evaluate(self, index: int, fidelity: Fidelity | None = None) -> float:
        """Evaluate a cell and advance the clock, past the budget too: the caller decides when to stop."""
        fidelity = fidelity or self.task.main
        answer = float(fidelity.accuracies[index, self.rng.integers(fidelity.runs[index])])
        self.clock += float(fidelity.seconds[index])
        self.indices.append(index)
        self.answers.append(answer)
        self.epochs.append(fidelity.epochs)
        return answer

    @property
    def best(self) -> int:
        """The cell with the best answer at the highest fidelity that was asked (the first of equals)."""
        return self.indices[self._best_place()]

    @property
    def best_answer(self) -> float:
        """That answer."""
        return self.answers[self._best_place()]

    def _best_place(self) -> int:
        comparable = np.array(self.epochs) == max(self.epochs)
        return int(np.argmax(np.where(comparable, self.answers, -np.inf)))
