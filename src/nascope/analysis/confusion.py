"""Gradient confusion of search networks and of the network that is trained in the end (Li et al. 2021, section 3).

Sankararaman et al. (2020): the gradients of mini-batches i and j confuse each other where ``<g_i, g_j>`` is negative;
a network's confusion bound is ``eta = max(0, -min <g_i, g_j>)`` over pairs. The paper's own estimator is not known:
here every pair of some fixed mini-batches is taken, at the same weights. Cosines are given beside inner products,
because networks with gradients of other norms are compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pandas as pd
import torch
from msgspec.structs import replace
from torch import Tensor
from torch.nn import functional as F

from nascope.analysis.inner_products import gram_matrix
from nascope.analysis.kept import keep, read_kept
from nascope.analysis.minibatches import MiniBatches, pairwise
from nascope.schemas.operators import CONFUSION
from nascope.search.one_shot.one_level import OneLevel
from nascope.search.one_shot.setup import SearchSetup
from nascope.search.one_shot.space_two_input import TwoInputSpace
from nascope.search.one_shot.stages import Groups, representatives, winners
from nascope.spaces.genotype import Genotype
from nascope.training.interrupt import InterruptGuard
from nascope.training.protocol import Protocol
from nascope.training.trainer import Trainer


@dataclass(frozen=True)
class Compared:
    """Networks whose gradients are compared: StacNAS' two stages at several depths, and the final network.

    Attributes:
        space: what StacNAS searches.
        groups: operator groups, members by representative.
        weights: protocol of the supernets' weights; ``cells`` is replaced by each depth.
        first_cells: depths of stage 1; stage 2 follows the first of them.
        second_cells: depths of stage 2; the final network's genotype is that of the first of them.
        final: protocol of the final network, but for its epochs: it is trained for as many as the supernets, because
            cosines fall as training goes on.
    """

    space: TwoInputSpace
    groups: Groups
    weights: Protocol
    first_cells: Sequence[int]
    second_cells: Sequence[int]
    final: Protocol


def confusion_table(
    batches: MiniBatches, compared: Compared, seeds: Sequence[int], store: Path, *, device: str = "cpu"
) -> pd.DataFrame:
    """Confusion of all networks, each trained with each seed.

    Args:
        batches: mini-batches whose gradients are compared; networks are trained on the same data set.
        compared: the networks.
        seeds: of searches and trainings.
        store: directory for checkpoints and for the rows of finished networks.
        device: torch device.

    Returns:
        A ``confusion`` table.

    Raises:
        NascopeError: there are fewer training images than the mini-batches need.
        Interrupted: a signal came; finished rows and the state of the running training are in the store.
    """
    batches.check()
    with InterruptGuard() as guard:
        rows = [
            row for seed in seeds for row in _SeedNetworks(batches, compared, seed, store, device, guard).measured()
        ]
    return pd.concat(rows, ignore_index=True)


@dataclass(frozen=True)
class _SeedNetworks:
    """The networks of one seed: each is trained when it is needed, from its checkpoint where there is one."""

    batches: MiniBatches
    compared: Compared
    seed: int
    store: Path
    device: str
    guard: InterruptGuard

    def measured(self) -> Iterator[pd.DataFrame]:
        """One row per network."""
        for cells in self.compared.first_cells:
            yield self._kept("stage 1", cells, partial(self._of_search, self.first, cells))
        for cells in self.compared.second_cells:
            yield self._kept("stage 2", cells, partial(self._of_search, self.second, cells))
        yield self._kept("final", self.compared.final.cells, self._of_final)

    def first(self, cells: int) -> OneLevel:
        """Stage 1 at a depth, finished."""
        return self._searched("stage 1", representatives(self.compared.space, self.compared.groups), cells)

    def second(self, cells: int) -> OneLevel:
        """Stage 2 at a depth, finished."""
        first = self.first(self.compared.first_cells[0])
        return self._searched("stage 2", winners(self.compared.space, first, self.compared.groups), cells)

    def _searched(self, stage: str, space: TwoInputSpace, cells: int) -> OneLevel:
        protocol = replace(self.compared.weights, cells=cells)
        search = OneLevel(SearchSetup(self.batches.dataset, protocol, space, ("batch",), self.seed, self.device))
        search.run(self._path(stage, cells, "checkpoint"), self.guard)
        return search

    def _of_search(self, searched: Callable[[int], OneLevel], cells: int) -> dict[str, float]:
        search = searched(cells)
        with torch.no_grad():
            mix = search.mixture()
        search.network.train()

        def loss(images: Tensor, labels: Tensor) -> Tensor:
            return F.cross_entropy(search.network(images, mix), labels)

        return pairwise(gram_matrix(self.batches.gradients(loss, search.network), self.store))

    def _of_final(self) -> dict[str, float]:
        found = Genotype.parse(self.second(self.compared.second_cells[0]).rows[-1]["genotype"])
        protocol = replace(self.compared.final, epochs=self.compared.weights.epochs)
        checkpoint = self._path("final", protocol.cells, "checkpoint")
        trainer = Trainer(
            found,
            self.batches.dataset,
            protocol,
            [self.seed],
            device=self.device,
            checkpoint=checkpoint,
            guard=self.guard,
        )
        trainer.run()
        trainer.network.train()

        def loss(images: Tensor, labels: Tensor) -> Tensor:
            return F.cross_entropy(trainer.network(images, None)[0][:, 0], labels)

        return pairwise(gram_matrix(self.batches.gradients(loss, trainer.network), self.store))

    def _kept(self, network: str, cells: int, measure: Callable[[], dict[str, float]]) -> pd.DataFrame:
        """A network's row: the one that the store has, or a new one."""
        path = self._path(network, cells, "parquet")
        kept = read_kept(path, CONFUSION)
        if kept is not None:
            return kept
        what = {"network": network, "cells": cells, "seed": self.seed}
        shape = {"batches": self.batches.count, "batch_size": self.batches.size}
        return keep(pd.DataFrame([{**what, **shape, **measure()}]), path, CONFUSION)

    def _path(self, network: str, cells: int, kind: str) -> Path:
        return self.store / f"{network.replace(' ', '_')}.{cells}.{self.seed}.{kind}"
