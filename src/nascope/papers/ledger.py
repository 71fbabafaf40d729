"""The ledger of claims: what each says, and what its test finds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from nascope.evidence.estimate import Estimate
from nascope.loading import load
from nascope.papers.call import called


def ledger(paper: str, claims: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Test the claims of a paper.

    Args:
        paper: name of the paper.
        claims: of each claim ``title``, ``figure``, ``statement``, ``measure``, the ``function`` that tests it
            (``"module:name"``), its ``options``, and the paths of its ``tables``.

    Returns:
        A ``claims`` table.
    """
    return pd.DataFrame([_row(paper, claim) for claim in claims])


def _row(paper: str, claim: Mapping[str, Any]) -> dict[str, Any]:
    found: Estimate = called(load(claim["function"]), claim["tables"], claim["options"])
    return {
        "paper": paper,
        "claim": claim["title"],
        "figure": claim["figure"],
        "statement": claim["statement"],
        "measure": claim["measure"],
        "estimate": found.value,
        "low": found.low,
        "high": found.high,
        "n": found.n,
        "verdict": found.verdict,
        "scope": found.scope,
    }
