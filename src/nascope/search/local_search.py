"""Local search: best-improvement hill climbing with restarts (White, Nolen & Savani 2021)."""

from __future__ import annotations

from nascope.search.environment import Session
from nascope.spaces.nasbench201 import PRIMITIVES


def local_search(session: Session) -> None:
    """Spend the session's budget: evaluate all neighbours, move to the best if it is better, else start anew.

    A cell's first answer is kept: it is not evaluated twice.
    """
    known: dict[int, float] = {}
    while len(known) < len(session.task.codes):
        centre = int(session.rng.integers(len(session.task.codes)))
        while True:
            around, spent = [centre, *_neighbours(session, centre)], False
            for index in around:
                if index in known:
                    continue
                if session.affords(index):
                    known[index] = session.evaluate(index)
                else:  # cheaper neighbours may still be affordable
                    spent = True
            if spent:
                return
            best = max(around, key=known.__getitem__)
            if best == centre:
                break
            centre = best


def _neighbours(session: Session, index: int) -> list[int]:
    """Cells that differ in one edge, in random order."""
    code = session.task.codes[index]
    found = []
    for edge in range(len(code)):
        for shift in range(1, len(PRIMITIVES)):
            other = code.copy()
            other[edge] = (code[edge] + shift) % len(PRIMITIVES)
            found.append(session.task.index(other))
    return [found[i] for i in session.rng.permutation(len(found))]
