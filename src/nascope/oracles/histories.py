"""Questions to ``histories`` tables, which hold every epoch of recorded runs."""

from __future__ import annotations

import numpy as np
import pandas as pd

from nascope.errors import NascopeError

#: The names of the splits in the authors' API.
_NAMES = {"train": "train", "valid": "valid", "test": "test", "valid+test": "valtest"}


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
    """What ``get_more_info`` of NAS-Bench-201's API answers.

    The API's ``hp`` is ``epochs`` here, and its ``iepoch`` is ``epoch - 1``.

    Args:
        histories: the table.
        index: of the cell.
        dataset: ``cifar10-valid``, ``cifar10``, ``cifar100`` or ``ImageNet16-120``.
        epochs: of the runs' schedule.
        epoch: after how many epochs (None: all).
        seed: of one run; None for means over runs (the API's ``is_random=False``). For a random run, the API's
            default, callers draw a seed themselves.

    Returns:
        ``loss``, ``accuracy``, ``per-time`` and ``all-time``, each with the prefixes ``train-``, ``valid-``, ``test-``
        and ``valtest-``, as far as there are records; times are None where they were not recorded.

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
    for split, group in rows[rows["epoch"] <= last].groupby("split"):
        now = group[group["epoch"] == last]
        if now["accuracy"].isna().all():
            continue
        name, total = _NAMES[str(split)], group.groupby("seed")["seconds"].sum(min_count=last).mean()
        answer[f"{name}-loss"], answer[f"{name}-accuracy"] = now["loss"].mean(), now["accuracy"].mean()
        known = bool(np.isfinite(total))
        answer[f"{name}-per-time"], answer[f"{name}-all-time"] = (total / last, total) if known else (None, None)
    return answer
