"""What supernets share: evaluation with running estimates or with the statistics of the images at hand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from torch import nn


class EvaluatedBothWays(nn.Module):
    """A supernet: it maps (images, mix) to logits (batch, classes).

    Attributes:
        norms: BatchNorms of its cells.
        layers: number of its cells.
    """

    norms: list[nn.BatchNorm2d]
    layers: int

    @contextmanager
    def evaluating(self, batch_norm: str) -> Iterator[None]:
        """Evaluate; cells use ``running`` estimates or ``batch`` statistics (which change no estimate)."""
        self.eval()
        for norm in self.norms:
            norm.training, norm.track_running_stats = batch_norm == "batch", batch_norm != "batch"
        try:
            yield
        finally:
            for norm in self.norms:
                norm.track_running_stats = True
            self.train()
