"""What the tables hold: a schema for each kind, with the unit and meaning of every column."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

_TYPES = {
    "string": pa.string(),
    "int": pa.int64(),
    "float": pa.float64(),
    "bool": pa.bool_(),
    "ints": pa.list_(pa.int64()),
}


@dataclass(frozen=True)
class Column:
    """One column: its name, kind (a key of ``_TYPES``), unit (empty: none) and meaning."""

    name: str
    kind: str
    unit: str
    description: str


@dataclass(frozen=True)
class Table:
    """One kind of table: what a row is, and its columns."""

    row: str
    columns: tuple[Column, ...]

    def schema(self) -> pa.Schema:
        """The Arrow schema, units and descriptions in the fields' metadata."""
        return pa.schema(
            pa.field(c.name, _TYPES[c.kind], metadata={"unit": c.unit, "description": c.description})
            for c in self.columns
        )


_KEY = Column("key", "string", "", "canonical key: equal for genotypes that compute the same function")
_GENOTYPE = Column("genotype", "string", "", "genotype in its paper's notation")
_SEED = Column("seed", "int", "", "seed of weights, image order and augmentation")
_STATUS = Column(
    "status",
    "string",
    "",
    "ok; diverged where a loss is no longer finite; constant where the cell ignores the image and is not trained",
)
_LOSS = "mean cross-entropy"


def _scores(prefix: str, when: str) -> list[Column]:
    columns = []
    for split in ("train", "valid", "test"):
        columns.append(Column(f"{prefix}{split}_loss", "float", "nats", f"{_LOSS} on the {split} images, {when}"))
        columns.append(Column(f"{prefix}{split}_accuracy", "float", "%", f"accuracy on the {split} images, {when}"))
    return columns


