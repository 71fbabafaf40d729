"""The training loop, top to bottom: one genotype, several seeds in one network, curves out."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import torch
from torch import Tensor

from nascope.datasets.images import Dataset
from nascope.networks.droppath import DropPath
from nascope.networks.initialise import initialise
from nascope.networks.skeletons import build_network
from nascope.spaces.genotype import Genotype
from nascope.spaces.nasbench201 import NasBench201Cell
from nascope.training.batches import DROP_PATH, WEIGHTS, Batch, Batches, stream
from nascope.training.checkpoint import load_checkpoint, save_checkpoint
from nascope.training.evaluate import EVALUATION_BATCH, evaluate
from nascope.training.execution import Execution
from nascope.training.interrupt import Guard, Interrupted
from nascope.training.loss import batch_hits, batch_loss
from nascope.training.optimiser import clip_gradients, set_learning_rate, weights_sgd
from nascope.training.protocol import Protocol
from nascope.training.snapshots import snapshot_epochs

log = logging.getLogger(__name__)

_FRUGAL_EVALUATION_BATCH = 64
_CHECKPOINT_SECONDS = 60.0


class Trainer:
    """Trains one genotype with one seed per replica; ``run`` gives its curves.

    Args:
        genotype: what to train.
        dataset: images; moved to ``device`` once.
        protocol: how.
        seeds: one per replica; a seed decides weights, order, augmentation and drop-path.
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
        guard: Guard | None = None,
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
            pool_norm=protocol.pool_norm,
            replicas=len(self.seeds),
        )
        initialise(self.network, [stream(seed, WEIGHTS).initial_seed() for seed in self.seeds])
        self.execution = Execution(self.network, protocol, self.device, frugal=frugal)
        self.evaluation_batch = _FRUGAL_EVALUATION_BATCH if frugal else EVALUATION_BATCH
        self.optimiser = weights_sgd(self.network.parameters(), protocol)
        self.rows: list[dict[str, Any]] = []
        self.epoch = self.step = 0
        # Loss, correct and images of the epoch, on the device: reading them at each step would wait for it.
        self.sums = torch.zeros(3, len(self.seeds), dtype=torch.float64, device=self.device)
        self._saved_at = time.monotonic()

    def run(self) -> pd.DataFrame:
        """Train to the end, from the checkpoint where there is one.

        Returns:
            One row per epoch and seed, columns as the ``curves`` table without its keys. A replica whose loss is
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
        loss = batch_loss(logits, batch, self.protocol)
        objective = loss
        if auxiliary is not None:
            objective = loss + self.protocol.auxiliary_weight * batch_loss(auxiliary, batch, self.protocol)
        self.optimiser.zero_grad()
        torch.autograd.backward(objective.sum())
        clip_gradients(self.network.parameters(), self.protocol.gradient_clip, len(self.seeds))
        self.optimiser.step()
        with torch.no_grad():
            count = torch.full_like(loss, len(logits))
            sums = torch.stack([loss * len(logits), batch_hits(logits, batch), count])
            self.sums += sums.double()

    def _drop_path(self) -> DropPath | None:
        probability = self.protocol.drop_path_at(self.epoch)
        if not probability:
            return None
        return DropPath(probability, [stream(seed, DROP_PATH, self.epoch, self.step) for seed in self.seeds])

    def _record(self) -> None:
        """Add a row per seed: running means of the epoch on the training images, scores now on the others."""
        train_loss, train_correct, images = self.sums.cpu()
        scores = {"train": (train_loss / images, 100 * train_correct / images)}
        for name, split in self.held.items():
            scores[name] = evaluate(self.execution, self.dataset, split, len(self.seeds), self.evaluation_batch)
        rate = self.protocol.learning_rate_at(self.epoch)
        for replica, seed in enumerate(self.seeds):
            row: dict[str, Any] = {"seed": seed, "epoch": self.epoch + 1, "learning_rate": rate}
            for name, (losses, accuracies) in scores.items():
                row |= {f"{name}_loss": float(losses[replica]), f"{name}_accuracy": float(accuracies[replica])}
            finite = math.isfinite(row["train_loss"]) and math.isfinite(row["test_loss"])
            self.rows.append({**row, "status": "ok" if finite else "diverged"})

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
        self.epoch, self.step, self.sums = state["epoch"], state["step"], state["sums"].to(self.device)
        self.rows, self.snapshots = state["rows"], state["snapshots"]
        log.info("resumed at epoch %d, step %d", self.epoch + 1, self.step)
