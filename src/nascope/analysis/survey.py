"""Measuring the surroundings of a study's trained weights, network by network."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd
import torch
from torch import Tensor
from tqdm import tqdm

from nascope.analysis.weight_space import WeightSpace
from nascope.networks.skeletons import build_network
from nascope.spaces.stored import stored_genotype
from nascope.tables import empty_table

if TYPE_CHECKING:
    from nascope.analysis.geometry import MeasureOptions, Options, SplitName
    from nascope.datasets.images import Dataset
    from nascope.training.protocol import Protocol
    from nascope.training.store import Store


@dataclass(frozen=True)
class Network:
    """A trained network.

    Attributes:
        key: canonical key of its function.
        seed: training seed.
        space: builds its parameter space with a number of points, BatchNorm with ``running`` estimates or with
            ``batch`` statistics.
        states: kept states by epoch.
        images: normalised images to measure on, (images, channels, height, width).
        labels: their labels, (images,).
    """

    key: str
    seed: int
    space: Callable[[int, str], WeightSpace]
    states: dict[int, dict[str, Tensor]]
    images: Tensor
    labels: Tensor

    def in_modes(self, modes: Sequence[str], measure: Callable[[str], pd.DataFrame]) -> pd.DataFrame:
        """The rows that a measure finds with each mode of BatchNorm, and their column ``batch_norm``."""
        return pd.concat([measure(mode).assign(batch_norm=mode) for mode in modes], ignore_index=True)


#: A function of :data:`nascope.analysis.geometry.MEASURES`.
Measure = Callable[[Network, Any], pd.DataFrame]


def survey(
    measure: Measure,
    genotypes: pd.DataFrame,
    plan: pd.DataFrame,
    trainings: Store,
    store: Store,
    dataset: Dataset,
    protocol: Protocol,
    options: Options[MeasureOptions],
    *,
    device: str = "cpu",
) -> pd.DataFrame:
    """Measure every network of a table of genotypes that the store lacks.

    Args:
        measure: what to measure.
        genotypes: rows of one study, each function once.
        plan: what was trained, with which seeds together.
        trainings: store of the trainings, with their weights.
        store: finished measurements.
        dataset: images.
        protocol: of the trainings.
        options: of the measure.
        device: torch device.

    Returns:
        A table of the store's kind.

    Raises:
        NascopeError: weights are missing.
    """
    asked = genotypes.explode("seeds")
    asked = asked[asked["seeds"].isin(options.shared.seeds)]
    if not len(asked):
        return empty_table(store.kind)
    images, labels = _images(dataset, options.own.split, options.own.images, options.shared.draw_seed, device)
    tables = []
    for row in tqdm(list(asked.itertuples()), desc=store.kind.name, mininterval=5):
        seed = int(row.seeds)
        found = store.get(row.key, [seed])
        if found is None:
            states = trainings.weights(plan, row.key, seed)
            # What was trained: genotypes with one key have the same modules, in the order of the representative's.
            genotype = plan.loc[plan["key"] == row.key, "representative"].iloc[0]
            space = _parameter_space(genotype, states[max(states)], dataset, protocol, images.device)
            network = Network(row.key, seed, space, states, images, labels)
            found = measure(network, options).assign(study=row.study, key=row.key, seed=seed)
            store.put(row.key, [seed], found)
        tables.append(found)
    return pd.concat(tables, ignore_index=True)


def _images(dataset: Dataset, name: SplitName, count: int, seed: int, device: str) -> tuple[Tensor, Tensor]:
    """A fixed random choice of a split's images, normalised."""
    whole = {"train": dataset.train, "valid": dataset.valid, "test": dataset.test}[name]
    split = whole.sample(count, seed).to(torch.device(device))
    return dataset.normalise(split.images), split.labels


def _parameter_space(
    genotype: str, state: dict[str, Tensor], dataset: Dataset, protocol: Protocol, device: torch.device
) -> Callable[[int, str], WeightSpace]:
    """How to build the parameter space of a trained network, see :class:`Network`."""

    def build(points: int, batch_norm: str) -> WeightSpace:
        network = build_network(
            stored_genotype(genotype),
            channels=protocol.channels,
            cells=protocol.cells,
            classes=dataset.classes,
            in_channels=dataset.channels,
            stem_stride=protocol.stem_stride,
            pool_norm=protocol.pool_norm,
            replicas=points,
        ).to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]  # its stubs lack this form
        return WeightSpace(network, state, points, batch_statistics=batch_norm == "batch")

    return build
