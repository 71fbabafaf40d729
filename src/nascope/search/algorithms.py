"""Search algorithms by name. A further one is a module with a function or class, and a line here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from nascope.errors import NascopeError, suggestion
from nascope.loading import Registry
from nascope.search.algorithm import Algorithm
from nascope.search.settings import check_settings

#: Functions of a :class:`~nascope.search.environment.Session`; names as in NAS-Bench-201's Table 5. Local search (LS)
#: and predictor-guided search (PG) are later baselines. Add new ones at the end: an algorithm's place decides its
#: random numbers.
SAMPLE_BASED: Registry = {
    "RS": "nascope.search.random_search:random_search",
    "REA": "nascope.search.regularized_evolution:regularized_evolution",
    "REINFORCE": "nascope.search.reinforce:reinforce",
    "LS": "nascope.search.local_search:local_search",
    "BOHB": "nascope.search.bohb:bohb",
    "PG": "nascope.search.predictor_guided:predictor_guided",
}

#: Classes (:class:`~nascope.search.one_shot.base.OneShotSearch`) that search NAS-Bench-201's space; names as in its
#: Table 5.
ONE_SHOT: Registry = {
    "RSPS": "nascope.search.one_shot.rsps:RSPS",
    "DARTS-V1": "nascope.search.one_shot.darts:DartsV1",
    "DARTS-V2": "nascope.search.one_shot.darts:DartsV2",
    "GDAS": "nascope.search.one_shot.gdas:GDAS",
    "SETN": "nascope.search.one_shot.setn:SETN",
    "ENAS": "nascope.search.one_shot.enas:ENAS",
}

#: Classes of the same kind that search spaces of two-input cells; StacNAS is one-level search in two stages.
CELL_SEARCH: Registry = {
    "DARTS-V1": "nascope.search.one_shot.darts:TwoInputDartsV1",
    "DARTS-V2": "nascope.search.one_shot.darts:DartsV2",
    "RSPS": "nascope.search.one_shot.rsps:RSPS",
    "GDAS": "nascope.search.one_shot.gdas_two_input:TwoInputGDAS",
    "PC-DARTS": "nascope.search.one_shot.pc_darts:PcDarts",
    "one-level": "nascope.search.one_shot.one_level:OneLevel",
    "StacNAS": "nascope.search.one_shot.one_level:OneLevel",
}


def chosen(registry: Registry, name: str, settings: Mapping[str, Any]) -> Algorithm:
    """An algorithm of a registry.

    Args:
        registry: one of the above.
        name: a key of it.
        settings: of the algorithm; numbers may be texts.

    Raises:
        NascopeError: an unknown name, or settings that :func:`~nascope.search.settings.check_settings` refuses.
    """
    if name not in registry:
        hint = suggestion(name, registry)
        raise NascopeError(f"unknown algorithm {name!r}{hint}; known: {', '.join(registry)}")
    checked = check_settings(name, registry[name], settings)
    return Algorithm(name, registry[name], checked, list(registry).index(name))


def swept(registry: Registry, sweeps: Mapping[str, Mapping[str, Sequence[Any]]]) -> list[Algorithm]:
    """Algorithms with each value of one setting after the other, all else at its default.

    Args:
        registry: one of the above.
        sweeps: values by algorithm and setting.

    Raises:
        NascopeError: see :func:`chosen`.
    """
    return [
        chosen(registry, name, {setting: value})
        for name, settings in sweeps.items()
        for setting, values in settings.items()
        for value in values
    ]
