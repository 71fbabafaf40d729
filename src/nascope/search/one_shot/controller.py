"""ENAS's controller, and the reward that it learns from (Pham et al. 2018)."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from nascope.spaces.nasbench201 import PRIMITIVES

_NARROW = ("start", "lstm.weight_ih_l0", "lstm.weight_hh_l0", "embedding.weight", "head.weight")


class Controller(nn.Module):
    """Two LSTM layers that emit one operation per edge, each fed the operation before.

    Args:
        edges: operations to emit.
        hidden: units of a layer.
        temperature: logits are divided by it,
        tanh_constant: then squashed into plus or minus this.
        random: for the initial weights. As in NAS-Bench-201's code, uniform in +-0.1 for :data:`_NARROW`; the second
            layer and all biases keep PyTorch's default, uniform in +-1/sqrt(hidden).
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
            for name, parameter in self.named_parameters():
                bound = 0.1 if name in _NARROW else hidden**-0.5
                parameter.uniform_(-bound, bound, generator=random)

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


class Reward:
    """Accuracy and entropy above a baseline.

    Args:
        entropy_weight: weight of the entropy in the reward.
        decay: decay of the moving average of rewards.
        as_coded: which of the two baselines of :class:`~nascope.search.one_shot.enas.ENAS`.
    """

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
