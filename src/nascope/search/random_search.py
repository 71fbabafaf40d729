"""Random search: cells uniformly at random until the budget has no room for the next (Bergstra & Bengio 2012)."""

from __future__ import annotations

from nascope.search.environment import Session


def random_search(session: Session) -> None:
    """Spend the session's budget."""
    while True:
        index = int(session.rng.integers(len(session.task.codes)))
        if not session.affords(index):
            return
        session.evaluate(index)
