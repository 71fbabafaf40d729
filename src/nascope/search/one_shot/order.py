"""Which of the two steps on a pair of batches comes first."""

from __future__ import annotations

from nascope.errors import NascopeError, suggestion

ARCHITECTURE, WEIGHTS = "architecture", "weights"


def check_first(first: str) -> None:
    """Refuse what cannot step first.

    Raises:
        NascopeError: it is neither the architecture nor the weights.
    """
    known = (ARCHITECTURE, WEIGHTS)
    if first not in known:
        raise NascopeError(f"first: {first!r} does not step{suggestion(first, known)}; choose from {', '.join(known)}")
