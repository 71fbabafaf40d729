"""What the searches found, trained."""

from __future__ import annotations

import pandas as pd

from nascope.drawing.matrices import text_table
from nascope.drawing.style import Drawing, canvas
from nascope.evidence.scope import Trained
from nascope.papers.stacnas.paper import PAPER
from nascope.schemas.trainings import Genotypes, Parameters, Trainings
from nascope.training.summary import join_study, with_parameters


@PAPER.figure(
    "Tables 1-3 in form: test error of the cells found, by space and algorithm",
    tables=lambda plan: plan.tables(plan.section.found, "genotypes", "trainings", "parameters"),
    options=lambda plan: {"trained": plan.trained(plan.section.found)},
)
def found_cells(
    genotypes: list[Genotypes], trainings: list[Trainings], parameters: list[Parameters], *, trained: list[Trained]
) -> Drawing:
    """Tables 1-3 in form: test error of the cells found, over independent runs of search and training."""
    tables = []
    for study, results, sizes, on in zip(genotypes, trainings, parameters, trained, strict=True):
        table = with_parameters(join_study(study, results), sizes)
        table = table.assign(error=100 - table["last_test_accuracy"], best=100 - table["best_test_accuracy"])
        tables.append(_means(table).assign(dataset=on.dataset, protocol=on.protocol))
    data = pd.concat(tables, ignore_index=True)
    shown = pd.DataFrame(
        {
            "data set, protocol": data["dataset"] + ", " + data["protocol"],
            "space": data["space"],
            "algorithm": data["algorithm"],
            "runs": data["runs"].astype(str),
            "test error (%)": [f"{row.error:.2f} ± {row.deviation:.2f}" for row in data.itertuples()],
            "best epoch (%)": data["best"].map("{:.2f}".format),
            "parameters (k)": (data["parameters"] / 1000).map("{:.1f}".format),
        }
    )
    figure, axis = canvas(1, 1, 10, 0.6 + 0.27 * (len(shown) + 1))
    text_table(axis, shown, widths=[0.24, 0.1, 0.14, 0.07, 0.17, 0.14, 0.14])
    note = (
        "Each search's last cell, trained here with the seed of its search: mean ± standard deviation over independent "
        "runs of the last epoch's error, none left out; best epoch: the smallest error of all epochs, as the authors "
        "report. DARTS-ES: the last cell of the same DARTS-V1 search with at most two skips (paper: CIFAR-10, "
        "CIFAR-100 and ImageNet, eight runs)."
    )
    return Drawing(figure, data, note)


def _means(table: pd.DataFrame) -> pd.DataFrame:
    """One row per space and algorithm, by error."""
    parts = {
        "error": ("error", "mean"),
        "deviation": ("error", "std"),
        "best": ("best", "mean"),
        "runs": ("error", "size"),
        "parameters": ("parameters", "mean"),
    }
    means = table.groupby(["family", "group"], sort=False).agg(**parts).reset_index()
    named = means.rename(columns={"family": "space", "group": "algorithm"})
    return named.sort_values(["space", "error"], ignore_index=True)
