"""Running a shard: train what the store does not hold yet, then hand out the shard's curves."""

from __future__ import annotations

import gc
import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import torch
from torch import Tensor
from tqdm import tqdm

from nascope.datasets.images import Dataset
from nascope.errors import NascopeError
from nascope.memory import lacks_memory
from nascope.schemas.trainings import CURVES
from nascope.spaces.genotype import Genotype
from nascope.spaces.nasbench201 import NasBench201Cell
from nascope.spaces.stored import stored_genotype
from nascope.tables import empty_table
from nascope.training.constant import constant_curves, ignores_images
from nascope.training.interrupt import Guard, InterruptGuard
from nascope.training.protocol import Protocol
from nascope.training.store import Store
from nascope.training.trainer import Trainer

log = logging.getLogger(__name__)


class _Network(NamedTuple):
    """A row of a plan: a function, the seeds that are trained side by side, and whether their weights are kept."""

    key: str
    seeds: list[int]
    genotype: Genotype | NasBench201Cell
    weights: bool


def run_shard(
    plan: pd.DataFrame,
    dataset_loader: Callable[[], Dataset],
    protocol: Protocol,
    store: Store,
    *,
    device: str = "cpu",
) -> pd.DataFrame:
    """Train the networks of a plan that the store lacks and return all their curves, in the plan's order.

    Networks that ignore the image are not trained; their curves are known.

    Args:
        plan: rows of a ``plan`` table.
        dataset_loader: loads the images; called only if something has to be trained.
        protocol: how to train.
        store: finished trainings; checkpoints of unfinished ones lie beside them.
        device: torch device.

    Raises:
        Interrupted: a signal was received; finished trainings and the unfinished one's state are saved.
    """
    networks = [
        _Network(row.key, [int(seed) for seed in row.seeds], stored_genotype(row.representative), bool(row.weights))
        for row in plan.itertuples()
    ]
    stored = [store.get(network.key, network.seeds) for network in networks]
    missing = [
        place for place, network in enumerate(networks) if stored[place] is None or _lacks_weights(store, network)
    ]
    log.info("%d networks, %d of them stored already", len(networks), len(networks) - len(missing))
    if missing:
        dataset = dataset_loader()
        with InterruptGuard() as guard:
            for place in tqdm(missing, desc="networks", mininterval=5):
                _make(networks[place], dataset, protocol, store, device, guard)
                stored[place] = store.get(networks[place].key, networks[place].seeds)
    return pd.concat(stored, ignore_index=True) if stored else empty_table(CURVES)


def _lacks_weights(store: Store, network: _Network) -> bool:
    return (
        network.weights and not store.has_weights(network.key, network.seeds) and not ignores_images(network.genotype)
    )


def _make(
    network: _Network, dataset: Dataset, protocol: Protocol, store: Store, device: str, guard: InterruptGuard
) -> None:
    """Put a network's curves, and its weights where they are kept, into the store."""
    key, seeds, genotype, keep_weights = network
    if ignores_images(genotype):
        store.put(key, seeds, constant_curves(dataset, protocol, seeds).assign(key=key))
        return
    checkpoint = store.checkpoint_path(key, seeds)
    curves, snapshots = train(
        *(genotype, dataset, protocol, seeds),
        device=device,
        checkpoint=checkpoint,
        guard=guard,
        keep_weights=keep_weights,
    )
    if keep_weights:
        store.put_weights(key, seeds, snapshots)
    store.put(key, seeds, curves.assign(key=key))
    checkpoint.unlink(missing_ok=True)


def train(
    genotype: Genotype | NasBench201Cell,
    dataset: Dataset,
    protocol: Protocol,
    seeds: Sequence[int],
    *,
    device: str = "cpu",
    checkpoint: Path | None = None,
    guard: Guard | None = None,
    keep_weights: bool = False,
) -> tuple[pd.DataFrame, dict[int, dict[str, Tensor]]]:
    """Curves and snapshots of a :class:`Trainer`; if it runs out of memory, those of a frugal one.

    A smaller part of the batch at a time would change BatchNorm's statistics, and with them the result; what a frugal
    trainer does not keep, it computes again. Arguments are those of :class:`Trainer`.

    Raises:
        NascopeError: the frugal one runs out of memory, too.
        Interrupted: a signal was received; the state is in the checkpoint.
    """
    shortage = ""
    for frugal in (False, True):
        trainer: Trainer | None = None
        try:
            trainer = Trainer(
                *(genotype, dataset, protocol, seeds),
                device=device,
                checkpoint=checkpoint,
                guard=guard,
                keep_weights=keep_weights,
                frugal=frugal,
            )
            return trainer.run(), trainer.snapshots
        except (RuntimeError, MemoryError) as error:
            if not lacks_memory(error):
                raise
            shortage = str(error) or type(error).__name__
        # Out of the except block, so that the traceback no longer holds the tensors.
        trainer = None
        gc.collect()
        torch.cuda.empty_cache()
        log.warning("out of memory (%s)%s", shortage, "" if frugal else "; going on with cells computed twice")
    raise NascopeError(
        f"{genotype}: the device does not have enough memory, not even with cells computed twice ({shortage}); lower "
        "replicas or batch_size in the protocol, or use a larger GPU"
    )
