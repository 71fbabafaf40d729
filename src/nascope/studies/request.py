"""What a study asks for, as rows of a ``genotypes`` table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from nascope.spaces import Genotype, NasBench201Cell, canonical_key, topology


@dataclass(frozen=True)
class Request:
    """A genotype that a study asks for: columns of the ``genotypes`` table, ``draw`` -1 where nothing was drawn.

    ``seeds`` are the genotype's own, where they differ from the study's.
    """

    group: str
    name: str
    genotype: Genotype | NasBench201Cell
    draw: int = -1
    family: str = ""
    seeds: Sequence[int] = ()


def table_of(study: str, rows: Iterable[Request], seeds: Sequence[int]) -> pd.DataFrame:
    """The ``genotypes`` table of requests, but for its column ``weights``."""
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
