"""What all one-shot searches share: a supernet, its weights' optimiser, the loop over epochs, and checkpoints."""

from __future__ import annotations

import logging
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from tqdm import tqdm

from nascope.datasets.images import Dataset, channels_last
from nascope.errors import NascopeError
from nascope.networks import mixes
from nascope.networks.initialise import initialise
from nascope.search.one_shot.spaces import SearchedSpace
from nascope.training.batches import WEIGHTS, Batches, stream
from nascope.training.checkpoint import load_checkpoint, save_checkpoint
from nascope.training.execution import check_search_protocol, use_tf32
from nascope.training.interrupt import Interrupted, InterruptGuard
from nascope.training.optimiser import set_learning_rate, weights_sgd
from nascope.training.protocol import Protocol

log = logging.getLogger(__name__)

# Purposes of random streams, beside those of training.batches.
ALPHAS, ARCHITECTURES, PAIRING, DERIVATION, CONTROLLER = range(200, 205)
#: The benchmark's test batch, with which single candidates are scored.
SCORING_BATCH = 512
_CHECKPOINT_SECONDS = 60.0
#: Validation images are augmented independently of the training images beside them.
_VALIDATION_SEED = 2**32


class OneShotSearch(ABC):
    """One search with one seed. An algorithm says what a step does and which cell an epoch ends with.

    Args:
        dataset: training images for weights, validation images for the architecture.
        protocol: of the weights; ``cells`` counts a stage's.
        space: what is searched.
        batch_norms: how the cells' BatchNorm evaluates, ``running`` or ``batch``; a cell is derived with each.
        seed: decides everything that is random.
        device: torch device.

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

    def __init__(
        self,
        dataset: Dataset,
        protocol: Protocol,
        *,
        space: SearchedSpace,
        batch_norms: Sequence[str],
        seed: int,
        device: str = "cpu",
    ) -> None:
        if self.reads_validation and not len(dataset.valid):
            raise NascopeError(
                f"data set {dataset.name!r} has no validation images to search with: choose another split"
            )
        if self.feeds_back and len(batch_norms) > 1:
            raise NascopeError(f"{type(self).__name__} learns from evaluations: one BatchNorm mode a search")
        check_search_protocol(protocol, type(self).__name__)
        use_tf32(protocol)
        self.dataset, self.protocol, self.seed, self.space = dataset, protocol, seed, space
        self.batch_norms = tuple(batch_norms)
        self.device = torch.device(device)
        self.train_split, self.valid_split = dataset.train.to(self.device), dataset.valid.to(self.device)
        self.network = space.supernet(protocol, dataset, self.share)
        initialise(self.network, [stream(seed, WEIGHTS).initial_seed()])
        self.network.to(self.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.sgd = weights_sgd(self.network.parameters(), protocol, fused=False)
        self.epoch = self.step = 0
        self.rows: list[dict[str, Any]] = []
        self.traces: list[dict[str, Any]] = []
        self.loss_sum = 0.0

    @abstractmethod
    def train_step(self, train: tuple[Tensor, Tensor], valid: tuple[Tensor, Tensor], random: torch.Generator) -> float:
        """Update weights and architecture with a pair of batches (images, labels); the weights' loss."""

    @abstractmethod
    def derive(self, random: torch.Generator, batch_norm: str) -> list[int]:
        """Codes of the cell that the search would return now."""

    def trace(self) -> list[dict[str, Any]]:
        """What is noted of the architecture's state after an epoch, rows for ``traces``."""
        return []

    def finish_epoch(self) -> None:  # noqa: B027 - most algorithms have nothing to do
        """What an algorithm does after the last step of an epoch."""

    def parts(self) -> dict[str, Any]:
        """What a checkpoint holds, each with ``state_dict`` and ``load_state_dict``."""
        return {"network": self.network, "sgd": self.sgd}

    def run(self, checkpoint: Path | None = None, guard: InterruptGuard | None = None) -> pd.DataFrame:
        """Search to the end, from the checkpoint where there is one.

        Returns:
            A row an epoch and BatchNorm mode, from epoch 0 (before training), columns as the ``one_shot`` table
            without ``algorithm``.

        Raises:
            Interrupted: the guard received a signal; the state is in the checkpoint.
        """
        if checkpoint is not None:
            self._load(checkpoint)
        if not self.rows:
            self._record(float("nan"))
        saved = time.monotonic()
        for _ in tqdm(range(self.epoch, self.protocol.epochs), desc="epochs", mininterval=5):
            self._train_epoch(checkpoint, guard)
            self.epoch, self.step = self.epoch + 1, 0
            self._record(self.loss_sum / len(self.train_split))
            self.loss_sum = 0.0
            if checkpoint is not None and time.monotonic() - saved > _CHECKPOINT_SECONDS:
                self._save(checkpoint)
                saved = time.monotonic()
        if checkpoint is not None:
            self._save(checkpoint)
        return pd.DataFrame(self.rows)

    def _train_epoch(self, checkpoint: Path | None, guard: InterruptGuard | None) -> None:
        self.network.train()
        set_learning_rate(self.sgd, self.protocol, self.epoch)
        train = Batches(self.dataset, self.train_split, self.protocol, [self.seed], self.epoch)
        valid = _PairedBatches(self, train) if self.reads_validation else None
        while self.step < len(train):
            random = stream(self.seed, ARCHITECTURES, self.epoch, self.step)
            first = train[self.step]
            second = first if valid is None else valid[self.step]
            pair = [(batch.images, batch.labels[:, 0]) for batch in (first, second)]
            self.loss_sum += self.train_step(*pair, random) * len(pair[0][1])
            self.step += 1
            if guard is not None and guard.received is not None:
                if checkpoint is not None:
                    self._save(checkpoint)
                raise Interrupted(guard.received)
        self.finish_epoch()

    def descend(self, images: Tensor, labels: Tensor, mix: mixes.Mix) -> float:
        """One step of the weights.

        Gradients are zeroed, not dropped, as in the benchmark's code: a candidate that this step does not use still has
        its momentum and weight decay, once it has been used.
        """
        self.sgd.zero_grad(set_to_none=False)
        loss = self.loss((images, labels), mix)
        loss.backward()
        if self.protocol.gradient_clip:
            nn.utils.clip_grad_norm_(self.network.parameters(), self.protocol.gradient_clip)
        self.sgd.step()
        return float(loss.detach())

    def loss(self, batch: tuple[Tensor, Tensor], mix: mixes.Mix, network: nn.Module | None = None) -> Tensor:
        """Mean cross-entropy of a batch."""
        return F.cross_entropy((network or self.network)(channels_last(batch[0]), mix), batch[1])

    def path(self, codes: list[int]) -> mixes.Mix:
        """The mix of a single cell."""
        return mixes.Path(codes)

    @torch.no_grad()
    def score(self, codes: list[int], batch_norm: str, chosen: Tensor | None = None) -> float:
        """Accuracy (%) of a cell with the supernet's weights on some validation images (None: all), not augmented."""
        images, labels = self.valid_split.images, self.valid_split.labels
        if chosen is not None:
            images, labels = images[chosen], labels[chosen]
        hits = 0
        with self.network.evaluating(batch_norm):
            for start in range(0, len(labels), SCORING_BATCH):
                part = channels_last(self.dataset.normalise(images[start : start + SCORING_BATCH]))
                guess = self.network(part, self.path(codes)).argmax(dim=1)
                hits += int((guess == labels[start : start + SCORING_BATCH]).sum())
        return 100 * hits / len(labels)

    def best_of(self, candidates: list[list[int]], random: torch.Generator, batch_norm: str) -> list[int]:
        """The candidate with the best accuracy, each on one random batch of its own (the first of equals)."""
        count = len(self.valid_split)
        batches = (torch.randperm(count, generator=random)[:SCORING_BATCH].to(self.device) for _ in candidates)
        scores = [self.score(codes, batch_norm, chosen) for codes, chosen in zip(candidates, batches, strict=True)]
        return candidates[scores.index(max(scores))]

    def _record(self, train_loss: float) -> None:
        for batch_norm in self.batch_norms:
            codes = self.derive(stream(self.seed, DERIVATION, self.epoch), batch_norm)
            found = {
                "batch_norm": batch_norm,
                "seed": self.seed,
                "epoch": self.epoch,
                "genotype": self.space.text(codes),
            }
            proxy = self.score(codes, batch_norm) if len(self.valid_split) else float("nan")
            self.rows.append({**found, "train_loss": train_loss, "proxy_accuracy": proxy})
        self.traces += [{"seed": self.seed, "epoch": self.epoch, **row} for row in self.trace()]

    def _save(self, checkpoint: Path) -> None:
        parts = {name: part.state_dict() for name, part in self.parts().items()}
        progress = {
            "epoch": self.epoch,
            "step": self.step,
            "rows": self.rows,
            "traces": self.traces,
            "loss_sum": self.loss_sum,
        }
        save_checkpoint(checkpoint, {"parts": parts, **progress})

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


class _PairedBatches(Batches):
    """Validation images beside the training batches: uniformly at random with replacement, augmented as they are."""

    def __init__(self, search: OneShotSearch, train: Batches) -> None:
        super().__init__(
            search.dataset, search.valid_split, search.protocol, [_VALIDATION_SEED + search.seed], train.epoch
        )
        random = stream(search.seed, PAIRING, train.epoch)
        order = torch.randint(len(search.valid_split), train.order.shape, generator=random)
        self.order = order.to(train.order.device)
