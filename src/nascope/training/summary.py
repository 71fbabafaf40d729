"""From curves to one row a training."""

from __future__ import annotations

import pandas as pd


def summarise(curves: pd.DataFrame, dataset: str, protocol: str, protocol_hash: str) -> pd.DataFrame:
    """Curves to a ``trainings`` table: last-epoch and best-epoch scores, kept apart."""
    curves = curves.sort_values(["key", "seed", "epoch"], kind="stable")
    groups = curves.groupby(["key", "seed"], sort=True)
    last = groups.tail(1).set_index(["key", "seed"]).sort_index()
    scores = [column for column in last.columns if column.endswith(("_loss", "_accuracy"))]
    trainings = last[scores].add_prefix("last_")
    trainings["epochs"], trainings["status"] = last["epoch"], last["status"]
    # A split without images has NaN for every epoch: the best test epoch then stands in.
    judge = curves["valid_accuracy"].where(curves["valid_accuracy"].notna(), curves["test_accuracy"]).fillna(-1.0)
    best = curves.loc[judge.groupby([curves["key"], curves["seed"]]).idxmax()].set_index(["key", "seed"])
    trainings["best_epoch"] = best["epoch"]
    trainings["best_valid_accuracy"] = groups["valid_accuracy"].max()
    trainings["best_test_accuracy"] = groups["test_accuracy"].max()
    return trainings.reset_index().assign(dataset=dataset, protocol=protocol, protocol_hash=protocol_hash)
