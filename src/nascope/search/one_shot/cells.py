"""Searches in spaces of two-input cells, StacNAS' two stages among them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from nascope.datasets.images import Dataset
from nascope.errors import NascopeError
from nascope.search.one_shot.base import OneShotSearch
from nascope.search.one_shot.darts import DartsV1, DartsV2
from nascope.search.one_shot.gdas import GDAS
from nascope.search.one_shot.one_level import OneLevel
from nascope.search.one_shot.pc_darts import PcDarts
from nascope.search.one_shot.rsps import RSPS
from nascope.search.one_shot.run import check_settings
from nascope.search.one_shot.spaces import KINDS, CellSpace
from nascope.training.interrupt import InterruptGuard
from nascope.training.protocol import Protocol

#: Names as configs and tables have them; StacNAS is one-level search in two stages.
ALGORITHMS: dict[str, type[OneShotSearch]] = {
    "DARTS-V1": DartsV1,
    "DARTS-V2": DartsV2,
    "RSPS": RSPS,
    "GDAS": GDAS,
    "PC-DARTS": PcDarts,
    "one-level": OneLevel,
    "StacNAS": OneLevel,
}
Groups = Mapping[str, Sequence[str]]


def run_cell_search(
    dataset: Dataset,
    space: CellSpace,
    algorithm: str,
    options: Mapping[str, Any],
    seeds: Sequence[int],
    store: Path,
    *,
    device: str = "cpu",
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Search a space with each seed.

    Args:
        dataset: images.
        space: what is searched.
        algorithm: a key of :data:`ALGORITHMS`.
        options: ``weights`` (a protocol), ``settings`` (of the algorithm), and for StacNAS ``groups`` (members by
            representative) and ``second_weights`` (what stage 2's protocol has differently).
        seeds: a search each.
        store: directory for checkpoints.
        device: torch device.

    Returns:
        ``cell_searches`` and ``alphas`` tables, without the space's name.

    Raises:
        NascopeError: a setting that the algorithm does not have, or a primitive without a group.
        Interrupted: a signal came; what is done is in the checkpoints.
    """
    build = ALGORITHMS[algorithm]
    check_settings(algorithm, build, options["settings"])
    found, traces = [], []

    def search(searched: CellSpace, weights: Mapping[str, Any], seed: int, stage: int) -> OneShotSearch:
        protocol = Protocol.from_config(f"of {algorithm}", weights)
        how = {"space": searched, "batch_norms": ["batch"], "seed": seed, "device": device}
        one = build(dataset, protocol, **how, **options["settings"])
        found.append(one.run(store / f"{stage}.{seed}.checkpoint", guard).assign(stage=stage))
        traces.append(pd.DataFrame(one.traces).assign(stage=stage))
        return one

    with InterruptGuard() as guard:
        for seed in seeds:
            if algorithm != "StacNAS":
                search(space, options["weights"], seed, 1)
                continue
            first = search(representatives(space, options["groups"]), options["weights"], seed, 1)
            members = winners(space, first, options["groups"])
            search(members, {**options["weights"], **options["second_weights"]}, seed, 2)
    columns = {"algorithm": algorithm}
    return pd.concat(found, ignore_index=True).assign(**columns), _traces(traces).assign(**columns)


def _traces(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    columns = ["seed", "epoch", "cell_type", "edge", "candidate", "operator", "alpha", "stage"]
    return pd.concat([part for part in parts if len(part.columns) > 1] or [pd.DataFrame(columns=columns)])[columns]


def representatives(space: CellSpace, groups: Groups) -> CellSpace:
    """Stage 1's space: of each group that an edge has members of, the first one there; ``none`` stays.

    Raises:
        NascopeError: a primitive that no group has.
    """
    return CellSpace(
        space.nodes, {kind: [_first_of(edge, groups) for edge in space.candidates[kind]] for kind in KINDS}
    )


def _first_of(edge: Sequence[str], groups: Groups) -> list[str]:
    lacking = set(edge) - {"none"} - {member for group in groups.values() for member in group}
    if lacking:
        raise NascopeError(f"no operator group has {sorted(lacking)}; groups: {', '.join(groups)}")
    firsts = [next((name for name in group if name in edge), None) for group in _ordered(groups)]
    return [name for name in firsts if name] + (["none"] if "none" in edge else [])


def _ordered(groups: Groups) -> list[list[str]]:
    """Members, the representative first."""
    return [[name, *(member for member in members if member != name)] for name, members in groups.items()]


def winners(space: CellSpace, first: OneShotSearch, groups: Groups) -> CellSpace:
    """Stage 2's space: on every edge the members of the group whose representative won stage 1, and ``none``.

    Args:
        space: the whole space.
        first: stage 1, finished; every edge has a winner, whether its node kept the edge or not.
        groups: members by representative; one that is listed twice competes twice, as in the published code.
    """
    candidates: dict[str, list[list[str]]] = {kind: [] for kind in KINDS}
    strengths = first.strengths().tolist()
    for number, (edge, values) in enumerate(zip(space.choices, strengths, strict=True)):
        names = first.space.choices[number]
        best = max((value, -k) for k, (name, value) in enumerate(zip(names, values, strict=False)) if name != "none")
        won = names[-best[1]]
        group = next(members for members in groups.values() if won in members)
        chosen = [name for name in group if name in edge]
        candidates[space.place(number)[0]].append(chosen + (["none"] if "none" in edge else []))
    return CellSpace(space.nodes, candidates)
