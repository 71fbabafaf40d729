"""Studies of NAS-Bench-201 spaces."""

from __future__ import annotations

from typing import Annotated

import numpy as np
import pandas as pd
from msgspec import Meta

from nascope.config.section import Natural, Positive, Seeds, Several
from nascope.errors import NascopeError
from nascope.papers.declare import study_kind
from nascope.spaces.nasbench201 import PRIMITIVES, NasBench201Cell, edges_of
from nascope.spaces.nasbench201_space import ENUMERABLE_NODES, enumerate_cells, sample
from nascope.studies.request import Request, table_of


@study_kind()
def whole_space(study: str, *, nodes: Annotated[int, Meta(ge=2, le=ENUMERABLE_NODES)], seeds: Seeds) -> pd.DataFrame:
    """Every cell of the NAS-Bench-201 space with ``nodes`` nodes, in index order."""
    rows = (Request(f"{nodes} nodes", str(index), cell) for index, cell in enumerate(enumerate_cells(nodes)))
    return table_of(study, rows, seeds)


def enough_cells(*, nodes: Several, cells: Positive, **_others: object) -> None:
    """Refuse to draw more cells than there are.

    Raises:
        NascopeError: the space has fewer.
    """
    if cells > len(PRIMITIVES) ** len(edges_of(nodes)):
        raise NascopeError(f"cells: there are no {cells} different cells with {nodes} nodes")


@study_kind(check=enough_cells)
def sampled_space(study: str, *, nodes: Several, cells: Positive, draw_seed: Natural, seeds: Seeds) -> pd.DataFrame:
    """Different cells of the NAS-Bench-201 space with ``nodes`` nodes, uniformly at random.

    Raises:
        NascopeError: the space has fewer cells.
    """
    rng = np.random.default_rng(draw_seed)
    enough_cells(nodes=nodes, cells=cells)
    drawn: dict[NasBench201Cell, None] = {}  # in the order of drawing
    while len(drawn) < cells:
        drawn[sample(rng, nodes)] = None
    rows = (Request(f"{nodes} nodes", str(number), cell, number) for number, cell in enumerate(drawn))
    return table_of(study, rows, seeds)
