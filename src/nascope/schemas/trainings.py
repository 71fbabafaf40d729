"""What is trained, and how it went."""

from __future__ import annotations

from typing import Annotated

import pandas as pd

from nascope.schemas.column import GENOTYPE, KEY, SEED, STATUS, STUDY, Column, Table, scores

IMAGES = Table(
    "images",
    "split of a data set as its files hold it",
    (
        Column("source", "string", "", "source of the data set, as the config names it"),
        Column("root", "string", "", "directory of its files"),
        Column("split", "string", "", "train or test"),
        Column("images", "int", "", "number of images"),
        Column("classes", "int", "", "number of classes"),
        Column("channels", "int", "", "channels of an image"),
        Column("height", "int", "pixels", "height of an image as networks see it"),
        Column("width", "int", "pixels", "width of an image as networks see it"),
    ),
)
Images = Annotated[pd.DataFrame, IMAGES]

GENOTYPES = Table(
    "genotypes",
    "genotype that a study asks to train",
    (
        Column("study", "string", "", "study that asks"),
        Column("family", "string", "", "published cell that it is or was derived from (empty: none)"),
        Column("group", "string", "", "group within the study (a sampler, a width, a space)"),
        Column("name", "string", "", "name within the study and family"),
        GENOTYPE,
        KEY,
        Column("draw", "int", "", "seed or number of the random draw that it comes from (-1: not drawn)"),
        Column("width", "float", "c", "width of the normal cell (Shu et al. 2020; NaN for NAS-Bench-201 cells)"),
        Column("depth", "int", "", "depth of the normal cell (-1 for NAS-Bench-201 cells)"),
        Column("seeds", "ints", "", "training seeds asked for"),
        Column("weights", "bool", "", "whether the study needs the trained weights"),
    ),
)
Genotypes = Annotated[pd.DataFrame, GENOTYPES]

PARAMETERS = Table(
    "parameters",
    "genotype of a study",
    (
        STUDY,
        Column("family", "string", "", "as in genotypes"),
        Column("name", "string", "", "as in genotypes"),
        Column(
            "parameters",
            "int",
            "",
            "trainable parameters of its network with the study's protocol, every edge and auxiliary head counted",
        ),
    ),
)
Parameters = Annotated[pd.DataFrame, PARAMETERS]

PLAN = Table(
    "plan",
    "network to train: a function and the seeds that share it",
    (
        KEY,
        Column(
            "representative", "string", "", "alphabetically first of the genotypes with this key that were asked for"
        ),
        Column("seeds", "ints", "", "seeds trained side by side"),
        Column("cost", "float", "", "relative cost, by which the shards are balanced"),
        Column("weights", "bool", "", "whether the store keeps its weights"),
        Column("shard", "int", "", "shard that trains it"),
    ),
)
Plan = Annotated[pd.DataFrame, PLAN]

CURVES = Table(
    "curves",
    "epoch of a training",
    (
        KEY,
        SEED,
        Column("epoch", "int", "", "epochs trained so far, from 1"),
        Column("learning_rate", "float", "", "learning rate of this epoch"),
        *scores("", "running through the epoch for train, at its end otherwise"),
        STATUS,
    ),
)
Curves = Annotated[pd.DataFrame, CURVES]

TRAININGS = Table(
    "trainings",
    "training: a function, a protocol, a data set and a seed",
    (
        KEY,
        Column("dataset", "string", "", "data set, as the config names it"),
        Column("protocol", "string", "", "protocol, as the config names it"),
        Column("protocol_hash", "string", "", "hash of the protocol and the data set"),
        SEED,
        Column("epochs", "int", "", "epochs trained"),
        STATUS,
        *scores("last_", "after the last epoch"),
        Column("best_valid_accuracy", "float", "%", "best accuracy on the valid images over all epochs"),
        Column("best_test_accuracy", "float", "%", "best accuracy on the test images over all epochs (optimistic)"),
        Column(
            "best_epoch",
            "int",
            "",
            "epoch of the best valid accuracy (without valid images: of the best test accuracy)",
        ),
    ),
)
Trainings = Annotated[pd.DataFrame, TRAININGS]
