"""Small one-shot searches of the digits data set, in NAS-Bench-201's space."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec

from nascope.datasets.images import Dataset, Split
from nascope.datasets.sources import load_dataset
from nascope.datasets.spec import DatasetSpec
from nascope.search.algorithm import Algorithm
from nascope.search.algorithms import ONE_SHOT, chosen
from nascope.search.one_shot.base import OneShotSearch
from nascope.search.one_shot.setup import SearchSetup
from nascope.search.one_shot.space_nasbench201 import NasBench201Space
from nascope.training.protocol import Protocol

PROTOCOL = Protocol(
    channels=2, cells=1, epochs=2, batch_size=50, learning_rate=0.1, nesterov=True, gradient_clip=5.0, crop_padding=1
)
#: Small enough for seconds, the same in all tests.
SETTINGS = {
    "RSPS": {"candidates": 4},
    "SETN": {"candidates": 4},
    "ENAS": {"controller_steps": 2, "aggregated": 3, "candidates": 2, "final_candidates": 4},
}


def few_digits() -> Dataset:
    """The digits data set with 150 training and 60 validation images."""
    whole = load_dataset("digits", DatasetSpec(source="digits"))
    few = Split(whole.train.images[:150], whole.train.labels[:150])
    held = Split(whole.valid.images[:60], whole.valid.labels[:60])
    return replace(whole, train=few, valid=held)


def algorithm(name: str, settings: dict[str, Any] | None = None) -> Algorithm:
    """An algorithm, by default with small settings."""
    return chosen(ONE_SHOT, name, SETTINGS.get(name, {}) if settings is None else settings)


def changed(**values: Any) -> Protocol:
    """The small protocol with changes."""
    return msgspec.structs.replace(PROTOCOL, **values)


def build(
    name: str,
    dataset: Dataset,
    protocol: Protocol = PROTOCOL,
    *,
    seed: int = 0,
    nodes: int = 3,
    batch_norms: tuple[str, ...] = ("batch",),
    **settings: Any,
) -> OneShotSearch:
    """A search that has not started."""
    setup = SearchSetup(dataset, protocol, NasBench201Space(nodes), batch_norms, seed)
    chosen_settings = {**algorithm(name).settings, **settings}
    return algorithm(name, chosen_settings).load()(setup, **chosen_settings)
