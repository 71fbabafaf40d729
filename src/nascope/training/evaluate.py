"""Loss and accuracy of a network on a split of a data set."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from nascope.datasets.images import Dataset, Split, channels_last

if TYPE_CHECKING:
    from nascope.training.execution import Execution

EVALUATION_BATCH = 512


@torch.no_grad()
def evaluate(
    network: nn.Module | Execution, dataset: Dataset, split: Split, replicas: int, batch: int = EVALUATION_BATCH
) -> tuple[Tensor, Tensor]:
    """Mean cross-entropy (nats) and accuracy (%) of each replica, (replicas,) both; NaN for an empty split.

    Args:
        network: maps images (batch, replicas * channels, h, w) to logits (batch, replicas, classes) and auxiliary
            logits, which are not used.
        dataset: normalises the images.
        split: images and labels.
        replicas: number of networks side by side.
        batch: images in one pass.
    """
    network.eval()
    loss = torch.zeros(replicas, dtype=torch.float64)
    correct = torch.zeros(replicas, dtype=torch.float64)
    for start in range(0, len(split), batch):
        images = dataset.normalise(split.images[start : start + batch]).repeat(1, replicas, 1, 1)
        labels = split.labels[start : start + batch, None].expand(-1, replicas)
        logits: Tensor = network(channels_last(images))[0]
        loss += F.cross_entropy(logits.transpose(1, 2), labels, reduction="none").double().sum(dim=0).cpu()
        correct += (logits.argmax(dim=2) == labels).sum(dim=0).cpu()
    count = len(split) or float("nan")
    return loss / count, 100 * correct / count
