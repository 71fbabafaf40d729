"""Runs in the files of NAS-Bench-201 and NATS-Bench: states of the authors' ``ResultsCount``, with curves as arrays."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

#: A cell's runs by (data set, seed), each as the file or :func:`compact_run` has it.
Runs = dict[tuple[str, int], dict[str, Any]]
#: Takes a cell's index, its string and its runs.
OnCell = Callable[[int, str, Runs], None]
#: The parts of a run's state that hold a value per epoch.
CURVES = ("train_acc1es", "train_acc5es", "train_losses", "train_times", "eval_acc1es", "eval_losses", "eval_times")


def compact_run(state: dict[str, Any]) -> dict[str, Any]:
    """A run's state with its curves as arrays; one that is compact already stays as it is.

    Args:
        state: of the authors' ``ResultsCount``.

    Returns:
        ``seed``, ``epochs``, ``latency`` (s, NaN where not measured), ``params`` (million), and ``curves``: by split
        (``train``, ``x-valid``, ``x-test``, ``ori-test``) a (3, epochs) array of loss, accuracy (%) and seconds, NaN
        where there is no record.
    """
    if "curves" in state:
        return state
    epochs = int(state["epochs"])
    curves = {"train": _curve(epochs, state["train_losses"], state["train_acc1es"], state.get("train_times"))}
    for split in sorted({str(key).partition("@")[0] for key in state["eval_acc1es"]}):
        curves[split] = _curve(
            epochs, state["eval_losses"], state["eval_acc1es"], state.get("eval_times"), f"{split}@{{}}"
        )
    latency = [float(value) for value in state.get("latency") or []]
    return {
        "seed": int(state["seed"]),
        "epochs": epochs,
        "latency": float(np.mean(latency)) if latency else float("nan"),
        "params": float(state["params"]),
        "curves": curves,
    }


def _curve(
    epochs: int,
    losses: Mapping[Any, Any],
    accuracies: Mapping[Any, Any],
    times: Mapping[Any, Any] | None,
    name: str = "",
) -> np.ndarray:
    keys = [name.format(epoch) if name else epoch for epoch in range(epochs)]
    columns = [
        [np.nan if source is None or source.get(key) is None else float(source[key]) for key in keys]
        for source in (losses, accuracies, times)
    ]
    return np.array(columns)
