"""What all one-shot searches share: a supernet, its weights' optimiser, the loop over epochs, and checkpoints."""

from __future__ import annotations

import logging
import time
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any

import pandas as pd
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from tqdm import tqdm

from nascope.datasets.images import channels_last
from nascope.errors import NascopeError
from nascope.networks import mixes
from nascope.networks.initialise import initialise
from nascope.search.one_shot.pairing import PairedBatches
from nascope.search.one_shot.scoring import Scorer
from nascope.search.one_shot.setup import SearchSetup
from nascope.search.one_shot.streams import ARCHITECTURES, DERIVATION
from nascope.training.batches import WEIGHTS, Batch, Batches, stream
from nascope.training.checkpoint import load_checkpoint, save_checkpoint
from nascope.training.execution import check_search_protocol, use_tf32
from nascope.training.interrupt import InterruptGuard
from nascope.training.optimiser import set_learning_rate, weights_sgd

log = logging.getLogger(__name__)

_CHECKPOINT_SECONDS = 60.0
#: Images and labels of a batch.
Labelled = tuple[Tensor, Tensor]


class OneShotSearch(ABC):
    """One search with one seed. An algorithm says what a step does and which cell an epoch ends with.

    Settings of an algorithm are keyword-only parameters of its class, and of the classes between it and this one.

    Args:
        setup: images, protocol, space, BatchNorm modes, seed and device.

    Raises:
        NascopeError: the data set has no validation images, the algorithm trains with one BatchNorm mode only, or the
            protocol is not one of a supernet.
    """

    #: Whether training looks at evaluations, so that the BatchNorm mode decides it.
    feeds_back = False
    #: Whether steps look at validation images.
    reads_validation = True
    #: The supernet's candidates see one of so many channels.
    share = 1

    def __init__(self, setup: SearchSetup) -> None:
        dataset, protocol, name = setup.dataset, setup.protocol, type(self).__name__
        if self.reads_validation and not len(dataset.valid):
            raise NascopeError(
                f"data set {dataset.name!r} has no validation images to search with: choose another split"
            )
        if self.feeds_back and len(setup.batch_norms) > 1:
            raise NascopeError(f"{name} learns from evaluations: give it one BatchNorm mode per search")
        check_search_protocol(protocol, name)
        use_tf32(protocol)
        self.dataset, self.protocol, self.seed, self.space = dataset, protocol, setup.seed, setup.space
        self.batch_norms, self.device = setup.batch_norms, torch.device(setup.device)
        self.train_split, self.valid_split = dataset.train.to(self.device), dataset.valid.to(self.device)
        self.network = setup.space.supernet(protocol, dataset, self.share)
        initialise(self.network, [stream(self.seed, WEIGHTS).initial_seed()])
        self.network.to(self.device).to(memory_format=torch.channels_last)
        self.sgd = weights_sgd(self.network.parameters(), protocol, fused=False)
        self.scorer = Scorer(self.network, dataset, self.valid_split, self.path)
        self.epoch = self.step = 0
        self.rows: list[dict[str, Any]] = []
        self.traces: list[dict[str, Any]] = []
        self.loss_sum = 0.0
        self._saved_at = time.monotonic()

    @abstractmethod
    def train_step(self, train: Labelled, valid: Labelled, random: torch.Generator) -> float:
        """Update weights and architecture with a pair of batches; the weights' mean loss."""

    @abstractmethod
    def derive(self, random: torch.Generator, batch_norm: str) -> mixes.Codes:
        """Codes of the cell that the search would return now."""

    def trace(self) -> list[dict[str, Any]]:
        """What is noted of the architecture's state after an epoch, as rows for ``traces``."""
        return []

    def finish_epoch(self) -> None:  # noqa: B027 - most algorithms have nothing to do
        """What an algorithm does after the last step of an epoch."""

    def path(self, codes: mixes.Codes) -> mixes.Mix:
        """The mix of a single cell."""
        return mixes.Path(codes)

    def parts(self) -> dict[str, Any]:
        """What a checkpoint holds, each with ``state_dict`` and ``load_state_dict``."""
        return {"network": self.network, "sgd": self.sgd}

    def run(self, checkpoint: Path | None = None, guard: InterruptGuard | None = None) -> pd.DataFrame:
        """Search to the end, from the checkpoint where there is one.

        Args:
            checkpoint: where the state is kept: while the search runs, and at its end (None: nowhere).
            guard: asked after each step whether the job should stop (None: never).

        Returns:
            One row per epoch and BatchNorm mode, from epoch 0 (before training), with the columns of a ``one_shot``
            table but ``algorithm``.

        Raises:
            Interrupted: the guard received a signal; the state is in the checkpoint.
        """
        if checkpoint is not None:
            self._load(checkpoint)
        if not self.rows:
            self._record(float("nan"))
        for _ in tqdm(range(self.epoch, self.protocol.epochs), desc="epochs", mininterval=5):
            self._train_epoch(checkpoint, guard)
            self.epoch, self.step = self.epoch + 1, 0
            self._record(self.loss_sum / len(self.train_split))
            self.loss_sum = 0.0
        if checkpoint is not None:
            self._save(checkpoint)
        return pd.DataFrame(self.rows)

    def _train_epoch(self, checkpoint: Path | None, guard: InterruptGuard | None) -> None:
        self.network.train()
        set_learning_rate(self.sgd, self.protocol, self.epoch)
        train = Batches(self.dataset, self.train_split, self.protocol, [self.seed], self.epoch)
        valid = PairedBatches(self.valid_split, train, self.seed) if self.reads_validation else train
        while self.step < len(train):
            random = stream(self.seed, ARCHITECTURES, self.epoch, self.step)
            first = train[self.step]
            second = first if valid is train else valid[self.step]
            self.loss_sum += self.train_step(_labelled(first), _labelled(second), random) * len(first.labels)
            self.step += 1
            self._maybe_stop(checkpoint, guard)
        self.finish_epoch()

    def _maybe_stop(self, checkpoint: Path | None, guard: InterruptGuard | None) -> None:
        """Save when the last checkpoint is old; save and leave when a signal has come."""
        stopping = guard is not None and guard.received is not None
        if checkpoint is not None and (stopping or time.monotonic() - self._saved_at > _CHECKPOINT_SECONDS):
            self._save(checkpoint)
        if guard is not None:
            guard.check()

    def descend(self, images: Tensor, labels: Tensor, mix: mixes.Mix) -> float:
        """One step of the weights; their mean loss before it.

        Gradients are zeroed, not dropped, as in the benchmark's code: a candidate that this step does not use still has
        its momentum and weight decay, once it has been used.
        """
        self.sgd.zero_grad(set_to_none=False)
        loss = self.loss((images, labels), mix)
        torch.autograd.backward(loss)
        if self.protocol.gradient_clip:
            nn.utils.clip_grad_norm_(self.network.parameters(), self.protocol.gradient_clip)
        self.sgd.step()
        return float(loss.detach())

    def loss(self, batch: Labelled, mix: mixes.Mix, network: nn.Module | None = None) -> Tensor:
        """Mean cross-entropy of a batch."""
        return F.cross_entropy((network or self.network)(channels_last(batch[0]), mix), batch[1])

    def _record(self, train_loss: float) -> None:
        for batch_norm in self.batch_norms:
            codes = self.derive(stream(self.seed, DERIVATION, self.epoch), batch_norm)
            proxy = self.scorer.score(codes, batch_norm) if len(self.valid_split) else float("nan")
            self.rows.append(
                {
                    "batch_norm": batch_norm,
                    "seed": self.seed,
                    "epoch": self.epoch,
                    "genotype": self.space.text(codes),
                    "train_loss": train_loss,
                    "proxy_accuracy": proxy,
                }
            )
        self.traces += [{"seed": self.seed, "epoch": self.epoch, **row} for row in self.trace()]

    def _save(self, checkpoint: Path) -> None:
        self._saved_at = time.monotonic()
        state = {
            "parts": {name: part.state_dict() for name, part in self.parts().items()},
            "epoch": self.epoch,
            "step": self.step,
            "rows": self.rows,
            "traces": self.traces,
            "loss_sum": self.loss_sum,
        }
        save_checkpoint(checkpoint, state)

    def _load(self, checkpoint: Path) -> None:
        state = load_checkpoint(checkpoint)
        if state is None:
            return
        for name, part in self.parts().items():
            part.load_state_dict(state["parts"][name])
        for parameter in self.network.parameters():
            if parameter in self.sgd.state:  # it has been used: see descend
                parameter.grad = torch.zeros_like(parameter)
        self.epoch, self.step, self.rows = state["epoch"], state["step"], state["rows"]
        self.traces, self.loss_sum = state["traces"], state["loss_sum"]
        log.info("resumed at epoch %d, step %d", self.epoch + 1, self.step)


def _labelled(batch: Batch) -> Labelled:
    return batch.images, batch.labels[:, 0]
