"""The genotypes that each study asks to train, as ``genotypes`` tables."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from inspect import signature
from itertools import product

import numpy as np
import pandas as pd

from nascope.analysis.cell_searches import final_cells
from nascope.errors import NascopeError
from nascope.spaces import Genotype, NasBench201Cell, canonical_key, darts, parse_genotype, patterns, topology
from nascope.spaces.cellspace import random_operations
from nascope.spaces.nasbench201 import PRIMITIVES, edges_of, enumerate_cells, sample
from nascope.spaces.published import published_cell
from nascope.spaces.reductions import exchange_reduction
from nascope.spaces.removal import ORDERS, removal_order, without


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
    study: str, *, groups: Sequence[str], per_group: int, wirings: Sequence[str], draw_seed: int, seeds: Sequence[int]
) -> pd.DataFrame:
    """Samples of the pattern-constrained groups (Wan et al. 2022, Fig. 9), ``family`` the wiring of the sampler.

    Random and Prim have one wiring only and are drawn once.
    """
    rows = []
    for number, wiring in enumerate(wirings):
        for group in (group for group in groups if not number or group in patterns.WIRED):
            rng = np.random.default_rng([draw_seed, patterns.GROUPS.index(group)])
            drawn = (patterns.sample(rng, group, wiring) for _ in range(per_group))
            rows += [Request(group, f"{group} {i}", genotype, i, wiring) for i, genotype in enumerate(drawn)]
    return _table(study, rows, seeds)


def published_cells(study: str, *, cells: Sequence[str], seeds: Sequence[int]) -> pd.DataFrame:
    """Published cells as they are."""
    rows = [Request("published", cell, published_cell(cell).genotype, family=cell) for cell in cells]
    return _table(study, rows, seeds)


def reduction_variants(
    study: str, *, cells: Sequence[str], treatments: Sequence[str], draw_seed: int, seeds: Sequence[int]
) -> pd.DataFrame:
    """Published cells, each also with other reduction cells (Wan et al. 2022, section 4), ``group`` the treatment."""
    rows = []
    for number, cell in enumerate(cells):
        original = published_cell(cell).genotype
        rows.append(Request("original", cell, original, family=cell))
        for treatment in treatments:
            other = exchange_reduction(original, treatment, np.random.default_rng([draw_seed, number]))
            rows.append(Request(treatment, f"{cell} {treatment}", other, family=cell))
    return _table(study, rows, seeds)


def successive_removal(
    study: str, *, importance: pd.DataFrame, cells: int, steps: Sequence[int], draw_seed: int, seeds: Sequence[int]
) -> pd.DataFrame:
    """Top genotypes, and what is left of each when operations are removed by importance (Wan et al. 2022, Fig. 5).

    Args:
        study: name of the study.
        importance: a ``genotype_importance`` table; genotypes are drawn from its top ones.
        cells: genotypes drawn, without replacement.
        steps: numbers of removed operations that are trained.
        draw_seed: of the draw.
        seeds: training seeds.

    Raises:
        NascopeError: there are fewer top genotypes.
    """
    top = dict(list(importance[importance["subset"] == "top"].groupby("genotype", sort=False)))
    if cells > len(top):
        raise NascopeError(f"study {study!r}: {cells} cells are asked for, there are {len(top)} top genotypes")
    rows = []
    for number in sorted(np.random.default_rng(draw_seed).choice(len(top), size=cells, replace=False)):
        text, edges = list(top.items())[number]
        whole, family = Genotype.parse(text), f"top {number}"
        rows.append(Request("whole", family, whole, int(number), family))
        for order in ORDERS:
            sequence = removal_order(edges["importance"].to_numpy(), order)
            for step in steps:
                left = without(whole, sequence[:step])
                rows.append(Request(order, f"{family}, {step} off, {order}", left, int(number), family))
    return _table(study, rows, seeds)


def neighbourhoods(
    study: str, *, cells: Sequence[str], cell_types: Sequence[str], edges: Sequence[int], seeds: Sequence[int]
) -> pd.DataFrame:
    """Published cells of the DARTS space and all their neighbours on some edges: importance by real training."""
    rows = []
    for cell in cells:
        centre = darts.SPACE.check(published_cell(cell).genotype)
        rows.append(Request("centre", cell, centre, family=cell))
        for kind, edge in product(cell_types, edges):
            for number, other in enumerate(darts.SPACE.neighbours(centre, kind, edge)):
                rows.append(Request(f"{kind} {edge}", f"{cell} {kind} {edge}.{number}", other, family=cell))
    return _table(study, rows, seeds)


def edge_operators(study: str, *, cell: str, cell_type: str, edge: int, seeds: Sequence[int]) -> pd.DataFrame:
    """A published cell with each primitive of the DARTS space on one edge (Li et al. 2021), ``group`` the primitive."""
    centre = published_cell(cell).genotype
    rows = []
    for primitive in darts.PRIMITIVES:
        part = getattr(centre, cell_type)
        changed = part.replace_edge(edge, (primitive, part.edges[edge][1]))
        other = Genotype(changed, centre.reduce) if cell_type == "normal" else Genotype(centre.normal, changed)
        rows.append(Request(primitive, f"{cell} {primitive}", other, family=cell))
    return _table(study, rows, seeds)


def found_cells(study: str, *, searches: pd.DataFrame) -> pd.DataFrame:
    """The cells that searches ended with, ``family`` the space and ``group`` the algorithm.

    A cell is trained with the seed of its search, so that runs of search and training are independent.

    Args:
        study: name of the study.
        searches: a ``cell_searches`` table.
    """
    rows = []
    for found in final_cells(searches).itertuples():
        name = f"{found.space} {found.algorithm} {found.seed}"
        genotype = Genotype.parse(found.genotype)
        rows.append(Request(found.algorithm, name, genotype, found.seed, found.space, (found.seed,)))
    return _table(study, rows, ())


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
    "published_cells": published_cells,
    "reduction_variants": reduction_variants,
    "successive_removal": successive_removal,
    "neighbourhoods": neighbourhoods,
    "edge_operators": edge_operators,
    "found_cells": found_cells,
    "listed": listed,
}


def build_study(name: str, kind: str, options: dict, *, weights: bool = False, **tables: pd.DataFrame) -> pd.DataFrame:
    """The genotypes of a study described by the config.

    Args:
        name: of the study.
        kind: a key of :data:`STUDIES`.
        options: of that kind.
        weights: the study needs the trained weights.
        **tables: ``importance`` or ``searches``, for kinds that draw from one.

    Raises:
        NascopeError: an unknown kind, or options that it does not take.
    """
    if kind not in STUDIES:
        raise NascopeError(f"study {name!r}: unknown kind {kind!r}; choose from {', '.join(STUDIES)}")
    options = {**options, **tables}
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
                "seeds": list(row.seeds or seeds),
            }
        )
    return pd.DataFrame(records)
