"""The genotypes that each study asks to train, as ``genotypes`` tables."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from inspect import signature

import numpy as np
import pandas as pd

from nascope.errors import NascopeError
from nascope.spaces import Genotype, NasBench201Cell, canonical_key, darts, parse_genotype, patterns, topology
from nascope.spaces.cellspace import random_operations
from nascope.spaces.nasbench201 import PRIMITIVES, edges_of, enumerate_cells, sample
from nascope.spaces.published import published_cell


@dataclass(frozen=True)
class Request:
    """A genotype that a study asks for: columns of the ``genotypes`` table, ``draw`` -1 where nothing was drawn."""

    group: str
    name: str
    genotype: Genotype | NasBench201Cell
    draw: int = -1
    family: str = ""


def whole_space(study: str, *, nodes: int, seeds: Sequence[int]) -> pd.DataFrame:
    """Every cell of the NAS-Bench-201 space with ``nodes`` nodes, in index order."""
    rows = (Request(f"{nodes} nodes", str(index), cell) for index, cell in enumerate(enumerate_cells(nodes)))
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
    rows = (Request(f"{nodes} nodes", str(number), cell, number) for number, cell in enumerate(drawn))
    return _table(study, rows, seeds)


def connection_variants(
    study: str, *, cells: Sequence[str], widths: Sequence[float], per_width: int, seeds: Sequence[int]
) -> pd.DataFrame:
    """Published cells and random connection variants of each, stratified by width (Shu et al. 2020, Fig. 13)."""
    rows = []
    for cell in cells:
        original = published_cell(cell).genotype
        rows.append(Request("original", cell, original, family=cell))
        for number, variant in enumerate(topology.stratified_variants(original, list(widths), per_width), start=1):
            rows.append(Request(f"{variant.width:g}c", f"C{number}", variant.genotype, variant.seed, cell))
    return _table(study, rows, seeds)


def operation_variants(study: str, *, cells: Sequence[str], variants: int, seeds: Sequence[int]) -> pd.DataFrame:
    """Published cells and variants of each with random operations on its connections (Shu et al. 2020, Fig. 4).

    Variant ``k`` has seed ``k``; seeds 1 to 10 give the operations that the authors published.
    """
    rows = []
    for cell in cells:
        original = published_cell(cell).genotype
        rows.append(Request("original", cell, original, family=cell))
        for seed in range(1, variants + 1):
            variant = random_operations(original, seed, darts.PRIMITIVES)
            rows.append(Request("operations", f"O{seed}", variant, seed, cell))
    return _table(study, rows, seeds)


def adapted_cells(study: str, *, cells: Mapping[str, str | None], seeds: Sequence[int]) -> pd.DataFrame:
    """Published cells, each with its widest and shallowest version (Shu et al. 2020, Table 1).

    Args:
        study: name of the study.
        cells: by published cell, the name of its published adapted version; None rewires it here
            (:func:`nascope.spaces.topology.adapt`: the authors' choice of input per edge differs for four of five).
        seeds: training seeds.
    """
    rows = []
    for cell, adapted in cells.items():
        original = published_cell(cell).genotype
        other = published_cell(adapted).genotype if adapted else topology.adapt(original)
        rows.append(Request("original", cell, original, family=cell))
        rows.append(Request("adapted", adapted or f"{cell} adapted", other, family=cell))
    return _table(study, rows, seeds)


def pattern_samples(
    study: str, *, groups: Sequence[str], per_group: int, wiring: str, draw_seed: int, seeds: Sequence[int]
) -> pd.DataFrame:
    """Samples of the pattern-constrained groups (Wan et al. 2022, Fig. 9)."""
    rows = []
    for group in groups:
        rng = np.random.default_rng([draw_seed, patterns.GROUPS.index(group)])
        rows += [Request(group, f"{group} {i}", patterns.sample(rng, group, wiring), i) for i in range(per_group)]
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
        rows.append(Request(record.get("group") or "listed", record["name"], genotype))
    return _table(study, rows, seeds)


STUDIES = {
    "whole_space": whole_space,
    "sampled_space": sampled_space,
    "connection_variants": connection_variants,
    "operation_variants": operation_variants,
    "adapted_cells": adapted_cells,
    "pattern_samples": pattern_samples,
    "listed": listed,
}


def build_study(name: str, kind: str, options: dict, *, weights: bool = False) -> pd.DataFrame:
    """The genotypes of a study described by the config; ``weights``: it needs the trained weights.

    Raises:
        NascopeError: an unknown kind, or options that it does not take.
    """
    if kind not in STUDIES:
        raise NascopeError(f"study {name!r}: unknown kind {kind!r}; choose from {', '.join(STUDIES)}")
    try:
        signature(STUDIES[kind]).bind(name, **options)
    except TypeError as error:
        raise NascopeError(f"study {name!r}: options of kind {kind}: {error}") from None
    return STUDIES[kind](name, **options).assign(weights=weights)


def _table(study: str, rows: Iterable[Request], seeds: Sequence[int]) -> pd.DataFrame:
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
                "seeds": list(seeds),
            }
        )
    return pd.DataFrame(records)
