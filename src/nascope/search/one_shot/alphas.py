"""What searches with architecture parameters share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from nascope.config.section import NaturalFloat, PositiveFloat
from nascope.networks.mixes import Codes
from nascope.search.one_shot.base import OneShotSearch
from nascope.search.one_shot.setup import SearchSetup
from nascope.search.one_shot.streams import ALPHAS
from nascope.training.batches import stream


class AlphaSearch(OneShotSearch):
    """A search with architecture parameters: logits of shape (edges, candidates), stepped by Adam.

    Args:
        setup: see :class:`OneShotSearch`.
        alpha_learning_rate: Adam's rate.
        alpha_weight_decay: Adam's L2 penalty.
    """

    def __init__(
        self,
        setup: SearchSetup,
        *,
        alpha_learning_rate: PositiveFloat = 3e-4,
        alpha_weight_decay: NaturalFloat = 1e-3,
    ) -> None:
        super().__init__(setup)
        counts = torch.tensor([len(edge) for edge in self.space.choices])
        start = 1e-3 * torch.randn(len(counts), int(counts.max()), generator=stream(self.seed, ALPHAS))
        self.absent = (torch.arange(start.shape[1]) >= counts[:, None]).to(self.device)
        self.alphas = nn.Parameter(start.to(self.device))
        self.adam = torch.optim.Adam(
            [self.alphas], lr=alpha_learning_rate, betas=(0.5, 0.999), weight_decay=alpha_weight_decay
        )

    def parts(self) -> dict[str, Any]:
        """See :meth:`OneShotSearch.parts`."""
        return {**super().parts(), "adam": self.adam, "alphas": Holder(self.alphas)}

    def logits(self) -> Tensor:
        """Architecture parameters, (edges, candidates), minus infinity where an edge has fewer candidates."""
        return self.alphas.masked_fill(self.absent, -torch.inf)

    def strengths(self) -> Tensor:
        """What candidates are compared by, (edges, candidates)."""
        return self.logits().softmax(dim=1)

    def trace(self) -> list[dict[str, Any]]:
        """The architecture parameters, one row per edge and candidate."""
        rows = []
        for number, (names, values) in enumerate(zip(self.space.choices, self.alphas.tolist(), strict=True)):
            kind, edge = self.space.place(number)
            pairs = enumerate(zip(names, values, strict=False))
            rows += [
                {"cell_type": kind, "edge": edge, "candidate": k, "operator": name, "alpha": value}
                for k, (name, value) in pairs
            ]
        return rows

    def descend_alphas(self, gradient: Tensor) -> None:
        """One step of the architecture parameters."""
        self.alphas.grad = gradient
        self.adam.step()

    def derive(self, random: torch.Generator, batch_norm: str) -> Codes:
        """The cell that the architecture parameters stand for."""
        return self.space.strongest(self.strengths().detach())


class Holder:
    """A tensor as a part of a checkpoint."""

    def __init__(self, tensor: Tensor) -> None:
        self.tensor = tensor

    def state_dict(self) -> dict[str, Tensor]:
        """For a checkpoint."""
        return {"value": self.tensor.detach()}

    def load_state_dict(self, state: Mapping[str, Tensor]) -> None:
        """From a checkpoint."""
        with torch.no_grad():
            self.tensor.copy_(state["value"])