TABLES: dict[str, Table] = {
    "genotypes": Table(
        "a genotype that a study asks to train",
        (
            Column("study", "string", "", "study that asks"),
            Column("group", "string", "", "group within the study (a sampler, a width, a space)"),
            Column("name", "string", "", "name within the study"),
            _GENOTYPE,
            _KEY,
            Column("draw", "int", "", "seed or number of the random draw that gave it (-1: not drawn)"),
            Column(
                "width",
                "float",
                "c",
                "width of the normal cell (Shu et al. 2020; NaN for NAS-Bench-201 cells)",
            ),
            Column("depth", "int", "", "depth of the normal cell (-1 for NAS-Bench-201 cells)"),
            Column("seeds", "ints", "", "training seeds asked for"),
        ),
    ),
    "plan": Table(
        "one network to train: a function with the seeds that share it",
        (
            _KEY,
            Column(
                "representative",
                "string",
                "",
                "the alphabetically first genotype with this key among those asked for",
            ),
            Column("seeds", "ints", "", "seeds trained side by side"),
            Column("cost", "float", "", "relative cost that balances the shards"),
            Column("shard", "int", "", "shard that trains it"),
        ),
    ),
    "curves": Table(
        "an epoch of a training",
        (
            _KEY,
            _SEED,
            Column("epoch", "int", "", "epochs trained so far, from 1"),
            Column("learning_rate", "float", "", "learning rate of this epoch"),
            *_scores("", "running through the epoch in training, at its end otherwise"),
            _STATUS,
        ),
    ),
    "trainings": Table(
        "a training: a function, a protocol, a data set and a seed",
        (
            _KEY,
            Column("dataset", "string", "", "data set, as the config calls it"),
            Column("protocol", "string", "", "protocol, as the config calls it"),
            Column("protocol_hash", "string", "", "hash of the protocol and the data set"),
            _SEED,
            Column("epochs", "int", "", "epochs trained"),
            _STATUS,
            *_scores("last_", "after the last epoch"),
            Column("best_valid_accuracy", "float", "%", "best accuracy on the valid images over epochs"),
            Column(
                "best_test_accuracy",
                "float",
                "%",
                "best accuracy on the test images over epochs (optimistic)",
            ),
            Column(
                "best_epoch",
                "int",
                "",
                "epoch of the best valid accuracy (of the best test accuracy without one)",
            ),
        ),
    ),
    "benchmark": Table(
        "a run recorded in a published or self-trained table: a cell, a data set and a seed",
        (
            Column("index", "int", "", "index of the cell (the official one for NAS-Bench-201's 15,625)"),
            _GENOTYPE,
            _KEY,
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
                Column(f"{split}_loss", "float", "nats", f"{_LOSS} on {split} images at the end (NaN: not published)")
                for split in ("train", "valid", "test")
            ),
            Column("train_seconds", "float", "s", "time of the whole training (NaN: not recorded)"),
            Column("valid_seconds", "float", "s", "time of one pass over the valid images (NaN: not recorded)"),
            Column("latency_ms", "float", "ms", "time of one batch through the network (NaN: not recorded)"),
            Column("parameters", "int", "", "trainable parameters of the network, dead edges included"),
        ),
    ),
    "histories": Table(
        "an epoch of a recorded or trained run, on one set of images",
        (
            Column("index", "int", "", "index of the cell"),
            Column("dataset", "string", "", "as in benchmark tables"),
            Column("epochs", "int", "", "epochs of the run's schedule"),
            _SEED,
            Column("split", "string", "", "train, valid, test, or valid+test (the whole original test set)"),
            Column("epoch", "int", "", "epochs trained so far, from 1"),
            Column("loss", "float", "nats", f"{_LOSS} (NaN: not recorded)"),
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
            _SEED,
            Column("epoch", "int", "", "epochs searched so far (0: before the first)"),
            Column("genotype", "string", "", "the cell that the search would return then"),
            Column("train_loss", "float", "nats", f"{_LOSS} of the supernet on training images through the epoch"),
            Column("proxy_accuracy", "float", "%", "accuracy of that cell on valid images with the supernet's weights"),
        ),
    ),
    "ranking": Table(
        "a pair of scores whose agreement over cells is measured",
        (
            Column("subset", "string", "", "which cells"),
            Column("cells", "int", "", "number of cells"),
            Column("first", "string", "", "first score"),
            Column("second", "string", "", "second score"),
            Column("pearson", "float", "", "Pearson correlation (as published)"),
            Column("kendall", "float", "", "Kendall's tau-b"),
        ),
    ),
    "importance": Table(
        "an edge of an architecture",
        (
            Column("dataset", "string", "", "data set of the oracle"),
            Column("index", "int", "", "index of the cell"),
            Column("edge", "int", "", "edge, in the genotype's order"),
            Column("primitive", "string", "", "operation on the edge"),
            Column("error", "float", "fraction", "the architecture's error"),
            Column("importance", "float", "fraction", "mean error of the neighbours on this edge minus the error"),
            Column("subset", "string", "", "top, bottom (by error) or rest"),
        ),
    ),
    "operator_features": Table(
        "a pair of operators on a probed edge of a trained supernet",
        (
            _SEED,
            Column("cell", "int", "", "cell of the supernet, from 0"),
            Column("edge", "int", "", "edge of the cell's complete DAG, node by node"),
            Column("first", "string", "", "first operator"),
            Column("second", "string", "", "second operator"),
            Column("correlation", "float", "", "correlation of their feature maps over images"),
            Column("images", "int", "", "images measured"),
        ),
    ),
    "operator_groups": Table(
        "an operator's group in one clustering",
        (
            Column("method", "string", "", "hierarchical (on correlations) or kmeans (on mean features)"),
            _SEED,
            Column("cell", "int", "", "cell of the supernet (-1: correlations averaged over probed edges)"),
            Column("edge", "int", "", "edge of the cell (-1: averaged)"),
            Column("operator", "string", "", "operator"),
            Column("group", "int", "", "group, numbered by first member"),
        ),
    ),
    "supernet_curves": Table(
        "an epoch of a supernet's training",
        (
            _SEED,
            Column("epoch", "int", "", "epochs trained so far, from 1"),
            Column("train_loss", "float", "nats", f"{_LOSS} on the training images through the epoch"),
            Column("train_accuracy", "float", "%", "accuracy on the training images through the epoch"),
            Column("test_accuracy", "float", "%", "accuracy on the test images at the end of the epoch"),
        ),
    ),
    "alphas": Table(
        "an architecture parameter of a supernet at the end of an epoch",
        (
            _SEED,
            Column("epoch", "int", "", "epochs trained so far, from 1 (0: at the start)"),
            Column("cell_type", "string", "", "normal or reduce"),
            Column("edge", "int", "", "edge of the cell's complete DAG, node by node"),
            Column("operator", "string", "", "operator"),
            Column("alpha", "float", "", "architecture parameter (raw logit)"),
        ),
    ),
    "claims": Table(
        "a paper's claim, tested on our tables",
        (
            Column("paper", "string", "", "paper's target name"),
            Column("claim", "string", "", "short name"),
            Column("figure", "string", "", "figure that shows it"),
            Column("statement", "string", "", "what the paper says"),
            Column("measure", "string", "", "what is measured here"),
            Column("estimate", "float", "", "measured value"),
            Column("low", "float", "", "lower end of the 95% interval"),
            Column("high", "float", "", "upper end of the 95% interval"),
            Column("n", "int", "", "independent units behind the interval"),
            Column("verdict", "string", "", "holds, does not hold, or undecided"),
            Column("scope", "string", "", "data the verdict is about"),
        ),
    ),
}
