"""The ledger of claims: rows per kind of evidence, and the one that sums them up."""

import numpy as np

from nascope.evidence.estimate import Estimate, exact, untestable
from nascope.papers.ledger import ledger

FOUND = {
    "holds": Estimate(1.0, 0.5, 1.5, 20, "s"),
    "does_not": Estimate(-1.0, -1.5, -0.5, 20, "s"),
    "open": Estimate(0.1, -0.5, 0.7, 20, "s"),
    "gated": untestable("trainings are short", "s"),
    "counted": exact(1.0, 3, "s"),
    "few": Estimate(1.0, 0.5, 1.5, 2, "s"),
}


def holds():
    return FOUND["holds"]


def does_not():
    return FOUND["does_not"]


def open_():
    return FOUND["open"]


def gated():
    return FOUND["gated"]


def counted():
    return FOUND["counted"]


def few():
    return FOUND["few"]


def ledger_of(*tests):
    """A ledger with a claim ``c`` that is tested by functions of this module on kinds of evidence."""
    common = {"title": "c", "statement": "S.", "figure": "f", "measure": "m", "unit": "cells"}
    rows = [
        {**common, "evidence": kind, "function": f"{__name__}:{function.__name__}", "tables": {}, "options": {}}
        for kind, function in tests
    ]
    return ledger("paper", rows)


def test_the_weightiest_evidence_that_decides_has_the_last_word():
    found = ledger_of(("trained here", does_not), ("published trainings", holds), ("published surrogate", open_))
    assert found["evidence"].tolist() == ["all", "published trainings", "published surrogate", "trained here"]
    summary = found.iloc[0]
    assert summary["verdict"] == "holds"
    assert summary["scope"] == "published trainings: s; trained here: does not hold"
    assert summary["estimate"] == 1.0


def test_evidence_that_cannot_speak_is_passed_over_and_says_why():
    found = ledger_of(("published trainings", few), ("trained here", holds)).set_index("evidence")
    assert found.loc["all", "verdict"] == "holds"
    assert found.loc["published trainings", "verdict"] == "not testable at this scale"
    assert found.loc["published trainings", "why"] == "2 independent units; a test needs 3"
    assert found.loc["published trainings", ["low", "high"]].isna().all()
    found = ledger_of(("published trainings", gated), ("trained here", open_)).set_index("evidence")
    assert found.loc["all", "verdict"] == "undecided"
    assert found.loc["all", "why"].endswith("units would tell, if the value stays")
    assert ledger_of(("trained here", gated))["verdict"].tolist() == ["not testable at this scale"] * 2


def test_p_values_are_adjusted_over_tests_and_not_over_summaries():
    found = ledger_of(("published trainings", holds), ("computed", counted), ("trained here", does_not))
    tests = found[found["evidence"] != "all"].set_index("evidence")
    assert np.isnan(tests.loc["computed", "p"])
    first = tests.loc["published trainings"]
    assert first["adjusted"] == np.float64(2 * first["p"])
