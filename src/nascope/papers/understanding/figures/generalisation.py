"""Original against adapted cells at the end of training (Table 1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from nascope.drawing.matrices import text_table
from nascope.drawing.style import Drawing, canvas
from nascope.evidence.intervals import difference_interval
from nascope.evidence.scope import Trained, all_trained
from nascope.papers.understanding.paper import PAPER
from nascope.papers.understanding.reference import SHU_TABLE_1
from nascope.schemas.trainings import Genotypes, Parameters, Trainings
from nascope.training.summary import join_study
from nascope.words import counted_range, plus_minus

if TYPE_CHECKING:
    from nascope.papers.understanding.settings import Understanding
    from nascope.workflow.plan import Plan


def _adapted(plan: Plan[Understanding]) -> dict[str, Any]:
    studies = plan.studies(plan.section.generalisation)
    return {
        "trained": [study.trained for study in studies],
        "sources": {study.entry.dataset: study.dataset.source for study in studies},
    }


@PAPER.figure(
    "Test error and parameters of original and adapted cells",
    number="Table 1",
    tables=lambda plan: plan.tables(plan.section.generalisation, "genotypes", "trainings", "parameters"),
    options=_adapted,
)
def generalisation(
    genotypes: list[Genotypes],
    trainings: list[Trainings],
    parameters: list[Parameters],
    *,
    trained: list[Trained],
    sources: dict[str, str],
) -> Drawing:
    """Test error and parameters of original and adapted cells on each data set.

    Args:
        genotypes: of each study.
        trainings: of each study.
        parameters: of each study.
        trained: set-up of each study.
        sources: by name of a data set, where its images come from: the paper's values are those of the same source.
    """
    tables = [
        _errors(join_study(*pair), counts).assign(dataset=on.dataset, protocol=on.protocol)
        for *pair, counts, on in zip(genotypes, trainings, parameters, trained, strict=True)
    ]
    data = pd.concat(tables, ignore_index=True)
    shown = pd.DataFrame([_shown(row, sources) for row in data.itertuples()])
    figure, axis = canvas(1, 1, 11.5, 0.6 + 0.29 * (len(shown) + 1))
    text_table(axis, shown, widths=[0.1, 0.12, 0.12, 0.12, 0.19, 0.12, 0.23])
    several = "; mean ± standard deviation over seeds, Welch's 95% interval of the difference"
    note = (
        f"Test error after the last epoch of cells {all_trained(trained)}, {counted_range(data['seeds'], 'seed')}"
        f"{several if data['seeds'].max() > 1 else ''}. "
        "Parameters count every edge and, where the protocol has it, the auxiliary head. The paper's values are single "
        "runs of 600 epochs."
    )
    return Drawing(figure, data, note)


def _errors(table: pd.DataFrame, counts: pd.DataFrame) -> pd.DataFrame:
    """One row per family: errors of both cells, their difference with its interval, and parameters."""
    sizes = counts.set_index("name")["parameters"]
    rows = []
    for family, cells in table.groupby("family", sort=False):
        row: dict[str, Any] = {"family": family, "seeds": cells["seed"].nunique()}
        errors = {}
        for group, part in cells.groupby("group"):
            errors[group] = (100 - part["last_test_accuracy"]).to_numpy()
            row[f"{group}_error"] = errors[group].mean()
            row[f"{group}_deviation"] = errors[group].std(ddof=1) if len(part) > 1 else np.nan
            row[f"{group}_parameters"] = int(sizes[part["name"].iloc[0]])
        row["difference"] = row["adapted_error"] - row["original_error"]
        row["low"], row["high"] = difference_interval(errors["adapted"], errors["original"])
        rows.append(row)
    return pd.DataFrame(rows)


def _shown(row: Any, sources: dict[str, str]) -> dict[str, str]:  # noqa: ANN401 - a named tuple of pandas
    """A row of the printed table."""
    return {
        "cell": row.family,
        "data set": row.dataset,
        "original (%)": plus_minus(row.original_error, row.original_deviation),
        "adapted (%)": plus_minus(row.adapted_error, row.adapted_deviation),
        "adapted - original [95%]": f"{row.difference:+.2f}{_interval(row.low, row.high)}",
        "parameters (M)": f"{row.original_parameters / 1e6:.3f} / {row.adapted_parameters / 1e6:.3f}",
        "paper: error (%), parameters (M)": _published(row.family, sources[row.dataset]),
    }


def _interval(low: float, high: float) -> str:
    """An interval in brackets, which single trainings lack."""
    return f" [{low:+.2f}, {high:+.2f}]" if np.isfinite([low, high]).all() else ""


def _published(name: str, source: str) -> str:
    """Table 1's entry for the data set, that of CIFAR-10 where the paper has not used it."""
    if name not in SHU_TABLE_1:
        return "not reported"
    source = source if source in SHU_TABLE_1[name] else "cifar10"
    errors, sizes = SHU_TABLE_1[name][source]
    return f"{source}: {errors[0]:.2f} / {errors[1]:.2f}, {sizes[0]:.2f} / {sizes[1]:.2f}"
