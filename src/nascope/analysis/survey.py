"""Measuring the surroundings of a study's trained weights, network by network."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
import torch
from torch import Tensor
from tqdm import tqdm

from nascope.analysis.gradients import GradientOptions, gradient_grid
from nascope.analysis.landscape import LandscapeOptions, landscape, trajectory
from nascope.analysis.sharpness import sharpness
from nascope.analysis.weight_space import WeightSpace
from nascope.datasets.images import Dataset
from nascope.errors import NascopeError
from nascope.networks.skeletons import build_network
from nascope.spaces import parse_genotype
from nascope.tables import empty_table
from nascope.training.protocol import Protocol
from nascope.training.shards import Store

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Network:
    """A trained network.

    Attributes:
        key: canonical key of its function.
        seed: training seed.
        space: builds its parameter space with a number of points, BatchNorm with ``running`` estimates or with
            ``batch`` statistics.
        states: kept states by epoch.
        images: normalised images to measure on.
        labels: their labels.
    """

    key: str
    seed: int
    space: Callable[[int, str], WeightSpace]
    states: dict[int, dict[str, Tensor]]
    images: Tensor
    labels: Tensor


def _landscape(network: Network, options: Mapping[str, Any]) -> pd.DataFrame:
    names = ("plane", "line", "trajectory", "reach", "draw_seed")
    asked = LandscapeOptions(**{name: options[name] for name in names})
    where = network.states, (network.key, network.seed), network.images, network.labels
    return _each_mode(options, lambda mode: landscape(network.space(options["points"], mode), *where, asked))


def _trajectories(network: Network, options: Mapping[str, Any]) -> pd.DataFrame:
    return trajectory(network.space(1, "running"), network.states)


def _gradients(network: Network, options: Mapping[str, Any]) -> pd.DataFrame:
    where = (network.key, network.seed), network.images, network.labels

    def measure(mode: str) -> pd.DataFrame:
        # A single image has no batch statistics.
        sizes = tuple(size for size in options["batch_sizes"] if mode == "running" or size > 1)
        if not sizes:
            raise NascopeError("gradients with batch statistics need mini-batches of at least two images")
        asked = GradientOptions(*(options[name] for name in ("plane", "reach", "draw_seed")), sizes)
        return gradient_grid(network.space(options["points"], mode), *where, asked)

    return _each_mode(options, measure)


def _sharpness(network: Network, options: Mapping[str, Any]) -> pd.DataFrame:
    asked = {name: options[name] for name in ("tolerance", "probes", "points")}
    where = network.images, network.labels
    return _each_mode(options, lambda mode: sharpness(lambda points: network.space(points, mode), *where, **asked))


def _each_mode(options: Mapping[str, Any], measure: Callable[[str], pd.DataFrame]) -> pd.DataFrame:
    return pd.concat([measure(mode).assign(batch_norm=mode) for mode in options["batch_norm"]], ignore_index=True)


MEASURES = {
    "landscape": _landscape,
    "trajectories": _trajectories,
    "gradients": _gradients,
    "sharpness": _sharpness,
}


def survey(
    measure: str,
    genotypes: pd.DataFrame,
    plan: pd.DataFrame,
    trainings: Store,
    store: Store,
    dataset: Dataset,
    protocol: Protocol,
    options: Mapping[str, Any],
    *,
    device: str = "cpu",
) -> pd.DataFrame:
    """Measure every network of a table of genotypes that the store lacks.

    Args:
        measure: a key of :data:`MEASURES`.
        genotypes: rows of one study, each function once.
        plan: what was trained, with which seeds together.
        trainings: store of the trainings, with their weights.
        store: finished measurements.
        dataset: images.
        protocol: of the trainings.
        options: of the measure, and ``seeds``, ``split``, ``images`` (0: all of the split), ``batch_norm``
            (modes), ``points``.
        device: torch device.

    Returns:
        A table of kind ``measure``.

    Raises:
        NascopeError: weights are missing.
    """
    asked = genotypes.explode("seeds")
    asked = asked[asked["seeds"].isin(options["seeds"])]
    if not len(asked):
        return empty_table(measure)
    images, labels = _images(dataset, options, device)
    tables = []
    for row in tqdm(list(asked.itertuples()), desc=measure, mininterval=5):
        found = store.get(row.key, [row.seeds])
        if found is None:
            network = _network(row, plan, trainings, dataset, protocol, options, images, labels)
            found = MEASURES[measure](network, options).assign(study=row.study, key=row.key, seed=int(row.seeds))
            store.put(row.key, [row.seeds], found)
        tables.append(found)
    return pd.concat(tables, ignore_index=True)


def _images(dataset: Dataset, options: Mapping[str, Any], device: str) -> tuple[Tensor, Tensor]:
    """A fixed random choice of a split's images, normalised."""
    split = getattr(dataset, options["split"]).sample(options["images"], options["draw_seed"]).to(torch.device(device))
    return dataset.normalise(split.images), split.labels


def _network(
    row: Any,  # noqa: ANN401 - a named tuple of pandas
    plan: pd.DataFrame,
    trainings: Store,
    dataset: Dataset,
    protocol: Protocol,
    options: Mapping[str, Any],
    images: Tensor,
    labels: Tensor,
) -> Network:
    states = trainings.weights(plan, row.key, int(row.seeds))
    last = states[max(states)]
    # What was trained: genotypes with one key have the same modules, in the order of the representative's.
    genotype = parse_genotype(plan.loc[plan["key"] == row.key, "representative"].iloc[0])

    def space(points: int, batch_norm: str) -> WeightSpace:
        network = build_network(
            genotype,
            channels=protocol.channels,
            cells=protocol.cells,
            classes=dataset.classes,
            in_channels=dataset.channels,
            stem_stride=protocol.stem_stride,
            replicas=points,
        ).to(images.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        return WeightSpace(network, last, points, batch_statistics=batch_norm == "batch")

    return Network(row.key, int(row.seeds), space, states, images, labels)
