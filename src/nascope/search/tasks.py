"""Search tasks from recorded runs of a whole space."""

from __future__ import annotations

import numpy as np
import pandas as pd

from nascope.errors import NascopeError
from nascope.oracles.histories import validation_rows
from nascope.oracles.tabular import longest_schedule
from nascope.search.environment import Fidelity, SearchTask
from nascope.spaces.nasbench201_space import cell_codes, enumerate_cells


def search_task(runs: pd.DataFrame, epochs: int, budget: float) -> SearchTask:
    """A task from recorded runs.

    Args:
        runs: columns ``index``, ``epochs``, ``seed``, ``valid_accuracy`` (%), ``seconds``; see :func:`table_runs` and
            :func:`history_runs`.
        epochs: the main fidelity.
        budget: simulated seconds of one search.

    Raises:
        NascopeError: there are no runs of ``epochs``, they do not cover a whole space, or their time is not known.
    """
    whole = runs.groupby("epochs")["index"].nunique()
    if epochs not in whole:
        raise NascopeError(
            f"there are no {epochs}-epoch runs with validation accuracy to search on; there are runs of "
            f"{', '.join(str(value) for value in whole.index) or 'none'} epochs"
        )
    nodes = {5: 2, 125: 3, 15_625: 4}.get(int(whole[epochs]))
    if nodes is None:
        raise NascopeError(f"there are {epochs}-epoch runs of {whole[epochs]} cells, not of a whole space")
    complete = [int(value) for value in whole.index[whole == whole[epochs]]]
    fidelities = {value: _fidelity(runs[runs["epochs"] == value], value) for value in complete}
    if not np.isfinite(fidelities[epochs].seconds).all():
        raise NascopeError(f"the table does not say how long training for {epochs} epochs took")
    timed = tuple(fidelity for fidelity in fidelities.values() if np.isfinite(fidelity.seconds).all())
    return SearchTask(cell_codes(enumerate_cells(nodes)), timed, fidelities[epochs], budget)


def table_runs(benchmark: pd.DataFrame, dataset: str) -> pd.DataFrame:
    """Runs of a ``benchmark`` table for :func:`search_task`; each schedule is a fidelity.

    An evaluation costs the training and, where it is recorded, one pass over the valid images (section 5).
    """
    rows = benchmark[(benchmark["dataset"] == dataset) & benchmark["valid_accuracy"].notna()]
    seconds = rows["train_seconds"] + rows["valid_seconds"].fillna(0.0)
    return rows[["index", "epochs", "seed", "valid_accuracy"]].assign(seconds=seconds)


def history_runs(histories: pd.DataFrame, dataset: str) -> pd.DataFrame:
    """Runs of a ``histories`` table for :func:`search_task`; each epoch is a fidelity and costs one "second"."""
    rows = longest_schedule(validation_rows(histories, dataset))
    return pd.DataFrame(
        {
            "index": rows["index"],
            "epochs": rows["epoch"],
            "seed": rows["seed"],
            "valid_accuracy": rows["accuracy"],
            "seconds": rows["epoch"].astype(float),
        }
    )


def _fidelity(runs: pd.DataFrame, epochs: int) -> Fidelity:
    wide = runs.pivot(index="index", columns="seed", values="valid_accuracy")
    seconds = runs.groupby("index")["seconds"].mean().to_numpy()
    return Fidelity(epochs, np.sort(wide.to_numpy(), axis=1), seconds)  # NaN last
