"""The space of NAS-Bench-201 as one-shot searches see it."""

from __future__ import annotations

import torch
from torch import Tensor

from nascope.datasets.images import Dataset
from nascope.errors import NascopeError
from nascope.networks.mixes import Codes, kept
from nascope.networks.nasbench201_supernet import NasBench201Supernet
from nascope.search.one_shot.space import SearchedSpace
from nascope.spaces.nasbench201 import PRIMITIVES, NasBench201Cell, edges_of
from nascope.training.protocol import Protocol

_NONE = PRIMITIVES.index("none")


class NasBench201Space(SearchedSpace):
    """The space of NAS-Bench-201 with some number of nodes."""

    def __init__(self, nodes: int) -> None:
        self.nodes = nodes
        self.choices = (PRIMITIVES,) * len(edges_of(nodes))

    def supernet(self, protocol: Protocol, dataset: Dataset, share: int = 1) -> NasBench201Supernet:
        """See :class:`SearchedSpace`.

        Raises:
            NascopeError: the channels are to be shared.
        """
        if share != 1:
            raise NascopeError("partial channels (PC-DARTS) are for spaces of two-input cells")
        return NasBench201Supernet(
            self.nodes,
            channels=protocol.channels,
            cells=protocol.cells,
            classes=dataset.classes,
            in_channels=dataset.channels,
        )

    def text(self, codes: Codes) -> str:
        """See :class:`SearchedSpace`."""
        return str(NasBench201Cell(tuple(PRIMITIVES[number] for code in codes for number in kept(code))))

    def strongest(self, strengths: Tensor) -> list[int]:
        """The strongest primitive of each edge, ``none`` too."""
        found: list[int] = strengths.argmax(dim=1).tolist()
        return found

    def arriving(self) -> list[list[int]]:
        """See :class:`SearchedSpace`."""
        return [list(range(node * (node - 1) // 2, node * (node + 1) // 2)) for node in range(1, self.nodes)]

    def random_codes(self, random: torch.Generator) -> list[int]:
        """See :class:`SearchedSpace`."""
        codes: list[int] = torch.randint(len(PRIMITIVES), (len(self.choices),), generator=random).tolist()
        return codes

    def connected_paths(self, random: torch.Generator, cells: int) -> Tensor:
        """See :class:`SearchedSpace`; uniformly among such paths (NATS-Bench)."""
        return torch.stack([self._connected(random) for _ in range(cells)])

    def _connected(self, random: torch.Generator) -> Tensor:
        codes = torch.full((len(self.choices),), _NONE)
        for arriving in self.arriving():
            while bool((codes[arriving] == _NONE).all()):
                codes[arriving] = torch.randint(len(PRIMITIVES), (len(arriving),), generator=random)
        return codes
