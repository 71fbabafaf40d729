"""Running one-shot algorithms with several seeds."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from inspect import Parameter, signature
from pathlib import Path
from typing import Any

import pandas as pd

from nascope.datasets.images import Dataset
from nascope.errors import NascopeError
from nascope.search.one_shot.base import OneShotSearch
from nascope.search.one_shot.darts import DartsV1, DartsV2
from nascope.search.one_shot.enas import ENAS
from nascope.search.one_shot.gdas import GDAS
from nascope.search.one_shot.rsps import RSPS
from nascope.search.one_shot.setn import SETN
from nascope.search.one_shot.spaces import NasBench201Space
from nascope.training.interrupt import InterruptGuard
from nascope.training.protocol import Protocol

#: Names as in NAS-Bench-201's Table 5.
ALGORITHMS: dict[str, type[OneShotSearch]] = {
    "RSPS": RSPS,
    "DARTS-V1": DartsV1,
    "DARTS-V2": DartsV2,
    "GDAS": GDAS,
    "SETN": SETN,
    "ENAS": ENAS,
}


def run_one_shot(
    dataset: Dataset,
    algorithm: str,
    batch_norms: Sequence[str],
    options: Mapping[str, Any],
    seeds: Sequence[int],
    store: Path,
    *,
    device: str = "cpu",
) -> pd.DataFrame:
    """Search with each seed and BatchNorm mode; one search serves all modes where they only decide its evaluations.

    Args:
        dataset: images.
        algorithm: a key of :data:`ALGORITHMS`.
        batch_norms: ``running`` estimates (Table 5, block A), ``batch`` statistics (block B), or both.
        options: ``nodes``, ``weights`` (a protocol) and ``settings`` (of the algorithm).
        seeds: a search each.
        store: directory for checkpoints.
        device: torch device.

    Returns:
        A ``one_shot`` table.

    Raises:
        NascopeError: a setting that the algorithm does not have.
        Interrupted: a signal came; what is done is in the checkpoints.
    """
    build = ALGORITHMS[algorithm]
    check_settings(algorithm, build, options["settings"])
    protocol = Protocol.from_config(f"of {algorithm}", options["weights"])
    blocks = [[batch_norm] for batch_norm in batch_norms] if build.feeds_back else [list(batch_norms)]
    parts = []
    with InterruptGuard() as guard:
        for block, seed in itertools.product(blocks, seeds):
            how = {"space": NasBench201Space(options["nodes"]), "batch_norms": block, "seed": seed}
            search = build(dataset, protocol, **how, device=device, **options["settings"])
            parts.append(search.run(store / f"{'-'.join(block)}.{seed}.checkpoint", guard))
    return pd.concat(parts, ignore_index=True).assign(algorithm=algorithm)


def check_settings(name: str, algorithm: type[OneShotSearch], settings: Mapping[str, Any]) -> None:
    """Refuse settings that an algorithm does not have.

    Raises:
        NascopeError: the message lists those that it has.
    """
    known = settings_of(algorithm)
    unknown = sorted(set(settings) - known)
    if unknown:
        raise NascopeError(f"settings of {name}: unknown {unknown}; known: {', '.join(sorted(known)) or 'none'}")


def settings_of(algorithm: type[OneShotSearch]) -> set[str]:
    """Keyword arguments of an algorithm's own, those of the classes above it too, but not what all searches have."""
    found: set[str] = set()
    for cls in algorithm.__mro__:
        if issubclass(cls, OneShotSearch) and cls is not OneShotSearch and "__init__" in vars(cls):
            parameters = signature(cls.__init__).parameters.values()
            found |= {parameter.name for parameter in parameters if parameter.kind == Parameter.KEYWORD_ONLY}
    return found
