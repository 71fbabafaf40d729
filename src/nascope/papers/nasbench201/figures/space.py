"""The space in numbers, and what its table is good for: Tables 2 and 3."""

from __future__ import annotations

import pandas as pd

from nascope.drawing.matrices import text_table
from nascope.drawing.style import Drawing, canvas
from nascope.evidence.sources import published_source
from nascope.papers.nasbench201.paper import PAPER
from nascope.papers.nasbench201.reads import table_name
from nascope.papers.nasbench201.reference import NASBENCH101, NASBENCH201
from nascope.schemas import results
from nascope.schemas.searches import Benchmark
from nascope.spaces.nasbench201 import NasBench201Cell, nodes_of
from nascope.spaces.unique_string import unique_string


@PAPER.figure(
    "The space in numbers", number="Table 2", tables=lambda plan: {"benchmark": results.NASBENCH201}, options=table_name
)
def spaces(benchmark: Benchmark, *, table: str) -> Drawing:
    """NAS-Bench-101 and NAS-Bench-201 as published, and what is counted here."""
    counted = _counted(benchmark)
    names = list(counted)
    data = pd.DataFrame(
        {
            "quantity": names,
            "NAS-Bench-101 (published)": [NASBENCH101[name] for name in names],
            "NAS-Bench-201 (published)": [NASBENCH201[name] for name in names],
            "counted in the table": [counted[name] for name in names],
        }
    )
    figure, axis = canvas(1, 1, 9, 0.5 + 0.3 * len(data))
    text_table(axis, data, widths=[0.2, 0.22, 0.22, 0.36])
    note = f"{published_source(table)}. Functions: nascope's canonical key, proved by equal network outputs."
    return Drawing(figure, data, note)


def _counted(benchmark: pd.DataFrame) -> dict[str, str]:
    cells = [NasBench201Cell.parse(text) for text in benchmark.drop_duplicates("index")["genotype"]]
    marks = {unique_string(cell, zeros="mark") for cell in cells}
    datasets = {name.removesuffix("-valid") for name in benchmark["dataset"]}
    return {
        "architectures": f"{len(cells):,}",
        "unique architectures": f"{len(marks):,} (the authors' strings); {benchmark['key'].nunique():,} functions",
        "data sets": str(len(datasets)),
        "operations": str(len({op for cell in cells for op in cell.ops})),
        "nodes": str(nodes_of(len(cells[0].ops))),
    }


@PAPER.figure(
    "Which algorithms a table speeds up",
    number="Table 3",
    options=lambda plan: {
        "sample_based": list(plan.section.searches.algorithms),
        "one_shot": list(plan.section.one_shot.algorithms),
    },
)
def speedups(*, sample_based: tuple[str, ...], one_shot: tuple[str, ...]) -> Drawing:
    """What a table of the whole space saves each algorithm: its search, and the evaluation of what it finds."""
    rows = [(name, "sample-based", "yes", "yes") for name in sample_based]
    rows += [(name, "one-shot", "no: a supernet is trained", "yes") for name in one_shot]
    data = pd.DataFrame(rows, columns=["algorithm", "kind", "search by lookup", "evaluation by lookup"])
    figure, axis = canvas(1, 1, 7, 0.5 + 0.27 * len(data))
    text_table(axis, data)
    note = "The algorithms of this workflow, by how nascope runs them: on an oracle, or with a supernet. No data set."
    return Drawing(figure, data, note)
