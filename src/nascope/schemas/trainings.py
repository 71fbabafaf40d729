"""What is trained, and how it went."""

from __future__ import annotations

from nascope.schemas.column import GENOTYPE, KEY, SEED, STATUS, STUDY, Column, Table, scores

TABLES: dict[str, Table] = {
    "images": Table(
        "a split of a data set as its files hold it",
        (
            Column("source", "string", "", "kind of data set"),
            Column("root", "string", "", "directory of its files"),
            Column("split", "string", "", "train or test"),
            Column("images", "int", "", "number of images"),
            Column("classes", "int", "", "number of classes"),
            Column("channels", "int", "", "channels of an image"),
            Column("height", "int", "pixels", "height of an image as networks see it"),
            Column("width", "int", "pixels", "width of an image as networks see it"),
        ),
    ),
    "genotypes": Table(
        "a genotype that a study asks to train",
        (
            Column("study", "string", "", "study that asks"),
            Column("family", "string", "", "published cell that it is or was derived from (empty: none)"),
            Column("group", "string", "", "group within the study (a sampler, a width, a space)"),
            Column("name", "string", "", "name within the study and family"),
            GENOTYPE,
            KEY,
            Column("draw", "int", "", "seed or number of the random draw that gave it (-1: not drawn)"),
            Column(
                "width",
                "float",
                "c",
                "width of the normal cell (Shu et al. 2020; NaN for NAS-Bench-201 cells)",
            ),
            Column("depth", "int", "", "depth of the normal cell (-1 for NAS-Bench-201 cells)"),
            Column("seeds", "ints", "", "training seeds asked for"),
            Column("weights", "bool", "", "whether the study needs the trained weights"),
        ),
    ),
    "parameters": Table(
        "a genotype of a study, as a network of the study's protocol",
        (
            STUDY,
            Column("family", "string", "", "as in genotypes"),
            Column("name", "string", "", "as in genotypes"),
            Column(
                "parameters", "int", "", "trainable parameters, every edge and the protocol's auxiliary head counted"
            ),
        ),
    ),
    "plan": Table(
        "one network to train: a function with the seeds that share it",
        (
            KEY,
            Column(
                "representative",
                "string",
                "",
                "the alphabetically first genotype with this key among those asked for",
            ),
            Column("seeds", "ints", "", "seeds trained side by side"),
            Column("cost", "float", "", "relative cost that balances the shards"),
            Column("weights", "bool", "", "whether the store keeps its weights"),
            Column("shard", "int", "", "shard that trains it"),
        ),
    ),
    "curves": Table(
        "an epoch of a training",
        (
            KEY,
            SEED,
            Column("epoch", "int", "", "epochs trained so far, from 1"),
            Column("learning_rate", "float", "", "learning rate of this epoch"),
            *scores("", "running through the epoch in training, at its end otherwise"),
            STATUS,
        ),
    ),
    "trainings": Table(
        "a training: a function, a protocol, a data set and a seed",
        (
            KEY,
            Column("dataset", "string", "", "data set, as the config calls it"),
            Column("protocol", "string", "", "protocol, as the config calls it"),
            Column("protocol_hash", "string", "", "hash of the protocol and the data set"),
            SEED,
            Column("epochs", "int", "", "epochs trained"),
            STATUS,
            *scores("last_", "after the last epoch"),
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
}
