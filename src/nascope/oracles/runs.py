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

#: More than any such run has: what a file announces is not believed beyond.
_MOST_EPOCHS, _MOST_SETS, _PERCENT = 10_000, 8, 100


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
    epochs = _epochs(state["epochs"])
    curves = {"train": _curve(epochs, state["train_losses"], state["train_acc1es"], state.get("train_times"))}
    for split in _evaluated(state["eval_acc1es"]):
        curves[split] = _curve(
            epochs, state["eval_losses"], state["eval_acc1es"], state.get("eval_times"), f"{split}@{{}}"
        )
    latency = [_number(value) for value in state.get("latency") or []]
    return {
        "seed": int(state["seed"]),
        "epochs": epochs,
        "latency": float(np.mean(latency)) if latency else float("nan"),
        "params": _number(state["params"]),
        "curves": curves,
    }


def _epochs(value: object) -> int:
    if not isinstance(value, int) or not 1 <= value <= _MOST_EPOCHS:
        raise ValueError(f"a run has a number of epochs that is not between 1 and {_MOST_EPOCHS}")
    return value


def _evaluated(accuracies: Mapping[Any, Any]) -> list[str]:
    """The image sets that have evaluations, named ``"set@epoch"``."""
    splits = {key.partition("@")[0] for key in accuracies if isinstance(key, str)}
    if len(splits) > _MOST_SETS:
        raise ValueError(f"a run was evaluated on more than {_MOST_SETS} image sets")
    return sorted(splits)


def _number(value: object) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise TypeError(f"a record is a {type(value).__name__}, not a number")
    return float(value)


def _curve(
    epochs: int,
    losses: Mapping[Any, Any],
    accuracies: Mapping[Any, Any],
    times: Mapping[Any, Any] | None,
    name: str = "",
) -> np.ndarray:
    keys = [name.format(epoch) if name else epoch for epoch in range(epochs)]
    columns = [
        [np.nan if source is None or source.get(key) is None else _number(source[key]) for key in keys]
        for source in (losses, accuracies, times)
    ]
    curve = np.array(columns)
    impossible = curve[1][~np.isnan(curve[1]) & ~((curve[1] >= 0) & (curve[1] <= _PERCENT))]
    if len(impossible):
        raise ValueError(f"a run has an accuracy of {impossible[0]:g}%")
    return curve
