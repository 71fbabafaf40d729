"""ENAS (Pham et al. 2018): a recurrent controller proposes cells, rewarded by their accuracy with shared weights."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import torch
from torch import nn

from nascope.config.section import NaturalFloat, Positive, PositiveFloat, Share
from nascope.datasets.images import channels_last
from nascope.errors import NascopeError
from nascope.networks.mixes import Codes, Path
from nascope.search.one_shot.base import Labelled, OneShotSearch
from nascope.search.one_shot.controller import Controller, Reward
from nascope.search.one_shot.pairing import endless_batches
from nascope.search.one_shot.setup import SearchSetup
from nascope.search.one_shot.streams import CONTROLLER
from nascope.training.batches import Batch, stream

_CLIP = 5.0


class ENAS(OneShotSearch):
    """Weights train on the controller's samples; after each epoch the controller trains on their accuracies.

    Args:
        setup: see :class:`OneShotSearch`.
        controller_learning_rate: Adam's rate for the controller.
        controller_steps: its steps per epoch,
        aggregated: each with the mean gradient of so many samples.
        entropy_weight: weight of the entropy in the reward.
        baseline_decay: decay of the moving average of rewards.
        candidates: samples that are compared after an epoch,
        final_candidates: and after the last one.
        as_coded: True: the published script's baseline. In the first epoch it is a sample's own accuracy, later one
            step from the last epoch's baseline towards the sample's own reward; entropies are differentiated as part
            of the reward. False: the baseline is a moving average over samples, and the reward is a number.

    Raises:
        NascopeError: see :class:`OneShotSearch`; also where there is a single validation image.
    """

    feeds_back = True

    def __init__(
        self,
        setup: SearchSetup,
        *,
        controller_learning_rate: PositiveFloat = 1e-3,
        controller_steps: Positive = 50,
        aggregated: Positive = 20,
        entropy_weight: NaturalFloat = 1e-4,
        baseline_decay: Share = 0.99,
        candidates: Positive = 10,
        final_candidates: Positive = 100,
        as_coded: bool = False,
    ) -> None:
        super().__init__(setup)
        if len(self.valid_split) < 2:
            name = setup.dataset.name
            raise NascopeError(f"data set {name!r}: one validation image makes no batch for ENAS: choose another split")
        # The controller is tiny and sequential: it stays on the CPU.
        self.controller = Controller(len(self.space.choices), random=stream(self.seed, CONTROLLER))
        self.adam = torch.optim.Adam(
            self.controller.parameters(), lr=controller_learning_rate, betas=(0.0, 0.999), eps=1e-3
        )
        self.controller_steps, self.aggregated = controller_steps, aggregated
        self.candidates, self.final_candidates = candidates, final_candidates
        self.reward = Reward(entropy_weight, baseline_decay, as_coded)

    def parts(self) -> dict[str, Any]:
        """See :meth:`OneShotSearch.parts`."""
        return {**super().parts(), "controller": self.controller, "adam": self.adam, "reward": self.reward}

    @torch.no_grad()
    def sample(self, random: torch.Generator) -> list[int]:
        """A cell of the controller's."""
        codes: list[int] = self.controller(random)[0]
        return codes

    def train_step(self, train: Labelled, valid: Labelled, random: torch.Generator) -> float:
        """See :meth:`OneShotSearch.train_step`; the architecture waits for the end of the epoch."""
        return self.descend(*train, Path(self.sample(random)))

    def finish_epoch(self) -> None:
        """Train the controller on validation batches, augmented as training images are."""
        random = stream(self.seed, CONTROLLER, self.epoch + 1)
        with self.network.evaluating(self.batch_norms[0]):
            self._train_controller(self._batches(random), random)
        self.reward.finish_epoch()

    def _train_controller(self, batches: Iterator[Batch], random: torch.Generator) -> None:
        for _ in range(self.controller_steps):
            self.adam.zero_grad()
            for batch in itertools.islice(batches, self.aggregated):
                codes, log_probability, entropy = self.controller(random)
                advantage = self.reward.advantage(self._accuracy(codes, batch), entropy)
                torch.autograd.backward(-log_probability * advantage / self.aggregated)
            nn.utils.clip_grad_norm_(self.controller.parameters(), _CLIP)
            self.adam.step()

    def derive(self, random: torch.Generator, batch_norm: str) -> Codes:
        """The best of some samples, each on another batch like those that the controller learns from.

        The published script loads validation images with the batch size and the augmentation of training.
        """
        last = self.epoch == self.protocol.epochs
        count = self.final_candidates if last else self.candidates
        batches = self._batches(random)
        cells = [self.sample(random) for _ in range(count)]
        with self.network.evaluating(batch_norm):
            scores = [self._accuracy(codes, batch) for codes, batch in zip(cells, batches, strict=False)]
        return cells[scores.index(max(scores))]

    def _batches(self, random: torch.Generator) -> Iterator[Batch]:
        return endless_batches(self.dataset, self.valid_split, self.protocol, random)

    @torch.no_grad()
    def _accuracy(self, codes: list[int], batch: Batch) -> float:
        """Accuracy (a fraction) of a cell on a batch, by the supernet as it evaluates now."""
        guess = self.network(channels_last(batch.images), Path(codes)).argmax(dim=1)
        return float((guess == batch.labels[:, 0]).double().mean())
