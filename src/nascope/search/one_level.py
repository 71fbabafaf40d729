"""One-level search: weights and architecture parameters step on the same batch (Li et al. 2021, StacNAS)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import pandas as pd
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from tqdm import tqdm

from nascope.datasets.images import Dataset, channels_last
from nascope.errors import NascopeError
from nascope.networks.initialise import initialise
from nascope.networks.mixes import ReplicaMixture
from nascope.networks.supernet import Supernet
from nascope.spaces.complete import complete_edges
from nascope.training.batches import WEIGHTS, Batches, stream
from nascope.training.execution import check_search_protocol, use_tf32
from nascope.training.interrupt import InterruptGuard
from nascope.training.optimiser import set_learning_rate, weights_sgd
from nascope.training.protocol import Protocol
from nascope.training.trainer import clip_gradients, evaluate

_ALPHA_SCALE = 1e-3
_ALPHA_STREAM = 100


@dataclass(frozen=True)
class SearchProtocol:
    """How a supernet is built and trained.

    Attributes:
        weights: protocol of the weights; ``cells`` counts the supernet's cells.
        primitives: candidates on every edge.
        nodes: intermediate nodes a cell.
        alpha_learning_rate: Adam's rate for architecture parameters.
        alpha_weight_decay: Adam's L2 penalty on them.
    """

    weights: Protocol
    primitives: tuple[str, ...]
    nodes: int = 4
    alpha_learning_rate: float = 3e-4
    alpha_weight_decay: float = 1e-3

    @classmethod
    def from_config(cls, name: str, values: Mapping[str, Any]) -> SearchProtocol:
        """Build from a config entry.

        Raises:
            NascopeError: an unknown or missing key.
        """
        unknown = set(values) - {field.name for field in fields(cls)}
        if unknown or "weights" not in values or "primitives" not in values:
            raise NascopeError(
                f"search protocol {name!r}: unknown keys {sorted(unknown)}, or weights or primitives missing"
            )
        parts = {**values, "weights": Protocol.from_config(name, values["weights"])}
        return cls(**{**parts, "primitives": tuple(values["primitives"])})


class MixedSupernet(Supernet):
    """A supernet whose replicas each have architecture parameters of their own, and mix by their softmax.

    Args:
        primitives: candidates on every edge.
        nodes: intermediate nodes a cell.
        **shape: see :class:`Supernet`.
    """

    def __init__(self, primitives: Sequence[str], *, nodes: int = 4, **shape: int) -> None:
        edges = len(complete_edges(nodes))
        super().__init__(dict.fromkeys(("normal", "reduce"), [tuple(primitives)] * edges), **shape)
        self.primitives = tuple(primitives)
        # Edges of normal cells, then those of reduction cells.
        self.alphas = nn.Parameter(torch.zeros(self.replicas, 2 * edges, len(self.primitives)))

    def weights(self) -> list[nn.Parameter]:
        """All parameters but the architecture's."""
        return [parameter for name, parameter in self.named_parameters() if name != "alphas"]

    def forward(self, x: Tensor, drop_path: None = None) -> tuple[Tensor, None]:
        """(batch, replicas * in_channels, h, w) to logits (batch, replicas, classes); no auxiliary head."""
        return super().forward(x, ReplicaMixture(self.alphas.softmax(dim=-1))), None


@dataclass(frozen=True)
class SearchResult:
    """A trained supernet and what happened on the way (``supernet_curves`` and ``alphas`` tables)."""

    supernet: MixedSupernet
    curves: pd.DataFrame
    alphas: pd.DataFrame


