"""Every epoch of recorded runs (``histories`` tables), and what NAS-Bench-201's API answers from them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from nascope.errors import NascopeError
from nascope.oracles.extended import read_users_file
from nascope.oracles.official import compact_run
from nascope.spaces import canonical_key
from nascope.spaces.nasbench201 import NasBench201Cell, official_indices

#: Our names of the official sets. CIFAR-10 has its whole test set as test images, the others halves of theirs.
_SPLITS = {"x-valid": "valid", "x-test": "test", "train": "train"}
_WHOLE_TEST = {"cifar10-valid": "test", "cifar10": "test"}
_VALID_TEST = "valid+test"


def cell_histories(index: int, runs: dict[tuple[str, int], dict[str, Any]]) -> pd.DataFrame:
    """A cell's official records as rows of a ``histories`` table.

    Args:
        index: of the cell.
        runs: by data set and seed, states of the authors' ``ResultsCount``.
    """
    parts = []
    for (dataset, _), state in runs.items():
        run = compact_run(state)
        for name, curve in run["curves"].items():
            split = _SPLITS.get(name) or _WHOLE_TEST.get(dataset, _VALID_TEST)
            columns = {"epoch": np.arange(1, run["epochs"] + 1), "loss": curve[0], "accuracy": curve[1]}
            facts = {"index": index, "dataset": dataset, "epochs": run["epochs"], "seed": run["seed"], "split": split}
            parts.append(pd.DataFrame({**facts, **columns, "seconds": curve[2]}))
    # Times are recorded for epochs without an evaluation, too.
    return pd.concat(parts, ignore_index=True).dropna(subset=["accuracy", "seconds"], how="all")


def cell_benchmark(index: int, genotype: str, runs: dict[tuple[str, int], dict[str, Any]]) -> pd.DataFrame:
    """A cell's official records after the last epoch as rows of a ``benchmark`` table.

    Raises:
        NascopeError: the cell is not the one that the official order has at this index.
    """
    cell = NasBench201Cell.parse(genotype)
    if official_indices(4).get(cell) != index:
        raise NascopeError(f"cell {index} is {genotype}, which is number {official_indices(4).get(cell)} officially")
    key, rows = canonical_key(cell), []
    for (dataset, _), state in runs.items():
        run = compact_run(state)
        curves = run["curves"]
        nothing = np.full((3, run["epochs"]), np.nan)
        test = curves.get("ori-test" if dataset in _WHOLE_TEST else "x-test", nothing)
        valid = curves.get("x-valid", nothing)
        rows.append(
            {
                "index": index,
                "genotype": genotype,
                "key": key,
                "dataset": dataset,
                "epochs": run["epochs"],
                "seed": run["seed"],
                "train_accuracy": curves["train"][1, -1],
                "valid_accuracy": valid[1, -1],
                "test_accuracy": test[1, -1],
                "train_loss": curves["train"][0, -1],
                "valid_loss": valid[0, -1],
                "test_loss": test[0, -1],
                "train_seconds": curves["train"][2].sum(),
                "valid_seconds": valid[2].mean(),
                "latency_ms": 1000 * run["latency"],
                "parameters": round(1e6 * run["params"]),
            }
        )
    return pd.DataFrame(rows)


def read_curves(path: Path | str) -> pd.DataFrame:
    """The user's table of curves: CIFAR-10 accuracies of 200-epoch runs.

    Columns ``arch_str``, ``epoch`` (from 0), ``val_acc`` and, if there, ``train_acc``, in percent, means over seeds.

    Returns:
        A ``histories`` table of cifar10-valid, numbered as one seed.

    Raises:
        NascopeError: an unreadable file, a missing column or a malformed cell.
    """
    wide = read_users_file(Path(path))
    missing = {"arch_str", "epoch", "val_acc"} - set(wide.columns)
    if missing:
        raise NascopeError(f"{path}: columns {', '.join(sorted(missing))} are missing")
    indices = {text: official_indices(4).get(NasBench201Cell.parse(text)) for text in wide["arch_str"].unique()}
    if None in indices.values():
        raise NascopeError(f"{path}: not cells of the NAS-Bench-201 space with four nodes")
    facts = {"index": wide["arch_str"].map(indices), "epoch": wide["epoch"] + 1, "dataset": "cifar10-valid", "seed": 0}
    facts |= {"epochs": int(wide["epoch"].max()) + 1, "loss": np.nan, "seconds": np.nan}
    names = [(split, name) for split, name in (("valid", "val_acc"), ("train", "train_acc")) if name in wide]
    parts = [wide[[]].assign(**facts, split=split, accuracy=wide[name]) for split, name in names]
    return pd.concat(parts, ignore_index=True)


def validation_rows(histories: pd.DataFrame, dataset: str) -> pd.DataFrame:
    """The epochs of a data set's runs that were evaluated on validation images."""
    rows = histories[(histories["dataset"] == dataset) & (histories["split"] == "valid")]
    return rows.dropna(subset=["accuracy"])


def more_info(
    histories: pd.DataFrame,
    index: int,
    dataset: str,
    *,
    epochs: int = 12,
    epoch: int | None = None,
    seed: int | None = None,
) -> dict[str, float | None]:
    """What ``get_more_info`` of the authors' API answers (its ``hp`` is ``epochs``, its ``iepoch`` is ``epoch - 1``).

    Args:
        histories: the table.
        index: of the cell.
        dataset: ``cifar10-valid``, ``cifar10``, ``cifar100`` or ``ImageNet16-120``.
        epochs: the runs' schedule.
        epoch: after how many epochs (None: all).
        seed: one run's; None: means over runs (the API's ``is_random=False``). A random run, the API's default, is
            a draw of the caller's.

    Returns:
        ``train-``, ``valid-``, ``test-`` and ``valtest-`` ``loss``, ``accuracy``, ``per-time`` and ``all-time``, as far
        as there are records; times are None where they were not recorded.

    Raises:
        NascopeError: there are no such runs.
    """
    rows = histories[
        (histories["index"] == index) & (histories["dataset"] == dataset) & (histories["epochs"] == epochs)
    ]
    last = epochs if epoch is None else epoch
    if rows.empty or not 1 <= last <= epochs or (seed is not None and seed not in set(rows["seed"])):
        raise NascopeError(f"no {epochs}-epoch run of cell {index} on {dataset} with seed {seed} has epoch {last}")
    if seed is not None:
        rows = rows[rows["seed"] == seed]
    answer: dict[str, float | None] = {}
    names = {"train": "train", "valid": "valid", "test": "test", _VALID_TEST: "valtest"}
    for split, group in rows[rows["epoch"] <= last].groupby("split"):
        now = group[group["epoch"] == last]
        if now["accuracy"].isna().all():
            continue
        name, total = names[str(split)], group.groupby("seed")["seconds"].sum(min_count=last).mean()
        answer[f"{name}-loss"], answer[f"{name}-accuracy"] = now["loss"].mean(), now["accuracy"].mean()
        known = bool(np.isfinite(total))
        answer[f"{name}-per-time"], answer[f"{name}-all-time"] = (total / last, total) if known else (None, None)
    return answer
