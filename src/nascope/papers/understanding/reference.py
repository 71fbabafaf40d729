"""Numbers that the paper reports, to print beside ours. Never used to compute anything."""

from __future__ import annotations

#: Shu et al. 2020, Table 1: by cell and data set, test errors (%) of the original and the adapted cell, and their
#: parameters (millions, auxiliary head counted). Errors are as remembered; the parameters are confirmed by counting.
SHU_TABLE_1: dict[str, dict[str, tuple[tuple[float, float], tuple[float, float]]]] = {
    "NASNet-A": {
        "cifar10": ((2.65, 2.80), (4.29, 4.32)),
        "cifar100": ((17.06, 16.86), (4.42, 4.45)),
        "tiny_imagenet": ((31.88, 32.05), (4.57, 4.60)),
    },
    "AmoebaNet-A": {
        "cifar10": ((2.76, 2.91), (3.60, 3.60)),
        "cifar100": ((17.55, 17.28), (3.71, 3.71)),
        "tiny_imagenet": ((32.22, 33.16), (3.83, 3.83)),
    },
    "ENAS": {
        "cifar10": ((2.64, 2.76), (4.32, 4.32)),
        "cifar100": ((16.67, 16.04), (4.45, 4.45)),
        "tiny_imagenet": ((30.68, 31.36), (4.60, 4.60)),
    },
    "DARTS_V2": {
        "cifar10": ((2.67, 2.73), (3.83, 3.90)),
        "cifar100": ((16.41, 16.15), (3.95, 4.03)),
        "tiny_imagenet": ((30.58, 31.33), (4.08, 4.16)),
    },
    "SNAS_mild": {
        "cifar10": ((2.88, 2.69), (3.14, 3.19)),
        "cifar100": ((17.78, 17.20), (3.26, 3.31)),
        "tiny_imagenet": ((32.40, 32.74), (3.39, 3.45)),
    },
}
