"""Numbers that the paper reports, to print beside ours. Never used to compute anything."""

from __future__ import annotations

#: Runs behind Table 5, block C.
SEARCH_RUNS = 500
#: Table 5, block C: mean and standard deviation (ddof 0) of those runs, accuracy in percent.
TABLE_5C: dict[str, dict[str, tuple[float, float]]] = {
    "cifar10-valid valid": {
        "RS": (90.93, 0.36),
        "REA": (91.19, 0.31),
        "REINFORCE": (91.09, 0.37),
        "BOHB": (90.82, 0.53),
    },
    "cifar10 test": {
        "RS": (93.70, 0.36),
        "REA": (93.92, 0.30),
        "REINFORCE": (93.85, 0.37),
        "BOHB": (93.61, 0.52),
    },
    "cifar100 valid": {
        "RS": (70.93, 1.09),
        "REA": (71.81, 1.12),
        "REINFORCE": (71.61, 1.12),
        "BOHB": (70.74, 1.29),
    },
    "cifar100 test": {
        "RS": (71.04, 1.07),
        "REA": (71.84, 0.99),
        "REINFORCE": (71.71, 1.09),
        "BOHB": (70.85, 1.28),
    },
    "ImageNet16-120 valid": {
        "RS": (44.45, 1.10),
        "REA": (45.15, 0.89),
        "REINFORCE": (45.05, 1.02),
        "BOHB": (44.26, 1.36),
    },
    "ImageNet16-120 test": {
        "RS": (44.57, 1.25),
        "REA": (45.54, 1.03),
        "REINFORCE": (45.24, 1.18),
        "BOHB": (44.42, 1.49),
    },
}

#: The last rows of Table 5: the ResNet cell, and the best of all cells in each column of block C.
TABLE_5_CELLS: dict[str, dict[str, float]] = {
    name: dict(zip(TABLE_5C, values, strict=True))
    for name, values in {
        "ResNet": (90.83, 93.97, 70.42, 70.86, 44.53, 43.63),
        "optimal": (91.61, 94.37, 73.49, 73.51, 46.77, 47.31),
    }.items()
}
#: Best cells by validation accuracy, by data set: official indices.
BEST_CELLS = {"cifar10-valid": 6111, "cifar100": 9930, "ImageNet16-120": 10676}
#: Correlation of accuracies after 12 epochs with final ones on CIFAR-10 (Table 6).
TWELVE_EPOCHS = 0.91

#: Runs behind Table 5, blocks A and B.
ONE_SHOT_RUNS = 3
#: Table 5, blocks A (running estimates) and B (batch statistics), in the order of block C's scores.
_ONE_SHOT_COLUMNS = tuple(TABLE_5C)
_DEGENERATE = ((39.77, 0.0), (54.30, 0.0), (15.03, 0.0), (15.61, 0.0), (16.43, 0.0), (16.32, 0.0))
_BLOCKS: dict[str, dict[str, tuple[tuple[float, float], ...]]] = {
    "running": {
        "RSPS": ((80.42, 3.58), (84.07, 3.61), (52.12, 5.55), (52.31, 5.77), (27.22, 3.24), (26.28, 3.09)),
        "DARTS-V1": _DEGENERATE,
        "DARTS-V2": _DEGENERATE,
        "GDAS": ((89.89, 0.08), (93.61, 0.09), (71.34, 0.04), (70.70, 0.30), (41.59, 1.33), (41.71, 0.98)),
        "SETN": ((84.04, 0.28), (87.64, 0.00), (58.86, 0.06), (59.05, 0.24), (33.06, 0.02), (32.52, 0.21)),
        "ENAS": ((37.51, 3.19), (53.89, 0.58), (13.37, 2.35), (13.96, 2.33), (15.06, 1.95), (14.84, 2.10)),
    },
    "batch": {
        "RSPS": ((84.16, 1.69), (87.66, 1.69), (59.00, 4.60), (58.33, 4.34), (31.56, 3.28), (31.14, 3.88)),
        "DARTS-V1": _DEGENERATE,
        "DARTS-V2": _DEGENERATE,
        "GDAS": ((90.00, 0.21), (93.51, 0.13), (71.14, 0.27), (70.61, 0.26), (41.70, 1.26), (41.84, 0.90)),
        "SETN": ((82.25, 5.17), (86.19, 4.63), (56.86, 7.59), (56.87, 7.77), (32.54, 3.63), (31.90, 4.07)),
        "ENAS": _DEGENERATE,
    },
}
#: By BatchNorm mode, algorithm and score: mean and standard deviation.
TABLE_5AB = {
    mode: {name: dict(zip(_ONE_SHOT_COLUMNS, values, strict=True)) for name, values in block.items()}
    for mode, block in _BLOCKS.items()
}

#: Table 1 (H-dagger), by key of a protocol: the name there and the value.
PROTOCOL: dict[str, tuple[str, float | bool]] = {
    "learning_rate": ("initial learning rate", 0.1),
    "final_learning_rate": ("final learning rate (cosine)", 0.0),
    "nesterov": ("Nesterov momentum", True),
    "momentum": ("momentum", 0.9),
    "weight_decay": ("weight decay", 5e-4),
    "epochs": ("epochs", 200),
    "batch_size": ("batch size", 256),
    "channels": ("initial channels C", 16),
    "cells": ("cells per stage N", 5),
    "flip": ("random flip", True),
    "crop_padding": ("padding of the random crop (pixels)", 4),
    "cutout": ("cutout", 0),
}

#: Table 2, for both benchmarks.
NASBENCH101 = {
    "architectures": "510 million",
    "unique architectures": "423 thousand",
    "data sets": "1",
    "operations": "3",
    "nodes": "up to 7",
}
NASBENCH201 = {
    "architectures": "15.6 thousand",
    "unique architectures": "6.5 thousand",
    "data sets": "3",
    "operations": "5",
    "nodes": "4",
}