def search(dataset: Dataset, protocol: SearchProtocol, seeds: Sequence[int], *, device: str = "cpu") -> SearchResult:
    """Train one supernet a seed, side by side.

    Args:
        dataset: images; the training split serves weights and architecture alike.
        protocol: how.
        seeds: one a replica.
        device: torch device.

    Raises:
        NascopeError: the weights' protocol is not one of a supernet.
        Interrupted: a signal came; nothing is saved, the search starts again.
    """
    check_search_protocol(protocol.weights, "search protocol")
    use_tf32(protocol.weights)
    supernet = _build(dataset, protocol, seeds, device)
    optimisers = _optimisers(supernet, protocol)
    train, test = (split.to(torch.device(device)) for split in (dataset.train, dataset.test))
    curves: list[dict[str, Any]] = []
    alphas = _alpha_rows(supernet, seeds, 0)
    with InterruptGuard() as guard:
        for epoch in tqdm(range(protocol.weights.epochs), desc="epochs", mininterval=5):
            batches = Batches(dataset, train, protocol.weights, seeds, epoch)
            loss, hits = _train_epoch(supernet, optimisers, batches, guard)
            _, accuracy = evaluate(supernet, dataset, test, len(seeds))
            for replica, seed in enumerate(seeds):
                scores = {"train_loss": float(loss[replica]), "train_accuracy": 100 * float(hits[replica])}
                curves.append({"seed": seed, "epoch": epoch + 1, **scores, "test_accuracy": float(accuracy[replica])})
            alphas += _alpha_rows(supernet, seeds, epoch + 1)
    return SearchResult(supernet, pd.DataFrame(curves), pd.DataFrame(alphas))


def _optimisers(supernet: MixedSupernet, protocol: SearchProtocol) -> tuple[torch.optim.SGD, torch.optim.Adam]:
    sgd = weights_sgd(supernet.weights(), protocol.weights)
    rate, decay = protocol.alpha_learning_rate, protocol.alpha_weight_decay
    return sgd, torch.optim.Adam([supernet.alphas], lr=rate, betas=(0.5, 0.999), weight_decay=decay)


def _train_epoch(
    supernet: MixedSupernet,
    optimisers: tuple[torch.optim.SGD, torch.optim.Adam],
    batches: Batches,
    guard: InterruptGuard,
) -> tuple[Tensor, Tensor]:
    """One pass; mean loss and share of hits of each replica, (replicas,)."""
    supernet.train()
    sgd, _ = optimisers
    set_learning_rate(sgd, batches.protocol, batches.epoch)
    sums = torch.zeros(3, supernet.replicas, dtype=torch.float64)
    for step in range(len(batches)):
        batch = batches[step]
        logits, _ = supernet(channels_last(batch.images))
        losses = F.cross_entropy(logits.transpose(1, 2), batch.labels, reduction="none")
        for optimiser in optimisers:
            optimiser.zero_grad()
        losses.mean(dim=0).sum().backward()
        clip_gradients(supernet.weights(), batches.protocol.gradient_clip, supernet.replicas)
        for optimiser in optimisers:
            optimiser.step()
        hits = (logits.argmax(dim=2) == batch.labels).sum(dim=0)
        sums += torch.stack([losses.detach().sum(dim=0), hits, torch.full_like(hits, len(losses))]).cpu()
        guard.check()
    return sums[0] / sums[2], sums[1] / sums[2]


def _build(dataset: Dataset, protocol: SearchProtocol, seeds: Sequence[int], device: str) -> MixedSupernet:
    supernet = MixedSupernet(
        protocol.primitives,
        nodes=protocol.nodes,
        channels=protocol.weights.channels,
        layers=protocol.weights.cells,
        classes=dataset.classes,
        in_channels=dataset.channels,
        replicas=len(seeds),
    )
    initialise(supernet, [stream(seed, WEIGHTS).initial_seed() for seed in seeds])
    with torch.no_grad():
        for replica, seed in enumerate(seeds):
            start = torch.randn(supernet.alphas.shape[1:], generator=stream(seed, _ALPHA_STREAM))
            supernet.alphas[replica] = _ALPHA_SCALE * start
    return supernet.to(torch.device(device), memory_format=torch.channels_last)  # type: ignore[call-overload]


def _alpha_rows(supernet: MixedSupernet, seeds: Sequence[int], epoch: int) -> list[dict[str, Any]]:
    rows = []
    edges = supernet.alphas.shape[1] // 2
    for replica, seed in enumerate(seeds):
        for number, logits in enumerate(supernet.alphas[replica].tolist()):
            place = {"cell_type": ("normal", "reduce")[number // edges], "edge": number % edges}
            for operator, value in zip(supernet.primitives, logits, strict=True):
                rows.append({"seed": seed, "epoch": epoch, **place, "operator": operator, "alpha": value})
    return rows
