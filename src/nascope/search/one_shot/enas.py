"""ENAS (Pham et al. 2018): a recurrent controller proposes cells, rewarded by their accuracy with shared weights."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from nascope.datasets.images import Dataset
from nascope.networks.mixes import Path
from nascope.search.one_shot.base import CONTROLLER, OneShotSearch
from nascope.spaces.nasbench201 import PRIMITIVES
from nascope.training.batches import Batches, stream
from nascope.training.protocol import Protocol

_CLIP = 5.0


class Controller(nn.Module):
    """Two LSTM layers that emit one operation an edge, each fed the operation before.

    Args:
        edges: operations to emit.
        hidden: units of a layer.
        temperature: logits are divided by it,
        tanh_constant: then squashed into plus or minus this.
        random: for the initial weights, uniform in +-0.1.
    """

    def __init__(
        self,
        edges: int,
        *,
        hidden: int = 32,
        temperature: float = 5.0,
        tanh_constant: float = 2.5,
        random: torch.Generator,
    ) -> None:
        super().__init__()
        self.edges, self.temperature, self.tanh_constant = edges, temperature, tanh_constant
        self.start = nn.Parameter(torch.empty(1, 1, hidden))
        self.lstm = nn.LSTM(hidden, hidden, num_layers=2)
        self.embedding = nn.Embedding(len(PRIMITIVES), hidden)
        self.head = nn.Linear(hidden, len(PRIMITIVES))
        with torch.no_grad():
            for parameter in self.parameters():
                parameter.uniform_(-0.1, 0.1, generator=random)

    def forward(self, random: torch.Generator) -> tuple[list[int], Tensor, Tensor]:
        """A cell, its log probability and the sum of its edges' entropies."""
        inputs, state = self.start, None
        codes, log_probability, entropy = [], torch.zeros(()), torch.zeros(())
        for _ in range(self.edges):
            outputs, state = self.lstm(inputs, state)
            logits = self.tanh_constant * torch.tanh(self.head(outputs.view(-1)) / self.temperature)
            choice = torch.multinomial(logits.detach().softmax(dim=0), 1, generator=random)
            log_probabilities = logits.log_softmax(dim=0)
            log_probability = log_probability + log_probabilities[choice[0]]
            entropy = entropy - (log_probabilities.exp() * log_probabilities).sum()
            inputs = self.embedding(choice).view(1, 1, -1)
            codes.append(int(choice))
        return codes, log_probability, entropy


class ENAS(OneShotSearch):
    """Weights train on the controller's samples; after each epoch the controller trains on their accuracies.

    Args:
        dataset: see :class:`OneShotSearch`.
        protocol: of the weights.
        controller_learning_rate: Adam's rate for the controller.
        controller_steps: its steps an epoch,
        aggregated: each with the mean gradient of so many samples.
        entropy_weight: of the entropy in the reward.
        baseline_decay: of the moving average of rewards.
        candidates: samples that are compared after an epoch,
        final_candidates: and after the last one.
        as_coded: the published script's baseline: in the first epoch a sample's own accuracy, later one step from the
            last epoch's baseline towards the sample's own reward, and entropies are differentiated as part of the
            reward. False: a moving average over samples, and the reward is a number.
        **shared: see :class:`OneShotSearch`.
    """

    feeds_back = True

    def __init__(
        self,
        dataset: Dataset,
        protocol: Protocol,
        *,
        controller_learning_rate: float = 1e-3,
        controller_steps: int = 50,
        aggregated: int = 20,
        entropy_weight: float = 1e-4,
        baseline_decay: float = 0.99,
        candidates: int = 10,
        final_candidates: int = 100,
        as_coded: bool = False,
        **shared: Any,  # noqa: ANN401
    ) -> None:
        super().__init__(dataset, protocol, **shared)
        # The controller is tiny and sequential: it stays on the CPU.
        self.controller = Controller(len(self.space.choices), random=stream(self.seed, CONTROLLER))
        how = {"lr": controller_learning_rate, "betas": (0.0, 0.999), "eps": 1e-3}
        self.adam = torch.optim.Adam(self.controller.parameters(), **how)
        self.controller_steps, self.aggregated = controller_steps, aggregated
        self.candidates, self.final_candidates = candidates, final_candidates
        self.reward = Reward(entropy_weight, baseline_decay, as_coded)

    def parts(self) -> dict[str, Any]:
        """See :meth:`OneShotSearch.parts`."""
        return {**super().parts(), "controller": self.controller, "adam": self.adam, "reward": self.reward}

    @torch.no_grad()
    def sample(self, random: torch.Generator) -> list[int]:
        """A cell of the controller's."""
        return self.controller(random)[0]

    def train_step(self, train: tuple[Tensor, Tensor], valid: tuple[Tensor, Tensor], random: torch.Generator) -> float:
        """See :meth:`OneShotSearch.train_step`; the architecture waits for the end of the epoch."""
        return self.descend(*train, Path(self.sample(random)))

    def finish_epoch(self) -> None:
        """Train the controller on validation batches, augmented as training images are."""
        random = stream(self.seed, CONTROLLER, self.epoch + 1)
        batches = Batches(self.dataset, self.valid_split, self.protocol, [self.seed], self.epoch)
        with self.network.evaluating(self.batch_norms[0]):
            self._train_controller(batches, random)
        self.reward.finish_epoch()

    def _train_controller(self, batches: Batches, random: torch.Generator) -> None:
        for step in range(self.controller_steps):
            self.adam.zero_grad()
            for number in range(self.aggregated):
                batch = batches[(step * self.aggregated + number) % len(batches)]
                codes, log_probability, entropy = self.controller(random)
                with torch.no_grad():
                    guess = self.network(batch.images, Path(codes)).argmax(dim=1)
                    accuracy = float((guess == batch.labels[:, 0]).double().mean())
                advantage = self.reward.advantage(accuracy, entropy)
                (-log_probability * advantage / self.aggregated).backward()
            nn.utils.clip_grad_norm_(self.controller.parameters(), _CLIP)
            self.adam.step()

    def derive(self, random: torch.Generator, batch_norm: str) -> list[int]:
        """See :meth:`OneShotSearch.derive`."""
        last = self.epoch == self.protocol.epochs
        count = self.final_candidates if last else self.candidates
        return self.best_of([self.sample(random) for _ in range(count)], random, batch_norm)


class Reward:
    """Accuracy and entropy above a baseline; see :class:`ENAS` for the two ways."""

    def __init__(self, entropy_weight: float, decay: float, as_coded: bool) -> None:
        self.entropy_weight, self.decay, self.as_coded = entropy_weight, decay, as_coded
        self.baseline: float | None = None
        self.last: float | None = None

    def advantage(self, accuracy: float, entropy: Tensor) -> Tensor:
        """Reward minus baseline of a sample; ``accuracy`` as a fraction."""
        reward = accuracy + self.entropy_weight * (entropy if self.as_coded else entropy.detach())
        if self.baseline is None:
            baseline = torch.tensor(accuracy) if self.as_coded else reward
        else:
            baseline = self.baseline - (1 - self.decay) * (self.baseline - reward)
        self.last = float(baseline.detach())
        if not self.as_coded:
            self.baseline = self.last
        return reward - baseline

    def finish_epoch(self) -> None:
        """As coded the baseline changes here only."""
        self.baseline = self.last

    def state_dict(self) -> dict[str, float | None]:
        """For a checkpoint."""
        return {"baseline": self.baseline, "last": self.last}

    def load_state_dict(self, state: dict[str, float | None]) -> None:
        """From a checkpoint."""
        self.baseline, self.last = state["baseline"], state["last"]
