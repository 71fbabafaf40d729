"""The papers' claims as data, each with a test on our tables.

A claim's measure is signed so that the paper expects it to be positive; the verdict follows from its 95%
interval: wholly above zero it holds, wholly below it does not, otherwise it is undecided.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from nascope.claims import nasbench201, redundancy, stacnas, understanding
from nascope.claims.claim import Claim, Estimate, Tables

CLAIMS = (*nasbench201.CLAIMS, *understanding.CLAIMS, *redundancy.CLAIMS, *stacnas.CLAIMS)

__all__ = ["CLAIMS", "Claim", "Estimate", "evaluate_claims"]


def evaluate_claims(paper: str, tables: Tables, options: dict[str, Any]) -> pd.DataFrame:
    """Test all claims of a paper; a ``claims`` table.

    Args:
        paper: target name of the paper.
        tables: tables by kind, those the paper's claims read.
        options: facts for the tests and their scopes (see :data:`CLAIMS`).
    """
    rows = []
    for claim in (claim for claim in CLAIMS if claim.paper == paper):
        found = claim.test(tables, options)
        rows.append(
            {
                "paper": paper,
                "claim": claim.name,
                "figure": claim.figure,
                "statement": claim.statement,
                "measure": claim.measure,
                "estimate": found.value,
                "low": found.low,
                "high": found.high,
                "n": found.n,
                "verdict": found.verdict,
                "scope": found.scope,
            }
        )
    return pd.DataFrame(rows)
