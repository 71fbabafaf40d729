"""Importance of operations, and what surrogates predict."""

from __future__ import annotations

from typing import Annotated

import pandas as pd

from nascope.schemas.column import GENOTYPE, Column, Table

#: What a column of lists holds beside predictions.
REFITS = "by every refit of the surrogate to resampled architectures (empty: it was not predicted)"

IMPORTANCE = Table(
    "importance",
    "edge of a cell",
    (
        Column("dataset", "string", "", "data set of the oracle"),
        Column("index", "int", "", "index of the cell"),
        Column("edge", "int", "", "edge, in the genotype's order"),
        Column("primitive", "string", "", "operation on the edge"),
        Column("error", "float", "fraction", "error of the cell"),
        Column("importance", "float", "fraction", "mean error of the neighbours on this edge minus the cell's error"),
        Column("subset", "string", "", "top or bottom (by error), or rest"),
    ),
)
Importance = Annotated[pd.DataFrame, IMPORTANCE]

GENOTYPE_IMPORTANCE = Table(
    "genotype_importance",
    "operation of a two-input genotype",
    (
        GENOTYPE,
        Column("cell_type", "string", "", "normal or reduce"),
        Column("edge", "int", "", "edge of the cell, in the genotype's order"),
        Column("primitive", "string", "", "operation on the edge"),
        Column("source", "int", "", "state that the edge comes from; 0 and 1 are the inputs of the cell"),
        Column("error", "float", "fraction", "error of the genotype, by the oracle"),
        Column(
            "importance", "float", "fraction", "mean error of the neighbours on this edge minus the genotype's error"
        ),
        Column("subset", "string", "", "top or bottom (by error), rest or uniform; or the name of a published cell"),
        Column("refits", "floats", "fraction", f"importance {REFITS}"),
    ),
)
GenotypeImportance = Annotated[pd.DataFrame, GENOTYPE_IMPORTANCE]

PREDICTIONS = Table(
    "predictions",
    "architecture that a surrogate predicted without having seen it",
    (
        GENOTYPE,
        Column("observed", "float", "fraction", "mean error of its trainings"),
        Column("predicted", "float", "fraction", "predicted error"),
        Column("fold", "int", "", "fold of the cross-validation that held it out"),
    ),
)
Predictions = Annotated[pd.DataFrame, PREDICTIONS]

PATTERN_PREDICTIONS = Table(
    "pattern_predictions",
    "pattern-constrained sample, or published cell",
    (
        Column("group", "string", "", "Random, Skip, Prim, PrimSkip or published"),
        Column("wiring", "string", "", "corrected or as_coded; published cells have their own"),
        GENOTYPE,
        Column("width", "float", "c", "width of the normal cell"),
        Column("predicted", "float", "fraction", "predicted error"),
        Column("refits", "floats", "fraction", f"error {REFITS}"),
    ),
)
PatternPredictions = Annotated[pd.DataFrame, PATTERN_PREDICTIONS]

REPLACEMENTS = Table(
    "replacements",
    "genotype and number of its operations that are replaced",
    (
        GENOTYPE,
        Column("subset", "string", "", "top, or the name of a published cell"),
        Column(
            "order",
            "string",
            "",
            "most important first or least important first; or reduction cell, which is replaced whole",
        ),
        Column("step", "int", "", "operations replaced so far, the normal and the reduction cell's counted together"),
        Column("error", "float", "fraction", "predicted error of the whole genotype"),
        Column(
            "change", "float", "fraction", "mean predicted error with random others in their place minus that error"
        ),
        Column("refits", "floats", "fraction", f"change {REFITS}"),
    ),
)
Replacements = Annotated[pd.DataFrame, REPLACEMENTS]

ABLATION = Table(
    "ablation",
    "cell from which some operations were removed",
    (
        Column("dataset", "string", "", "data set of the oracle"),
        Column("index", "int", "", "index of the whole cell"),
        Column("order", "string", "", "most important first, or least important first"),
        Column("step", "int", "", "operations removed so far (0: the whole cell)"),
        Column("edge", "int", "", "edge whose operation was removed in this step (-1: none)"),
        Column("error", "float", "fraction", "error of the remaining cell"),
        Column("change", "float", "fraction", "that error minus the error of the whole cell"),
    ),
)
Ablation = Annotated[pd.DataFrame, ABLATION]

MOTIFS = Table(
    "motifs",
    "frequent subgraph of the important parts of cells",
    (
        Column("space", "string", "", "search space"),
        Column("motif", "string", "", "edges as source -operation-> target; inner nodes are a, b, ..."),
        Column("nodes", "int", "", "nodes of the motif"),
        Column("edges", "int", "", "edges of the motif"),
        Column("rooted", "bool", "", "whether it is an out-tree; the published miner finds no others"),
        Column("cells", "int", "", "cells whose important parts were mined"),
        Column("support", "float", "fraction", "share of these parts that contain the motif"),
        Column("incidence", "float", "fraction", "share of random parts of the same sizes that contain it"),
        Column(
            "incidence_as_coded",
            "float",
            "fraction",
            "the same as in the published code: induced occurrences only, in the DARTS space in parts with fewer edges",
        ),
        Column("ratio", "float", "", "support over incidence"),
        Column("ratio_as_coded", "float", "", "support over incidence_as_coded"),
    ),
)
Motifs = Annotated[pd.DataFrame, MOTIFS]
