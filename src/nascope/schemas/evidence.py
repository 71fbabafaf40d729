"""Published evidence that is neither a benchmark of NAS-Bench-201's nor a training of our own."""

from __future__ import annotations

from typing import Annotated

import pandas as pd

from nascope.schemas.column import GENOTYPE, Column, Table

TASKS = Table(
    "tasks",
    "cell of a space without pooling, and task",
    (
        GENOTYPE,
        Column("task", "string", "", "task that its network was trained for"),
        Column("metric", "string", "", "what the score is, with its unit"),
        Column("score", "float", "", "score on the validation images, greater is better"),
    ),
)
Tasks = Annotated[pd.DataFrame, TASKS]

_RUN = (
    Column("space", "string", "", "search space (s1 and s3 of RobustDARTS)"),
    Column("dataset", "string", "", "data set that was searched on"),
    Column("job", "string", "", "name of the run, as its authors give it"),
    Column("drop_path", "float", "", "probability of dropping a path at the end of the search"),
    Column("weight_decay", "float", "", "weight decay of the supernet's weights"),
    Column("seed", "int", "", "seed of the search"),
    Column("epoch", "int", "", "epochs searched so far, less one (from 0)"),
)

SUPERNETS = Table(
    "supernets",
    "epoch of a published supernet search",
    (
        *_RUN,
        GENOTYPE,
        Column("train_accuracy", "float", "%", "accuracy of the supernet on training images"),
        Column("valid_accuracy", "float", "%", "accuracy of the supernet on validation images"),
    ),
)
Supernets = Annotated[pd.DataFrame, SUPERNETS]

HESSIANS = Table(
    "hessians",
    "epoch of a published supernet search at which the Hessian was computed",
    (
        *_RUN,
        Column("largest", "float", "", "largest eigenvalue of the validation loss's Hessian in the alphas"),
        Column("smallest", "float", "", "smallest eigenvalue"),
        Column("trace", "float", "", "sum of all eigenvalues"),
    ),
)
Hessians = Annotated[pd.DataFrame, HESSIANS]

LATENCIES = Table(
    "latencies",
    "cell of NAS-Bench-201 and device",
    (
        Column("index", "int", "", "official index of the cell"),
        Column("device", "string", "", "device, and images per batch where this is known"),
        Column("latency_ms", "float", "ms", "time of one batch through the network"),
    ),
)
Latencies = Annotated[pd.DataFrame, LATENCIES]
