"""Paths and hypothesis strategies that several tests share."""

from __future__ import annotations

import os
from pathlib import Path

from hypothesis import strategies as st

from nascope.spaces import darts, nasnet
from nascope.spaces import nasbench201 as nb201
from nascope.spaces.genotype import Cell, Genotype
from nascope.spaces.nasbench201 import NasBench201Cell

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
#: Whether fuzz tests try many examples (see tests/conftest.py).
LONG = os.environ.get("NASCOPE_FUZZ") == "long"


def fuzz(few: int, many: int) -> int:
    """How many examples a fuzz test tries: by default, and with ``NASCOPE_FUZZ=long``."""
    return many if LONG else few


def nasbench201_cells(nodes: tuple[int, ...] = (2, 3, 4, 5)) -> st.SearchStrategy[NasBench201Cell]:
    """Any cell of the NAS-Bench-201 grammar."""

    def of_size(count: int) -> st.SearchStrategy[NasBench201Cell]:
        edges = len(nb201.edges_of(count))
        ops = st.lists(st.sampled_from(nb201.PRIMITIVES), min_size=edges, max_size=edges)
        return ops.map(lambda chosen: NasBench201Cell(tuple(chosen)))

    return st.sampled_from(nodes).flatmap(of_size)


@st.composite
def two_input_cells(draw: st.DrawFn, space: object = darts.SPACE, repeats: bool = True) -> Cell:
    """Any cell of a DARTS-like grammar, `none` and repeated sources included, any concat."""
    edges = []
    for node in range(space.nodes):
        sources = draw(st.lists(st.integers(0, node + 1), min_size=2, max_size=2, unique=not repeats))
        edges += [(draw(st.sampled_from((*space.primitives, "none"))), source) for source in sources]
    concat = draw(st.sets(st.integers(2, space.nodes + 1), min_size=1))
    return Cell(tuple(edges), tuple(sorted(concat)))


def genotypes(space: object = darts.SPACE) -> st.SearchStrategy[Genotype]:
    """Any genotype of a space's grammar."""
    return st.builds(Genotype, two_input_cells(space), two_input_cells(space))


any_genotype = st.one_of(nasbench201_cells(), genotypes(darts.SPACE), genotypes(nasnet.SPACE))
