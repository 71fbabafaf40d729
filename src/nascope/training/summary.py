"""From curves to one row per training, and from trainings to the study that asked for them."""

from __future__ import annotations

import pandas as pd

from nascope.errors import NascopeError


def summarise(curves: pd.DataFrame, dataset: str, protocol: str, protocol_hash: str) -> pd.DataFrame:
    """A ``trainings`` table from curves: scores of the last epoch and of the best one, kept apart."""
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


def join_study(genotypes: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """The rows of ``trainings`` or ``curves`` that belong to a study, beside its genotypes' columns.

    Only the seeds that the study asks for are taken; its functions may be trained with more seeds for other studies.

    Raises:
        NascopeError: a genotype whose function was not trained with a seed it asks for.
    """
    asked = genotypes.explode("seeds").rename(columns={"seeds": "seed"}).astype({"seed": int})
    joined = asked.merge(table, on=["key", "seed"], how="left", indicator="found")
    lacking = joined[joined["found"] == "left_only"]
    if len(lacking):
        row = lacking.iloc[0]
        raise NascopeError(f"{row['genotype']} has no training with seed {row['seed']}")
    return joined.drop(columns="found")


def with_parameters(table: pd.DataFrame, parameters: pd.DataFrame) -> pd.DataFrame:
    """A table of cells, or of their trainings, with the column ``parameters`` of their study's table of sizes."""
    return table.merge(parameters[["family", "name", "parameters"]], on=["family", "name"], how="left")
