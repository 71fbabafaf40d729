"""Evaluating a supernet's cells with running estimates or with the statistics of the images at hand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from torch import nn


class EvaluatedBothWays(nn.Module):
    """A supernet with a list of its cells' BatchNorms, ``norms``."""

    norms: list[nn.BatchNorm2d]

    @contextmanager
    def evaluating(self, batch_norm: str) -> Iterator[None]:
        """Evaluate, inside cells with ``running`` estimates or ``batch`` statistics (which change no estimate)."""
        self.eval()
        for norm in self.norms:
            norm.training, norm.track_running_stats = batch_norm == "batch", batch_norm != "batch"
        try:
            yield
        finally:
            for norm in self.norms:
                norm.track_running_stats = True
            self.train()
