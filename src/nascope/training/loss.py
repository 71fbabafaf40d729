"""What a training step minimises, and how many images it gets right."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional as F

from nascope.training.batches import Batch
from nascope.training.protocol import Protocol


def batch_loss(logits: Tensor, batch: Batch, protocol: Protocol) -> Tensor:
    """Mean cross-entropy of each replica with the protocol's label smoothing and mixup, (replicas,).

    Args:
        logits: (batch, replicas, classes).
        batch: labels, and with mixup those that are mixed in.
        protocol: label smoothing and mixup.
    """
    loss = _cross_entropy(logits, batch.labels, protocol.label_smoothing)
    if not protocol.mixup:
        return loss
    return batch.mix * loss + (1 - batch.mix) * _cross_entropy(logits, batch.other_labels, protocol.label_smoothing)


def batch_hits(logits: Tensor, batch: Batch) -> Tensor:
    """Correctly classified images of each replica, (replicas,); with mixup each label counts by its weight."""
    guess = logits.argmax(dim=2)
    hits = batch.mix * (guess == batch.labels) + (1 - batch.mix) * (guess == batch.other_labels)
    return hits.sum(dim=0)


def _cross_entropy(logits: Tensor, labels: Tensor, smoothing: float) -> Tensor:
    losses = F.cross_entropy(logits.transpose(1, 2), labels, reduction="none", label_smoothing=smoothing)
    return losses.mean(dim=0)
