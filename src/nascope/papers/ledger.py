"""The ledger of claims: what each says, what its tests find, and what follows from all of them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from nascope.evidence.adjust import holm, p_value
from nascope.evidence.estimate import DECIDED, Estimate
from nascope.evidence.kinds import KINDS, SUMMARY
from nascope.loading import load
from nascope.papers.call import called

_WEIGHT = list(KINDS)


def ledger(paper: str, tests: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Test the claims of a paper.

    Args:
        paper: name of the paper.
        tests: of each test ``title`` and ``statement`` of its claim, ``evidence``, ``figure``, ``measure``, ``unit``,
            the ``function`` that tests it (``"module:name"``), its ``options``, and the paths of its ``tables``.

    Returns:
        A ``claims`` table: of each claim a row per test, the weightiest evidence first, and one that sums them up.
        p-values are adjusted within the paper.
    """
    found = pd.DataFrame([_row(paper, test) for test in tests])
    found["adjusted"] = holm(found["p"])
    parts = [_with_summary(rows) for _, rows in found.groupby("claim", sort=False)]
    return pd.concat(parts, ignore_index=True)


def _row(paper: str, test: Mapping[str, Any]) -> dict[str, Any]:
    found: Estimate = called(load(test["function"]), test["tables"], test["options"])
    low, high = (math.nan, math.nan) if found.why_not else (found.low, found.high)
    return {
        "paper": paper,
        "claim": test["title"],
        "evidence": test["evidence"],
        "figure": test["figure"],
        "statement": test["statement"],
        "measure": test["measure"],
        "estimate": found.value,
        "low": low,
        "high": high,
        "n": found.n,
        "unit": test["unit"],
        "verdict": found.verdict,
        "why": found.why,
        "p": p_value(found),
        "scope": found.scope,
    }


def _with_summary(rows: pd.DataFrame) -> pd.DataFrame:
    """A claim's rows, the weightiest evidence first, after the one that sums them up.

    The weightiest evidence that decides the claim has the last word; where none does, the claim is undecided if any
    evidence could speak.
    """
    ordered = rows.sort_values("evidence", key=lambda kinds: kinds.map(_WEIGHT.index), kind="stable")
    decided = ordered[ordered["verdict"].isin(DECIDED)]
    open_ = ordered[ordered["verdict"] == "undecided"]
    chosen = next(part for part in (decided, open_, ordered) if len(part)).iloc[0]
    others = decided[decided["verdict"] != chosen["verdict"]]
    told = "".join(f"; {row.evidence}: {row.verdict}" for row in others.itertuples()) if len(decided) else ""
    summary = chosen.to_frame().T.assign(evidence=SUMMARY, scope=f"{chosen['evidence']}: {chosen['scope']}{told}")
    return pd.concat([summary.astype(rows.dtypes), ordered], ignore_index=True)
