"""REINFORCE (Williams 1992) over independent softmax policies, one per edge, as in NAS-Bench-201's code."""

from __future__ import annotations

import numpy as np

from nascope.config.section import PositiveFloat
from nascope.search.environment import Session
from nascope.spaces.nasbench201 import PRIMITIVES

#: Picked among six rates by comparing with the published means; the published scripts say 0.5 (docs/methods.md).
LEARNING_RATE = 0.1
BASELINE_MOMENTUM = 0.9
_INITIAL_SCALE = 1e-3


def reinforce(session: Session, *, learning_rate: PositiveFloat = LEARNING_RATE) -> None:
    """Spend the session's budget; the sample that exceeds it counts too, as in the published code.

    The reward is the accuracy in percent; the baseline is an exponential moving average that includes it already.

    Args:
        session: the search.
        learning_rate: Adam's.
    """
    edges = session.task.codes.shape[1]
    logits = _INITIAL_SCALE * session.rng.standard_normal((edges, len(PRIMITIVES)))
    adam = Adam(logits.shape, learning_rate)
    numerator = denominator = 0.0
    while session.clock < session.task.budget:
        probabilities = softmax(logits)
        draws = session.rng.random((edges, 1))
        code = (probabilities.cumsum(axis=1) < draws).sum(axis=1).clip(max=len(PRIMITIVES) - 1)
        reward = session.evaluate(session.task.index(code))
        numerator = BASELINE_MOMENTUM * numerator + (1 - BASELINE_MOMENTUM) * reward
        denominator = BASELINE_MOMENTUM * denominator + (1 - BASELINE_MOMENTUM)
        logits += adam.step(policy_gradient(probabilities, code, reward - numerator / denominator))


def policy_gradient(probabilities: np.ndarray, code: np.ndarray, advantage: float) -> np.ndarray:
    """Gradient of ``-sum_e log p_e(code_e) * advantage`` in the logits, (edges, primitives)."""
    gradient = probabilities.copy()
    gradient[np.arange(len(code)), code] -= 1
    return advantage * gradient


def softmax(logits: np.ndarray) -> np.ndarray:
    """Softmax over the last axis."""
    shifted = np.exp(logits - logits.max(axis=-1, keepdims=True))
    normed: np.ndarray = shifted / shifted.sum(axis=-1, keepdims=True)
    return normed


class Adam:
    """Adam (Kingma & Ba 2015) with PyTorch's defaults, for arrays too small for torch."""

    def __init__(self, shape: tuple[int, ...], rate: float) -> None:
        self.rate, self.time = rate, 0
        self.first, self.second = np.zeros(shape), np.zeros(shape)

    def step(self, gradient: np.ndarray) -> np.ndarray:
        """The change of the parameters for a gradient."""
        self.time += 1
        self.first += 0.1 * (gradient - self.first)
        self.second += 0.001 * (gradient**2 - self.second)
        mean, square = self.first / (1 - 0.9**self.time), self.second / (1 - 0.999**self.time)
        return -self.rate * mean / (np.sqrt(square) + 1e-8)
