"""Benchmarks of cells, and searches for them."""

from __future__ import annotations

from typing import Annotated

import pandas as pd

from nascope.schemas.column import GENOTYPE, KEY, LOSS, SEED, Column, Table

BENCHMARK = Table(
    "benchmark",
    "run of a published benchmark or of our own: a cell, a data set, a schedule and a seed",
    (
        Column("index", "int", "", "index of the cell (the official one for NAS-Bench-201's 15,625)"),
        GENOTYPE,
        KEY,
        Column("dataset", "string", "", "data set, as NAS-Bench-201 (such as cifar10-valid) or the config names it"),
        Column("epochs", "int", "", "epochs of the run's schedule (200 or 12 in NAS-Bench-201)"),
        Column("seed", "int", "", "number of the run (published tables) or training seed"),
        Column("train_accuracy", "float", "%", "accuracy on the train images in the last epoch (NaN: not published)"),
        Column(
            "valid_accuracy", "float", "%", "accuracy on the valid images after the last epoch (NaN: not published)"
        ),
        Column("test_accuracy", "float", "%", "accuracy on the test images after the last epoch (NaN: not published)"),
        *(
            Column(f"{split}_loss", "float", "nats", f"{LOSS} on the {split} images at the end (NaN: not published)")
            for split in ("train", "valid", "test")
        ),
        Column("train_seconds", "float", "s", "time of the whole training (NaN: not recorded)"),
        Column("valid_seconds", "float", "s", "time of one pass over the valid images (NaN: not recorded)"),
        Column("latency_ms", "float", "ms", "time of one batch through the network (NaN: not recorded)"),
        Column("parameters", "int", "", "trainable parameters of the network, dead edges included"),
    ),
)
Benchmark = Annotated[pd.DataFrame, BENCHMARK]

CELL_SEARCHES = Table(
    "cell_searches",
    "epoch of a search in a space of two-input cells",
    (
        Column("space", "string", "", "search space of the config"),
        Column("algorithm", "string", "", "algorithm"),
        Column("stage", "int", "", "1, and 2 for the second stage of StacNAS"),
        Column(
            "batch_norm",
            "string",
            "",
            "what BatchNorm of the supernet normalises with when cells are evaluated: batch (statistics)",
        ),
        SEED,
        Column("epoch", "int", "", "epochs searched (0: before the first)"),
        GENOTYPE,
        Column("train_loss", "float", "nats", f"{LOSS} on training batches in this epoch (NaN: before the first)"),
        Column(
            "proxy_accuracy",
            "float",
            "%",
            "accuracy on the valid images with the supernet's weights (NaN: no such images)",
        ),
    ),
)
CellSearches = Annotated[pd.DataFrame, CELL_SEARCHES]

SEARCH_ALPHAS = Table(
    "search_alphas",
    "architecture parameter after an epoch of a search",
    (
        Column("space", "string", "", "search space of the config"),
        Column("algorithm", "string", "", "algorithm"),
        Column("stage", "int", "", "1, and 2 for the second stage of StacNAS"),
        SEED,
        Column("epoch", "int", "", "epochs searched (0: before the first)"),
        Column("cell_type", "string", "", "normal or reduce"),
        Column("edge", "int", "", "edge of the complete cell, node by node"),
        Column("candidate", "int", "", "number of the candidate on this edge"),
        Column("operator", "string", "", "its operation"),
        Column("alpha", "float", "", "architecture parameter (logit)"),
    ),
)
SearchAlphas = Annotated[pd.DataFrame, SEARCH_ALPHAS]

ARCHITECTURES = Table(
    "architectures",
    "training of an architecture of the DARTS space",
    (
        GENOTYPE,
        KEY,
        Column("source", "string", "", "study that asked for it, or folder of NAS-Bench-301's archive"),
        Column("dataset", "string", "", "data set"),
        Column("epochs", "int", "", "epochs of the schedule"),
        SEED,
        Column("valid_accuracy", "float", "%", "accuracy on the valid images after the last epoch"),
        Column("test_accuracy", "float", "%", "accuracy on the test images after the last epoch (NaN: not recorded)"),
        Column("train_seconds", "float", "s", "time of the training (NaN: not recorded)"),
    ),
)
Architectures = Annotated[pd.DataFrame, ARCHITECTURES]

HISTORIES = Table(
    "histories",
    "epoch of a run and set of images",
    (
        Column("index", "int", "", "index of the cell"),
        Column("dataset", "string", "", "as in benchmark tables"),
        Column("epochs", "int", "", "epochs of the run's schedule"),
        SEED,
        Column("split", "string", "", "train, valid, test, or valid+test (the whole original test set)"),
        Column("epoch", "int", "", "epochs trained so far, from 1"),
        Column("loss", "float", "nats", f"{LOSS} (NaN: not recorded)"),
        Column("accuracy", "float", "%", "accuracy (NaN: only the time is recorded)"),
        Column("seconds", "float", "s", "time of this epoch on these images (NaN: not recorded)"),
    ),
)
Histories = Annotated[pd.DataFrame, HISTORIES]

SEARCHES = Table(
    "searches",
    "run of a sample-based search algorithm",
    (
        Column("algorithm", "string", "", "RS, REA, REINFORCE, BOHB, LS (local search) or PG (predictor-guided)"),
        Column("settings", "string", "", "settings of the algorithm, as JSON"),
        Column("run", "int", "", "number of the run"),
        Column("index", "int", "", "index of the cell with the best answer at the highest fidelity that was asked for"),
        Column("observed_accuracy", "float", "%", "that answer: the accuracy of one run at that fidelity"),
        Column("evaluations", "int", "", "cells evaluated"),
        Column(
            "simulated_seconds",
            "float",
            "s",
            "time that training for the evaluations would have taken (own tables: epochs)",
        ),
    ),
)
Searches = Annotated[pd.DataFrame, SEARCHES]

ONE_SHOT = Table(
    "one_shot",
    "epoch of a one-shot search",
    (
        Column("algorithm", "string", "", "RSPS, DARTS-V1, DARTS-V2, GDAS, SETN or ENAS"),
        Column(
            "batch_norm",
            "string",
            "",
            "what BatchNorm of the supernet normalises with: running (estimates) or batch (statistics)",
        ),
        SEED,
        Column("epoch", "int", "", "epochs searched so far (0: before the first)"),
        Column("genotype", "string", "", "cell that the search would return then"),
        Column("train_loss", "float", "nats", f"{LOSS} of the supernet on training images, running through the epoch"),
        Column("proxy_accuracy", "float", "%", "accuracy of that cell on valid images with the supernet's weights"),
    ),
)
OneShot = Annotated[pd.DataFrame, ONE_SHOT]
