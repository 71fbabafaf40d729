"""The training loop, top to bottom: one genotype, several seeds in one network, curves out."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from nascope.datasets.images import Dataset, Split, channels_last
from nascope.networks.droppath import DropPath
from nascope.networks.initialise import initialise
from nascope.networks.skeletons import build_network
from nascope.spaces import Genotype, NasBench201Cell
from nascope.training.batches import DROP_PATH, WEIGHTS, Batch, Batches, stream
from nascope.training.checkpoint import load_checkpoint, save_checkpoint
from nascope.training.execution import Execution
from nascope.training.interrupt import Interrupted, InterruptGuard
from nascope.training.optimiser import set_learning_rate, weights_sgd
from nascope.training.protocol import Protocol

log = logging.getLogger(__name__)

_EVALUATION_BATCH = 512
_FRUGAL_EVALUATION_BATCH = 64
_CHECKPOINT_SECONDS = 60.0
_SNAPSHOTS = 10


def snapshot_epochs(epochs: int) -> tuple[int, ...]:
    """Epochs after which weights are kept: before training, evenly through it (at most ten more), and at its end."""
    count = min(_SNAPSHOTS, epochs)
    return tuple(round(epochs * part / count) for part in range(count + 1))


class Trainer:
    """Trains one genotype with one seed a replica; ``run`` gives its curves.

    Args:
        genotype: what to train.
        dataset: images; moved to ``device`` once.
        protocol: how.
        seeds: one a replica; a seed decides weights, order, augmentation and drop-path.
        device: torch device.
        checkpoint: where to keep the state of an unfinished training (None: nowhere).
        guard: asked after each step whether the job should stop (None: never).
        keep_weights: copy the network's state at :func:`snapshot_epochs` into ``snapshots``, by epoch.
        frugal: train the same with less memory and more time, see :class:`Execution`; evaluate in smaller batches.
    """

    def __init__(
        self,
        genotype: Genotype | NasBench201Cell,
        dataset: Dataset,
        protocol: Protocol,
        seeds: Sequence[int],
        *,
        device: str = "cpu",
        checkpoint: Path | None = None,
        guard: InterruptGuard | None = None,
        keep_weights: bool = False,
        frugal: bool = False,
    ) -> None:
        self.dataset, self.protocol, self.seeds = dataset, protocol, tuple(seeds)
        self.kept_epochs = snapshot_epochs(protocol.epochs) if keep_weights else ()
        self.snapshots: dict[int, dict[str, Tensor]] = {}
        self.checkpoint, self.guard = checkpoint, guard
        self.device = torch.device(device)
        both = dataset.train.join(dataset.valid) if protocol.train_on == "train+valid" else dataset.train
        self.train_split = both.to(self.device)
        self.held = {"valid": dataset.valid.to(self.device), "test": dataset.test.to(self.device)}
        self.network = build_network(
            genotype,
            channels=protocol.channels,
            cells=protocol.cells,
            classes=dataset.classes,
            in_channels=dataset.channels,
            auxiliary=protocol.auxiliary_weight > 0,
            stem_stride=protocol.stem_stride,
            replicas=len(self.seeds),
        )
        initialise(self.network, [stream(seed, WEIGHTS).initial_seed() for seed in self.seeds])
        self.execution = Execution(self.network, protocol, self.device, frugal=frugal)
        self.evaluation_batch = _FRUGAL_EVALUATION_BATCH if frugal else _EVALUATION_BATCH
        self.optimiser = weights_sgd(self.network.parameters(), protocol)
        self.rows: list[dict[str, Any]] = []
        self.epoch = self.step = 0
        self.sums = torch.zeros(3, len(self.seeds), dtype=torch.float64)  # loss, correct, images
        self._saved_at = time.monotonic()

    def run(self) -> pd.DataFrame:
        """Train to the end, from the checkpoint where there is one.

        Returns:
            A row an epoch and seed, columns as the ``curves`` table without its keys. A replica whose loss is
            no longer finite has status ``diverged`` from that epoch on; when all have, training stops.

        Raises:
            Interrupted: the guard received a signal; the state is in the checkpoint.
        """
        self._resume()
        self._take_snapshot()
        while self.epoch < self.protocol.epochs and not self._all_diverged():
            self._train_epoch()
            self._record()
            self.epoch, self.step = self.epoch + 1, 0
            self.sums.zero_()
            self._take_snapshot()
        return pd.DataFrame(self.rows)

    def _train_epoch(self) -> None:
        self.network.train()
        set_learning_rate(self.optimiser, self.protocol, self.epoch)
        batches = Batches(self.dataset, self.train_split, self.protocol, self.seeds, self.epoch)
        for batch in batches.from_step(self.step):
            self._train_step(batch)
            self.step += 1
            self._maybe_stop()

    def _maybe_stop(self) -> None:
        """Save when the last checkpoint is old; save and leave when a signal has come."""
        if time.monotonic() - self._saved_at > _CHECKPOINT_SECONDS:
            self._save()
        if self.guard is not None:
            try:
                self.guard.check()
            except Interrupted:
                self._save()
                raise

    def _train_step(self, batch: Batch) -> None:
        logits, auxiliary = self.execution(batch.images, self._drop_path())
        loss = self._loss(logits, batch)
        objective = loss
        if auxiliary is not None:
            objective = loss + self.protocol.auxiliary_weight * self._loss(auxiliary, batch)
        self.optimiser.zero_grad()
        objective.sum().backward()
        clip_gradients(self.network.parameters(), self.protocol.gradient_clip, len(self.seeds))
        self.optimiser.step()
        with torch.no_grad():
            guess = logits.argmax(dim=2)
            hit = batch.mix * (guess == batch.labels) + (1 - batch.mix) * (guess == batch.other_labels)
            count = torch.full_like(loss, len(guess))
            self.sums += torch.stack([loss * len(guess), hit.sum(dim=0), count]).to("cpu", torch.float64)

    def _loss(self, logits: Tensor, batch: Batch) -> Tensor:
        loss = self._cross_entropy(logits, batch.labels)
        if self.protocol.mixup:
            loss = batch.mix * loss + (1 - batch.mix) * self._cross_entropy(logits, batch.other_labels)
        return loss

    def _cross_entropy(self, logits: Tensor, labels: Tensor) -> Tensor:
        """Mean cross-entropy of each replica, (replicas,)."""
        smoothing = self.protocol.label_smoothing
        losses = F.cross_entropy(logits.transpose(1, 2), labels, reduction="none", label_smoothing=smoothing)
        return losses.mean(dim=0)

    def _drop_path(self) -> DropPath | None:
        probability = self.protocol.drop_path_at(self.epoch)
        if not probability:
            return None
        return DropPath(probability, [stream(seed, DROP_PATH, self.epoch, self.step) for seed in self.seeds])

    def _record(self) -> None:
        train_loss, train_correct, images = self.sums
        how = {"replicas": len(self.seeds), "batch": self.evaluation_batch}
        scores = {name: evaluate(self.execution, self.dataset, split, **how) for name, split in self.held.items()}
        for replica, seed in enumerate(self.seeds):
            loss = float(train_loss[replica] / images[replica])
            row = {
                "seed": seed,
                "epoch": self.epoch + 1,
                "learning_rate": self.protocol.learning_rate_at(self.epoch),
                "train_loss": loss,
                "train_accuracy": float(100 * train_correct[replica] / images[replica]),
            }
            for name, (losses, accuracies) in scores.items():
                row[f"{name}_loss"], row[f"{name}_accuracy"] = (
                    float(losses[replica]),
                    float(accuracies[replica]),
                )
            finite = math.isfinite(row["train_loss"]) and math.isfinite(row["test_loss"])
            row["status"] = "ok" if finite else "diverged"
            self.rows.append(row)

    def _all_diverged(self) -> bool:
        last = self.rows[-len(self.seeds) :]
        return bool(last) and all(row["status"] == "diverged" for row in last)

    def _take_snapshot(self) -> None:
        if self.epoch in self.kept_epochs and self.step == 0:
            state = self.network.state_dict()
            self.snapshots[self.epoch] = {name: value.detach().cpu().clone() for name, value in state.items()}

    def _save(self) -> None:
        self._saved_at = time.monotonic()
        if self.checkpoint is None:
            return
        state = {
            "network": self.network.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "epoch": self.epoch,
            "step": self.step,
            "sums": self.sums,
            "rows": self.rows,
            "snapshots": self.snapshots,
        }
        save_checkpoint(self.checkpoint, state)

    def _resume(self) -> None:
        state = load_checkpoint(self.checkpoint) if self.checkpoint is not None else None
        if state is None:
            return
        self.network.load_state_dict(state["network"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.epoch, self.step, self.sums = state["epoch"], state["step"], state["sums"]
        self.rows, self.snapshots = state["rows"], state["snapshots"]
        log.info("resumed at epoch %d, step %d", self.epoch + 1, self.step)


@torch.no_grad()
def evaluate(
    network: nn.Module | Execution, dataset: Dataset, split: Split, replicas: int, batch: int = _EVALUATION_BATCH
) -> tuple[Tensor, Tensor]:
    """Mean cross-entropy and accuracy in percent of each replica, (replicas,); NaN for an empty split."""
    network.eval()
    loss = torch.zeros(replicas, dtype=torch.float64)
    correct = torch.zeros(replicas, dtype=torch.float64)
    for start in range(0, len(split), batch):
        images = dataset.normalise(split.images[start : start + batch]).repeat(1, replicas, 1, 1)
        labels = split.labels[start : start + batch, None].expand(-1, replicas)
        logits, _ = network(channels_last(images))
        loss += F.cross_entropy(logits.transpose(1, 2), labels, reduction="none").double().sum(dim=0).cpu()
        correct += (logits.argmax(dim=2) == labels).sum(dim=0).cpu()
    count = len(split) or float("nan")
    return loss / count, 100 * correct / count


def clip_gradients(parameters: Iterable[nn.Parameter], limit: float, replicas: int) -> None:
    """Scale each replica's gradient to a norm of at most ``limit`` (0: leave it), as ``clip_grad_norm_`` does."""
    if not limit:
        return
    # Views of the leading dimension only: in channels_last memory a gradient cannot be flattened in place.
    parts = [p.grad.unflatten(0, (replicas, -1)) for p in parameters if p.grad is not None]
    norms = torch.stack([torch.linalg.vector_norm(part, dim=tuple(range(1, part.ndim))) for part in parts]).norm(dim=0)
    scale = (limit / (norms + 1e-6)).clamp(max=1.0)
    if bool((scale < 1).any()):
        for part in parts:
            part.mul_(scale.view(-1, *[1] * (part.ndim - 1)))
