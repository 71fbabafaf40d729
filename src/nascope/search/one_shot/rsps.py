"""RSPS, random search with parameter sharing (Li & Talwalkar 2019), as NAS-Bench-201 runs it."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from nascope.datasets.images import Dataset
from nascope.networks.nasbench201_supernet import Path
from nascope.search.one_shot.base import OneShotSearch
from nascope.spaces.nasbench201 import PRIMITIVES, edges_of
from nascope.training.protocol import Protocol

_NONE = PRIMITIVES.index("none")


class RSPS(OneShotSearch):
    """Trains a random path a step, a different one in each cell; the best of some random cells is derived.

    Args:
        dataset: see :class:`OneShotSearch`.
        protocol: of the weights.
        candidates: random cells that are compared.
        **shared: see :class:`OneShotSearch`.
    """

    def __init__(self, dataset: Dataset, protocol: Protocol, *, candidates: int = 100, **shared: Any) -> None:  # noqa: ANN401
        super().__init__(dataset, protocol, **shared)
        self.candidates = candidates

    def train_step(self, train: tuple[Tensor, Tensor], valid: tuple[Tensor, Tensor], random: torch.Generator) -> float:
        """See :meth:`OneShotSearch.train_step`; there is no architecture to update."""
        codes = torch.stack([random_path(self.nodes, random) for _ in range(self.network.cells)])
        return self.descend(*train, Path(codes))

    def derive(self, random: torch.Generator, batch_norm: str) -> list[int]:
        """See :meth:`OneShotSearch.derive`."""
        return self.best_of([self.random_codes(random) for _ in range(self.candidates)], random, batch_norm)


def random_path(nodes: int, random: torch.Generator) -> Tensor:
    """Operations uniformly at random among those that leave no node without input, (edges,)."""
    codes = torch.empty(len(edges_of(nodes)), dtype=torch.int64)
    for node in range(1, nodes):
        arriving = slice(node * (node - 1) // 2, node * (node + 1) // 2)
        codes[arriving] = _NONE
        while (codes[arriving] == _NONE).all():
            codes[arriving] = torch.randint(len(PRIMITIVES), (node,), generator=random)
    return codes
