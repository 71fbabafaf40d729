"""What all one-shot searches share: a supernet, its weights' optimiser, the loop over epochs, and checkpoints."""

from __future__ import annotations

import logging
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from tqdm import tqdm

from nascope.datasets.images import Dataset, channels_last
from nascope.errors import NascopeError
from nascope.networks import nasbench201_supernet as supernets
from nascope.networks.initialise import initialise
from nascope.spaces.nasbench201 import PRIMITIVES, NasBench201Cell, edges_of
from nascope.training.batches import WEIGHTS, Batches, stream
from nascope.training.checkpoint import load_checkpoint, save_checkpoint
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
        nodes: nodes of a cell.
        batch_norms: how the cells' BatchNorm evaluates, ``running`` or ``batch``; a cell is derived with each.
        seed: decides everything that is random.
        device: torch device.

    Raises:
        NascopeError: the data set has no validation images, or the algorithm trains with one BatchNorm mode only.
    """

    #: Whether training looks at evaluations, so that the BatchNorm mode decides it.
    feeds_back = False

    def __init__(
        self,
        dataset: Dataset,
        protocol: Protocol,
        *,
        nodes: int,
        batch_norms: Sequence[str],
        seed: int,
        device: str = "cpu",
    ) -> None:
        if not len(dataset.valid):
            raise NascopeError(
                f"data set {dataset.name!r} has no validation images to search with: choose another split"
            )
        if self.feeds_back and len(batch_norms) > 1:
            raise NascopeError(f"{type(self).__name__} learns from evaluations: one BatchNorm mode a search")
        self.dataset, self.protocol, self.seed, self.nodes = dataset, protocol, seed, nodes
        self.batch_norms = tuple(batch_norms)
        self.device = torch.device(device)
        self.train_split, self.valid_split = dataset.train.to(self.device), dataset.valid.to(self.device)
        shape = {"channels": protocol.channels, "cells": protocol.cells, "classes": dataset.classes}
        self.network = supernets.NasBench201Supernet(nodes, **shape, in_channels=dataset.channels)
        initialise(self.network, [stream(seed, WEIGHTS).initial_seed()])
        self.network.to(self.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.sgd = weights_sgd(self.network.parameters(), protocol, fused=False)
        self.edges = len(edges_of(nodes))
        self.epoch = self.step = 0
        self.rows: list[dict[str, Any]] = []
        self.loss_sum = 0.0

    @abstractmethod
    def train_step(self, train: tuple[Tensor, Tensor], valid: tuple[Tensor, Tensor], random: torch.Generator) -> float:
        """Update weights and architecture with a pair of batches (images, labels); the weights' loss."""

    @abstractmethod
    def derive(self, random: torch.Generator, batch_norm: str) -> list[int]:
        """The cell that the search would return now, an index of ``PRIMITIVES`` for each edge."""

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
        valid = _PairedBatches(self, train)
        while self.step < len(train):
            random = stream(self.seed, ARCHITECTURES, self.epoch, self.step)
            pair = [(batch.images, batch.labels[:, 0]) for batch in (train[self.step], valid[self.step])]
            self.loss_sum += self.train_step(*pair, random) * len(pair[0][1])
            self.step += 1
            if guard is not None and guard.received is not None:
                if checkpoint is not None:
                    self._save(checkpoint)
                raise Interrupted(guard.received)
        self.finish_epoch()

    def descend(self, images: Tensor, labels: Tensor, mix: supernets.Mix) -> float:
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

    def loss(self, batch: tuple[Tensor, Tensor], mix: supernets.Mix, network: nn.Module | None = None) -> Tensor:
        """Mean cross-entropy of a batch."""
        return F.cross_entropy((network or self.network)(channels_last(batch[0]), mix), batch[1])

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
                guess = self.network(part, supernets.Path(codes)).argmax(dim=1)
                hits += int((guess == labels[start : start + SCORING_BATCH]).sum())
        return 100 * hits / len(labels)

    def best_of(self, candidates: list[list[int]], random: torch.Generator, batch_norm: str) -> list[int]:
        """The candidate with the best accuracy, each on one random batch of its own (the first of equals)."""
        count = len(self.valid_split)
        batches = (torch.randperm(count, generator=random)[:SCORING_BATCH].to(self.device) for _ in candidates)
        scores = [self.score(codes, batch_norm, chosen) for codes, chosen in zip(candidates, batches, strict=True)]
        return candidates[scores.index(max(scores))]

    def random_codes(self, random: torch.Generator) -> list[int]:
        """A cell uniformly at random."""
        return torch.randint(len(PRIMITIVES), (self.edges,), generator=random).tolist()

    def _record(self, train_loss: float) -> None:
        for batch_norm in self.batch_norms:
            codes = self.derive(stream(self.seed, DERIVATION, self.epoch), batch_norm)
            cell = NasBench201Cell(tuple(PRIMITIVES[code] for code in codes))
            found = {"batch_norm": batch_norm, "seed": self.seed, "epoch": self.epoch, "genotype": str(cell)}
            proxy = self.score(codes, batch_norm)
            self.rows.append({**found, "train_loss": train_loss, "proxy_accuracy": proxy})

    def _save(self, checkpoint: Path) -> None:
        parts = {name: part.state_dict() for name, part in self.parts().items()}
        progress = {"epoch": self.epoch, "step": self.step, "rows": self.rows, "loss_sum": self.loss_sum}
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
        self.loss_sum = state["loss_sum"]
        log.info("resumed at epoch %d, step %d", self.epoch + 1, self.step)


