"""Operators of supernets: how alike they are, how they group, and how gradients confuse each other."""

from __future__ import annotations

from typing import Annotated

import pandas as pd

from nascope.schemas.column import SEED, Column, Table

OPERATOR_FEATURES = Table(
    "operator_features",
    "pair of operators on a probed edge of a trained supernet",
    (
        SEED,
        Column("cell", "int", "", "cell of the supernet, from 0"),
        Column("edge", "int", "", "edge of the complete cell, node by node"),
        Column("first", "string", "", "first operator"),
        Column("second", "string", "", "second operator"),
        Column("correlation", "float", "", "correlation of their feature maps over images"),
        Column("images", "int", "", "images that the feature maps were computed on"),
    ),
)
OperatorFeatures = Annotated[pd.DataFrame, OPERATOR_FEATURES]

OPERATOR_GROUPS = Table(
    "operator_groups",
    "operator in one clustering",
    (
        Column("method", "string", "", "hierarchical (on correlations) or kmeans (on mean features)"),
        SEED,
        Column("cell", "int", "", "cell of the supernet (-1: correlations averaged over the probed edges)"),
        Column("edge", "int", "", "edge of the cell (-1: averaged)"),
        Column("operator", "string", "", "operator"),
        Column("group", "int", "", "its group; groups are numbered by their first members"),
        Column("x", "float", "", "mean features on the edge's first principal component (NaN: averaged)"),
        Column("y", "float", "", "the same on the second component"),
    ),
)
OperatorGroups = Annotated[pd.DataFrame, OPERATOR_GROUPS]

CONFUSION = Table(
    "confusion",
    "trained network whose mini-batch gradients are compared",
    (
        Column("network", "string", "", "stage 1 or stage 2 (supernets), or final"),
        Column("cells", "int", "", "cells of the network"),
        SEED,
        Column("batches", "int", "", "mini-batches, all pairs of which are compared"),
        Column("batch_size", "int", "", "images of each mini-batch"),
        Column("confusion", "float", "nats^2", "max(0, -smallest inner product of two gradients)"),
        Column("lowest_cosine", "float", "", "smallest cosine of two gradients"),
        Column("low_cosine", "float", "", "5th percentile of the cosines"),
        Column("mean_cosine", "float", "", "mean cosine"),
        Column("negative", "float", "fraction", "share of pairs with a negative inner product"),
    ),
)
Confusion = Annotated[pd.DataFrame, CONFUSION]
