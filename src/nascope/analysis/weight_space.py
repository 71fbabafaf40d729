"""A network as a function of its parameters: loss, gradient and Hessian at many points side by side.

A point is a vector of all parameters of one network, in the order of ``named_parameters``. Several points are held in
one network with as many replicas, so that they are computed in one pass.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from nascope.datasets.images import channels_last

#: Images in one pass over all points, so that memory does not grow with the data set.
_IMAGES = 500


class WeightSpace:
    """The parameter space of a trained network.

    Args:
        network: the same architecture with ``points`` replicas, without auxiliary head.
        state: parameters and buffers of one trained replica (:func:`nascope.networks.replicas.replica_state`).
        points: replicas of ``network``.
        batch_statistics: let BatchNorm normalise with the statistics of the images at hand instead of the running
            estimates of the training.
    """

    def __init__(
        self, network: nn.Module, state: Mapping[str, Tensor], points: int, *, batch_statistics: bool = False
    ) -> None:
        self.points = points
        self.network = network.train(batch_statistics)
        repeated = {name: value if value.ndim == 0 else torch.cat([value] * points) for name, value in state.items()}
        self.network.load_state_dict(repeated)
        self.shapes = {name: state[name].shape for name, _ in network.named_parameters()}
        self.centre = self.vector(state)

    def vector(self, state: Mapping[str, Tensor]) -> Tensor:
        """A state's parameters as a vector, (parameters,)."""
        device = next(self.network.parameters()).device
        return torch.cat([state[name].flatten() for name in self.shapes]).to(device)

    def split(self, vector: Tensor) -> Iterator[tuple[str, Tensor]]:
        """A vector's parameters by name, each in its shape."""
        sizes = [shape.numel() for shape in self.shapes.values()]
        for (name, shape), part in zip(self.shapes.items(), torch.split(vector, sizes), strict=True):
            yield name, part.view(shape)

    @torch.no_grad()
    def place(self, vectors: Tensor) -> None:
        """Put the replicas at points, (points, parameters), or all at one point, (parameters,)."""
        start = 0
        vectors = vectors.expand(self.points, -1)
        for parameter in self.network.parameters():
            size = parameter.numel() // self.points
            parameter.copy_(vectors[:, start : start + size].reshape(parameter.shape))
            start += size

    def scores(self, images: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        """Mean cross-entropy (nats) and accuracy (%) at each point, (points,).

        Args:
            images: normalised, (images, channels, height, width).
            labels: (images,).
        """
        loss = torch.zeros(self.points, dtype=torch.float64)
        correct = torch.zeros(self.points, dtype=torch.float64)
        with torch.no_grad():
            for some, some_labels in _chunks(images, labels):
                logits = self._logits(some.repeat(1, self.points, 1, 1))
                answers = some_labels[:, None].expand(-1, self.points)
                loss += _losses(logits, answers).sum(dim=0).to("cpu", torch.float64)
                correct += (logits.argmax(dim=2) == answers).sum(dim=0).cpu()
        return loss / len(labels), 100 * correct / len(labels)

    def gradients(self, images: Tensor, labels: Tensor) -> Tensor:
        """Gradient of the mean loss over each point's own images, (points, parameters).

        Args:
            images: (images, points * channels, height, width), the channels of one point after those of another.
            labels: (images, points).
        """
        loss = _losses(self._logits(images), labels).mean(dim=0).sum()
        return self._join(torch.autograd.grad(loss, list(self.network.parameters()), materialize_grads=True))

    def hessian_products(self, images: Tensor, labels: Tensor, vectors: Tensor) -> Tensor:
        """Hessian of the mean loss at each point times a vector, (points, parameters) both.

        Args:
            images: (images, channels, height, width), the same for all points.
            labels: (images,).
            vectors: one per point.
        """
        total = torch.zeros_like(vectors)
        parameters = list(self.network.parameters())
        for some, some_labels in _chunks(images, labels):
            logits = self._logits(some.repeat(1, self.points, 1, 1))
            loss = _losses(logits, some_labels[:, None].expand(-1, self.points)).sum()
            slopes = torch.autograd.grad(loss, parameters, create_graph=True, materialize_grads=True)
            along = (self._join(slopes) * vectors).sum()
            total += self._join(torch.autograd.grad(along, parameters, materialize_grads=True))
        return total / len(labels)

    def _logits(self, images: Tensor) -> Tensor:
        logits: Tensor = self.network(channels_last(images))[0]
        return logits

    def _join(self, parts: tuple[Tensor, ...]) -> Tensor:
        return torch.cat([part.reshape(self.points, -1) for part in parts], dim=1)


def _chunks(images: Tensor, labels: Tensor) -> Iterator[tuple[Tensor, Tensor]]:
    return zip(torch.split(images, _IMAGES), torch.split(labels, _IMAGES), strict=True)


def _losses(logits: Tensor, labels: Tensor) -> Tensor:
    """Cross-entropy of each image at each point, (images, points)."""
    return F.cross_entropy(logits.transpose(1, 2), labels, reduction="none")
