"""The genotypes that each study asks to train, as ``genotypes`` tables."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from inspect import signature

import numpy as np
import pandas as pd

from nascope.errors import NascopeError
from nascope.spaces import Genotype, NasBench201Cell, canonical_key, darts, parse_genotype, patterns, topology
from nascope.spaces.cellspace import random_operations
from nascope.spaces.nasbench201 import PRIMITIVES, edges_of, enumerate_cells, sample
from nascope.spaces.published import published_cell


def whole_space(study: str, *, nodes: int, seeds: Sequence[int]) -> pd.DataFrame:
    """Every cell of the NAS-Bench-201 space with ``nodes`` nodes, in index order."""
    rows = ((f"{nodes} nodes", str(index), cell, -1) for index, cell in enumerate(enumerate_cells(nodes)))
    return _table(study, rows, seeds)


def sampled_space(study: str, *, nodes: int, cells: int, draw_seed: int, seeds: Sequence[int]) -> pd.DataFrame:
    """Different cells of the NAS-Bench-201 space with ``nodes`` nodes, uniformly at random.

    Raises:
        NascopeError: the space has fewer cells.
    """
    rng = np.random.default_rng(draw_seed)
    if cells > len(PRIMITIVES) ** len(edges_of(nodes)):
        raise NascopeError(f"study {study!r}: there are no {cells} different cells with {nodes} nodes")
    drawn: dict[NasBench201Cell, None] = {}  # in the order of drawing
    while len(drawn) < cells:
        drawn[sample(rng, nodes)] = None
    rows = ((f"{nodes} nodes", str(number), cell, number) for number, cell in enumerate(drawn))
    return _table(study, rows, seeds)


def connection_variants(
    study: str, *, cell: str, widths: Sequence[float], per_width: int, seeds: Sequence[int]
) -> pd.DataFrame:
    """A published cell and random connection variants stratified by width (Shu et al. 2020, Fig. 13)."""
    original = published_cell(cell).genotype
    rows = [("original", cell, original, -1)]
    for number, variant in enumerate(topology.stratified_variants(original, list(widths), per_width), start=1):
        rows.append((f"{variant.width:g}c", f"C{number}", variant.genotype, variant.seed))
    return _table(study, rows, seeds)


def operation_variants(study: str, *, cell: str, variants: int, seeds: Sequence[int]) -> pd.DataFrame:
    """A published cell and variants with random operations on its connections (Shu et al. 2020, Fig. 4).

    Variant ``k`` has seed ``k``; seeds 1 to 10 give the operations that the authors published.
    """
    original = published_cell(cell).genotype
    rows = [("original", cell, original, -1)]
    for seed in range(1, variants + 1):
        rows.append(("operations", f"O{seed}", random_operations(original, seed, darts.PRIMITIVES), seed))
    return _table(study, rows, seeds)


def pattern_samples(
    study: str, *, groups: Sequence[str], per_group: int, wiring: str, draw_seed: int, seeds: Sequence[int]
) -> pd.DataFrame:
    """Samples of the pattern-constrained groups (Wan et al. 2022, Fig. 9)."""
    rows = []
    for group in groups:
        rng = np.random.default_rng([draw_seed, patterns.GROUPS.index(group)])
        rows += [(group, f"{group} {i}", patterns.sample(rng, group, wiring), i) for i in range(per_group)]
    return _table(study, rows, seeds)


def listed(study: str, *, path: str, seeds: Sequence[int]) -> pd.DataFrame:
    """The user's own genotypes: a CSV file with columns ``name`` and ``genotype`` (quoted), and optionally ``group``.

    Raises:
        NascopeError: a missing file or column, or a malformed genotype; the message names file and row.
    """
    try:
        with open(path, newline="", encoding="utf-8") as file:
            reader = csv.DictReader(file)
            columns = reader.fieldnames or []
            records = [(reader.line_num, record) for record in reader]
    except OSError as error:
        raise NascopeError(f"study {study!r}: cannot read {path}: {error.strerror}") from None
    if not {"name", "genotype"} <= set(columns):
        raise NascopeError(f"{path}: the first row must name the columns name and genotype, it has {columns}")
    rows = []
    for line, record in records:
        try:
            genotype = parse_genotype(record["genotype"] or "")
        except NascopeError as error:
            raise NascopeError(f"{path}, row {line}: {error}") from None
        rows.append((record.get("group") or "listed", record["name"], genotype, -1))
    return _table(study, rows, seeds)


STUDIES = {
    "whole_space": whole_space,
    "sampled_space": sampled_space,
    "connection_variants": connection_variants,
    "operation_variants": operation_variants,
    "pattern_samples": pattern_samples,
    "listed": listed,
}


def build_study(name: str, kind: str, options: dict) -> pd.DataFrame:
    """The genotypes of a study described by the config.

    Raises:
        NascopeError: an unknown kind, or options that it does not take.
    """
    if kind not in STUDIES:
        raise NascopeError(f"study {name!r}: unknown kind {kind!r}; choose from {', '.join(STUDIES)}")
    try:
        signature(STUDIES[kind]).bind(name, **options)
    except TypeError as error:
        raise NascopeError(f"study {name!r}: options of kind {kind}: {error}") from None
    return STUDIES[kind](name, **options)


def _table(
    study: str, rows: Iterable[tuple[str, str, Genotype | NasBench201Cell, int]], seeds: Sequence[int]
) -> pd.DataFrame:
    records = []
    for group, name, genotype, draw in rows:
        normal = genotype.normal if isinstance(genotype, Genotype) else None
        records.append(
            {
                "study": study,
                "group": group,
                "name": name,
                "genotype": str(genotype),
                "key": canonical_key(genotype),
                "draw": draw,
                "width": topology.width(normal) if normal else np.nan,
                "depth": topology.depth(normal) if normal else -1,
                "seeds": list(seeds),
            }
        )
    return pd.DataFrame(records)
