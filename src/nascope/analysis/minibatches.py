"""Gradients of fixed mini-batches, and how far pairs of them agree."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from nascope.datasets.images import Dataset, channels_last
from nascope.errors import NascopeError

#: Decimals of cosines and significant digits of inner products: what the order of summation cannot change.
_DECIMALS = 5

#: Mean loss of normalised images and their labels.
Loss = Callable[[Tensor, Tensor], Tensor]


@dataclass(frozen=True)
class MiniBatches:
    """The first training images, cut into mini-batches, without augmentation.

    Attributes:
        dataset: images.
        count: number of mini-batches.
        size: images of each.
    """

    dataset: Dataset
    count: int
    size: int

    def check(self) -> None:
        """Refuse more images than there are.

        Raises:
            NascopeError: the message has both numbers.
        """
        needed, there = self.count * self.size, len(self.dataset.train)
        if needed > there:
            raise NascopeError(f"confusion needs {needed} training images, {self.dataset.name!r} has {there}")

    def gradients(self, loss: Loss, network: nn.Module) -> Iterator[np.ndarray]:
        """The gradient of each mini-batch, (parameters,) in float32.

        Args:
            loss: mean loss by the network; BatchNorm takes the batch's statistics.
            network: the gradient is taken in its parameters.
        """
        parameters = [parameter for parameter in network.parameters() if parameter.requires_grad]
        device, train = parameters[0].device, self.dataset.train
        for start in range(0, self.count * self.size, self.size):
            images = channels_last(self.dataset.normalise(train.images[start : start + self.size].to(device)))
            labels = train.labels[start : start + self.size].to(device)
            found = torch.autograd.grad(loss(images, labels), parameters, allow_unused=True)
            parts = [torch.zeros_like(p) if g is None else g for p, g in zip(parameters, found, strict=True)]
            yield torch.cat([part.flatten() for part in parts]).cpu().numpy()


def pairwise(gram: np.ndarray) -> dict[str, float]:
    """Inner products and cosines of all pairs of gradients, summarised.

    Args:
        gram: inner products, (gradients, gradients).
    """
    norms = np.sqrt(np.diag(gram))
    above = np.triu_indices(len(gram), k=1)
    inner, cosines = gram[above], (gram / np.outer(norms, norms))[above]
    return {
        "confusion": float(np.format_float_scientific(max(0.0, -inner.min()), _DECIMALS)),
        "lowest_cosine": round(float(cosines.min()), _DECIMALS),
        "mean_cosine": round(float(cosines.mean()), _DECIMALS),
        "low_cosine": round(float(np.quantile(cosines, 0.05)), _DECIMALS),
        "negative": float((cosines < 0).mean()),
    }
