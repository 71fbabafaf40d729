"""What a whole workflow finds, and what it costs."""

from __future__ import annotations

from typing import Annotated

import pandas as pd

from nascope.schemas.column import Column, Table

CLAIMS = Table(
    "claims",
    "claim of a paper and kind of evidence, and per claim one that sums them up",
    (
        Column("paper", "string", "", "paper, by the name of its target"),
        Column("claim", "string", "", "short name of the claim"),
        Column("evidence", "string", "", "kind of evidence that the claim is tested on; all: what follows from them"),
        Column("figure", "string", "", "figure that shows it"),
        Column("statement", "string", "", "what the paper says"),
        Column("measure", "string", "", "what is measured here; the paper expects it to be positive"),
        Column("estimate", "float", "", "measured value"),
        Column("low", "float", "", "lower end of the 95% interval"),
        Column("high", "float", "", "upper end of the 95% interval"),
        Column("n", "int", "", "independent units behind the interval"),
        Column("unit", "string", "", "what these units are"),
        Column(
            "verdict",
            "string",
            "",
            "holds, does not hold, undecided, not testable at this scale, or formula unverified",
        ),
        Column("why", "string", "", "what is missing for a verdict, or about how many units would be needed"),
        Column("p", "float", "", "two-sided p-value of zero that follows from the interval (NaN: none)"),
        Column("adjusted", "float", "", "the same adjusted for all tests of the paper (Holm 1979)"),
        Column("scope", "string", "", "data that the verdict is about"),
    ),
)
Claims = Annotated[pd.DataFrame, CLAIMS]

ESTIMATE = Table(
    "estimate",
    "kind of trainings or searches that the workflow will run",
    (
        Column("paper", "string", "", "paper whose section names them (other: no paper's)"),
        Column("part", "string", "", "study, or algorithm (and space) of searches"),
        Column("timed", "string", "", "name of the step that was timed for them"),
        Column("networks", "int", "", "networks or supernets that are trained"),
        Column("relative_cost", "float", "", "cost of one of their steps relative to the timed one"),
        Column("epochs", "int", "", "epochs of each"),
        Column("steps", "float", "", "steps per epoch; evaluations count as a third of a step"),
        Column("seconds", "float", "s", "time of the timed step"),
        Column("source", "string", "", "where that time comes from: given in the config, or measured on a device"),
        Column("hours", "float", "h", "device-hours of all of them"),
    ),
)
Estimate = Annotated[pd.DataFrame, ESTIMATE]
