"""Numbers that papers report, to print beside ours. Never used to compute anything."""

from __future__ import annotations

NASBENCH201_RUNS = 500
#: NAS-Bench-201, Table 5, block C: mean and standard deviation (ddof 0) of those runs, accuracy in percent.
NASBENCH201_TABLE_5C: dict[str, dict[str, tuple[float, float]]] = {
    "cifar10-valid valid": {"RS": (90.93, 0.36), "REA": (91.19, 0.31), "REINFORCE": (91.09, 0.37)},
    "cifar10 test": {"RS": (93.70, 0.36), "REA": (93.92, 0.30), "REINFORCE": (93.85, 0.37)},
    "cifar100 valid": {"RS": (70.93, 1.09), "REA": (71.81, 1.12), "REINFORCE": (71.61, 1.12)},
    "cifar100 test": {"RS": (71.04, 1.07), "REA": (71.84, 0.99), "REINFORCE": (71.71, 1.09)},
    "ImageNet16-120 valid": {"RS": (44.45, 1.10), "REA": (45.15, 0.89), "REINFORCE": (45.05, 1.02)},
    "ImageNet16-120 test": {"RS": (44.57, 1.25), "REA": (45.54, 1.03), "REINFORCE": (45.24, 1.18)},
}