class AlphaSearch(OneShotSearch):
    """A search with architecture parameters: logits of shape (edges, primitives), stepped by Adam.

    Args:
        dataset: see :class:`OneShotSearch`, as the other arguments that are not named here.
        protocol: of the weights.
        alpha_learning_rate: Adam's rate.
        alpha_weight_decay: Adam's L2 penalty.
        **shared: see :class:`OneShotSearch`.
    """

    def __init__(
        self,
        dataset: Dataset,
        protocol: Protocol,
        *,
        alpha_learning_rate: float = 3e-4,
        alpha_weight_decay: float = 1e-3,
        **shared: Any,  # noqa: ANN401
    ) -> None:
        super().__init__(dataset, protocol, **shared)
        start = 1e-3 * torch.randn(self.edges, len(PRIMITIVES), generator=stream(self.seed, ALPHAS))
        self.alphas = nn.Parameter(start.to(self.device))
        how = {"lr": alpha_learning_rate, "betas": (0.5, 0.999), "weight_decay": alpha_weight_decay}
        self.adam = torch.optim.Adam([self.alphas], **how)

    def parts(self) -> dict[str, Any]:
        """See :meth:`OneShotSearch.parts`."""
        return {**super().parts(), "adam": self.adam, "alphas": _Holder(self.alphas)}

    def descend_alphas(self, gradient: Tensor) -> None:
        """One step of the architecture parameters."""
        self.alphas.grad = gradient
        self.adam.step()

    def derive(self, random: torch.Generator, batch_norm: str) -> list[int]:
        """The strongest primitive of each edge, ``none`` too."""
        return self.alphas.argmax(dim=1).tolist()


class _Holder:
    """A tensor as a part of a checkpoint."""

    def __init__(self, tensor: Tensor) -> None:
        self.tensor = tensor

    def state_dict(self) -> dict[str, Tensor]:
        return {"value": self.tensor.detach()}

    def load_state_dict(self, state: Mapping[str, Tensor]) -> None:
        with torch.no_grad():
            self.tensor.copy_(state["value"])


class _PairedBatches(Batches):
    """Validation images beside the training batches: uniformly at random with replacement, augmented as they are."""

    def __init__(self, search: OneShotSearch, train: Batches) -> None:
        super().__init__(
            search.dataset, search.valid_split, search.protocol, [_VALIDATION_SEED + search.seed], train.epoch
        )
        random = stream(search.seed, PAIRING, train.epoch)
        order = torch.randint(len(search.valid_split), train.order.shape, generator=random)
        self.order = order.to(train.order.device)
