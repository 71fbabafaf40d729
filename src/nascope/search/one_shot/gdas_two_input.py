"""GDAS in spaces of two-input cells, where its authors' code differs from theirs for NAS-Bench-201."""

from __future__ import annotations

import torch
from torch import Tensor

from nascope.networks.mixes import ChosenPath, Codes, Mix
from nascope.search.one_shot.gdas import GDAS, gumbel_sample
from nascope.search.one_shot.setup import SearchSetup
from nascope.search.one_shot.space_two_input import TwoInputSpace


class TwoInputGDAS(GDAS):
    """GDAS, by the rules of its authors' code for NASNet's cells (AutoDL-Projects, ``search_model_gdas_nasnet``).

    Only the chosen candidate counts in an edge, and a node keeps its two strongest pairs of an operation and a source,
    which may be two operations on one source.

    Args:
        setup: see :class:`OneShotSearch`; the space is one of two-input cells.
        **settings: see :class:`GDAS`.
    """

    def __init__(self, setup: SearchSetup, **settings: float) -> None:
        super().__init__(setup, **settings)
        assert isinstance(setup.space, TwoInputSpace)
        self.cells = setup.space

    def sampled(self, logits: Tensor, random: torch.Generator) -> Mix:
        """See :meth:`GDAS.sampled`."""
        return ChosenPath(*gumbel_sample(logits, self.temperature, random))

    def derive(self, random: torch.Generator, batch_norm: str) -> Codes:
        """See :meth:`AlphaSearch.derive`."""
        return self.cells.strongest_pairs(self.strengths().detach())
