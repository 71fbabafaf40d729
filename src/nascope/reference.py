"""Numbers that papers report, to print beside ours. Never used to compute anything."""

from __future__ import annotations

NASBENCH201_RUNS = 500
#: NAS-Bench-201, Table 5, block C: mean and standard deviation (ddof 0) of those runs, accuracy in percent.
NASBENCH201_TABLE_5C: dict[str, dict[str, tuple[float, float]]] = {
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

#: NAS-Bench-201, Table 1 (H-dagger), by key of a protocol: the name there and the value.
NASBENCH201_PROTOCOL: dict[str, tuple[str, float | bool]] = {
    "learning_rate": ("initial learning rate", 0.1),
    "final_learning_rate": ("final learning rate (cosine)", 0.0),
    "nesterov": ("Nesterov momentum", True),
    "momentum": ("momentum", 0.9),
    "weight_decay": ("weight decay", 5e-4),
    "epochs": ("epochs", 200),
    "batch_size": ("batch size", 256),
    "channels": ("initial channels C", 16),
    "cells": ("cells a stage N", 5),
    "flip": ("random flip", True),
    "crop_padding": ("padding of the random crop (pixels)", 4),
    "cutout": ("cutout", 0),
}

#: NAS-Bench-201, Table 2.
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
