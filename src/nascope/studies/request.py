"""What a study asks for, as rows of a ``genotypes`` table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from nascope.spaces import topology
from nascope.spaces.canonical import canonical_key
from nascope.spaces.genotype import Genotype
from nascope.spaces.nasbench201 import NasBench201Cell


@dataclass(frozen=True)
class Request:
    """A genotype that a study asks for, by columns of the ``genotypes`` table.

    Attributes:
        group: within the study.
        name: within the study and family.
        genotype: what is trained.
        draw: seed or number of the random draw that gave it; -1 where nothing was drawn.
        family: published cell that it is or was derived from; empty for none.
        seeds: the genotype's own, where they differ from the study's.
    """

    group: str
    name: str
    genotype: Genotype | NasBench201Cell
    draw: int = -1
    family: str = ""
    seeds: Sequence[int] = ()


def table_of(study: str, rows: Iterable[Request], seeds: Sequence[int]) -> pd.DataFrame:
    """Requests as a ``genotypes`` table that lacks its column ``weights``; ``seeds`` are the study's."""
    records = []
    for row in rows:
        normal = row.genotype.normal if isinstance(row.genotype, Genotype) else None
        records.append(
            {
                "study": study,
                "family": row.family,
                "group": row.group,
                "name": row.name,
                "genotype": str(row.genotype),
                "key": canonical_key(row.genotype),
                "draw": row.draw,
                "width": topology.width(normal) if normal else np.nan,
                "depth": topology.depth(normal) if normal else -1,
                "seeds": list(row.seeds or seeds),
            }
        )
    return pd.DataFrame(records)
