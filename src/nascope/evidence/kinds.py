"""Kinds of evidence on which claims are decided, the weightiest first."""

from __future__ import annotations

from typing import Literal

Evidence = Literal[
    "published trainings",
    "published searches",
    "your own table",
    "published cells",
    "computed",
    "published surrogate",
    "trained here",
]
#: What each is, the weightiest first: where kinds disagree, the first that decides a claim has the last word.
KINDS: dict[Evidence, str] = {
    "published trainings": "networks that others trained at the papers' scale, from tables that come with nascope",
    "published searches": "supernet searches that others ran at the papers' scale",
    "your own table": "a table that the configuration names",
    "published cells": "the structure of published cells, without training",
    "computed": "counted or computed exactly",
    "published surrogate": "accuracies predicted by a surrogate that was fitted to published trainings or predictions",
    "trained here": "trainings and searches of this run, at the scale of its configuration",
}
#: The row of the ledger that sums up a claim.
SUMMARY = "all"
