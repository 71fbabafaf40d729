"""Benchmarks of cells, and searches for them."""

from __future__ import annotations

from nascope.schemas.column import GENOTYPE, KEY, LOSS, SEED, Column, Table

TABLES: dict[str, Table] = {
    "benchmark": Table(
        "a run recorded in a published or self-trained table: a cell, a data set and a seed",
        (
            Column("index", "int", "", "index of the cell (the official one for NAS-Bench-201's 15,625)"),
            GENOTYPE,
            KEY,
            Column(
                "dataset",
                "string",
                "",
                "cifar10-valid, cifar100, ImageNet16-120, or a data set of the config",
            ),
            Column("epochs", "int", "", "epochs of the run's schedule (200 or 12 in NAS-Bench-201)"),
            Column("seed", "int", "", "number of the run (published tables) or training seed"),
            Column("train_accuracy", "float", "%", "train accuracy in the last epoch (NaN: not published)"),
            Column("valid_accuracy", "float", "%", "valid accuracy after the last epoch (NaN: not published)"),
            Column("test_accuracy", "float", "%", "test accuracy after the last epoch (NaN: not published)"),
            *(
                Column(f"{split}_loss", "float", "nats", f"{LOSS} on {split} images at the end (NaN: not published)")
                for split in ("train", "valid", "test")
            ),
            Column("train_seconds", "float", "s", "time of the whole training (NaN: not recorded)"),
            Column("valid_seconds", "float", "s", "time of one pass over the valid images (NaN: not recorded)"),
            Column("latency_ms", "float", "ms", "time of one batch through the network (NaN: not recorded)"),
            Column("parameters", "int", "", "trainable parameters of the network, dead edges included"),
        ),
    ),
    "cell_searches": Table(
        "an epoch of a search in a space of two-input cells",
        (
            Column("space", "string", "", "search space of the config"),
            Column("algorithm", "string", "", "algorithm"),
            Column("stage", "int", "", "1, and 2 for the second stage of StacNAS"),
            Column("batch_norm", "string", "", "how the supernet's cells evaluate: batch statistics"),
            SEED,
            Column("epoch", "int", "", "epochs searched (0: before the first)"),
            GENOTYPE,
            Column("train_loss", "float", "nats", f"{LOSS} on training batches in this epoch (NaN before the first)"),
            Column("proxy_accuracy", "float", "%", "valid accuracy with the supernet's weights (NaN: no such images)"),
        ),
    ),
    "search_alphas": Table(
        "an architecture parameter after an epoch of a search",
        (
            Column("space", "string", "", "search space of the config"),
            Column("algorithm", "string", "", "algorithm"),
            Column("stage", "int", "", "1, and 2 for the second stage of StacNAS"),
            SEED,
            Column("epoch", "int", "", "epochs searched (0: before the first)"),
            Column("cell_type", "string", "", "normal or reduce"),
            Column("edge", "int", "", "edge of the cell's complete DAG, node by node"),
            Column("candidate", "int", "", "number of the candidate on this edge"),
            Column("operator", "string", "", "its operation"),
            Column("alpha", "float", "", "architecture parameter (logit)"),
        ),
    ),
    "architectures": Table(
        "a trained architecture of the DARTS space",
        (
            GENOTYPE,
            KEY,
            Column("source", "string", "", "study, or the folder of NAS-Bench-301's archive"),
            Column("dataset", "string", "", "data set"),
            Column("epochs", "int", "", "epochs of the schedule"),
            SEED,
            Column("valid_accuracy", "float", "%", "valid accuracy after the last epoch"),
            Column("test_accuracy", "float", "%", "test accuracy after the last epoch (NaN: not recorded)"),
            Column("train_seconds", "float", "s", "time of the training (NaN: not recorded)"),
        ),
    ),
    "histories": Table(
        "an epoch of a recorded or trained run, on one set of images",
        (
            Column("index", "int", "", "index of the cell"),
            Column("dataset", "string", "", "as in benchmark tables"),
            Column("epochs", "int", "", "epochs of the run's schedule"),
            SEED,
            Column("split", "string", "", "train, valid, test, or valid+test (the whole original test set)"),
            Column("epoch", "int", "", "epochs trained so far, from 1"),
            Column("loss", "float", "nats", f"{LOSS} (NaN: not recorded)"),
            Column("accuracy", "float", "%", "accuracy (NaN: only the time is recorded)"),
            Column("seconds", "float", "s", "time of this epoch on this set (NaN: not recorded)"),
        ),
    ),
    "searches": Table(
        "a run of a sample-based search algorithm",
        (
            Column("algorithm", "string", "", "RS, REA, REINFORCE, BOHB, LS (local search) or PG (predictor-guided)"),
            Column("settings", "string", "", "settings of the algorithm, as JSON"),
            Column("run", "int", "", "number of the run"),
            Column("index", "int", "", "index of the cell with the best answer at the highest fidelity asked"),
            Column("observed_accuracy", "float", "%", "that answer: the accuracy of one run at that fidelity"),
            Column("evaluations", "int", "", "cells evaluated"),
            Column("simulated_seconds", "float", "s", "time the evaluations would have cost (own tables: epochs)"),
        ),
    ),
    "one_shot": Table(
        "an epoch of a one-shot search",
        (
            Column("algorithm", "string", "", "RSPS, DARTS-V1, DARTS-V2, GDAS, SETN or ENAS"),
            Column("batch_norm", "string", "", "running (estimates, tracked) or batch (statistics) in the supernet"),
            SEED,
            Column("epoch", "int", "", "epochs searched so far (0: before the first)"),
            Column("genotype", "string", "", "the cell that the search would return then"),
            Column("train_loss", "float", "nats", f"{LOSS} of the supernet on training images through the epoch"),
            Column("proxy_accuracy", "float", "%", "accuracy of that cell on valid images with the supernet's weights"),
        ),
    ),
    "supernet_curves": Table(
        "an epoch of a supernet's training",
        (
            SEED,
            Column("epoch", "int", "", "epochs trained so far, from 1"),
            Column("train_loss", "float", "nats", f"{LOSS} on the training images through the epoch"),
            Column("train_accuracy", "float", "%", "accuracy on the training images through the epoch"),
            Column("test_accuracy", "float", "%", "accuracy on the test images at the end of the epoch"),
        ),
    ),
    "alphas": Table(
        "an architecture parameter of a supernet at the end of an epoch",
        (
            SEED,
            Column("epoch", "int", "", "epochs trained so far, from 1 (0: at the start)"),
            Column("cell_type", "string", "", "normal or reduce"),
            Column("edge", "int", "", "edge of the cell's complete DAG, node by node"),
            Column("operator", "string", "", "operator"),
            Column("alpha", "float", "", "architecture parameter (raw logit)"),
        ),
    ),
}
