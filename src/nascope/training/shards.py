"""Running a shard: train what the store does not hold yet, then hand out the shard's curves."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import torch
from torch import Tensor
from tqdm import tqdm

from nascope.datasets.images import Dataset
from nascope.errors import NascopeError
from nascope.networks.replicas import replica_state
from nascope.provenance import content_hash
from nascope.spaces import Genotype, NasBench201Cell, parse_genotype
from nascope.tables import empty_table, read_table, write_table
from nascope.training.checkpoint import load_checkpoint, save_checkpoint
from nascope.training.constant import constant_curves, ignores_images
from nascope.training.interrupt import InterruptGuard
from nascope.training.protocol import Protocol
from nascope.training.trainer import Trainer

log = logging.getLogger(__name__)


class Store:
    """Finished trainings of one protocol, data set and version of the code (or measurements of them): a file a network.

    Args:
        directory: one for each (protocol, data set, code); its name should hold their hash.
        origin: provenance written into the files.
        kind: what tables it holds.
    """

    def __init__(self, directory: Path, origin: dict[str, str], kind: str = "curves") -> None:
        # The whole config would be most of each of a million files; the shards' tables have it.
        self.origin = {key: value for key, value in origin.items() if key != "config"}
        self.directory, self.kind = directory, kind

    def path(self, key: str, seeds: list[int]) -> Path:
        """Where the table of a function and its block of seeds belong."""
        name = content_hash([key, [int(seed) for seed in seeds]])
        return self.directory / name[:2] / f"{name}.parquet"

    def get(self, key: str, seeds: list[int]) -> pd.DataFrame | None:
        """The stored table; None where there are none or the file is damaged (it is then removed)."""
        path = self.path(key, seeds)
        if not path.exists():
            return None
        try:
            return read_table(path, self.kind)
        except NascopeError as error:
            log.warning("%s; making it again", error)
            path.unlink()
            return None

    def put(self, key: str, seeds: list[int], table: pd.DataFrame) -> None:
        """Store a table (with its ``key`` column)."""
        write_table(table, self.kind, self.path(key, seeds), self.origin)

    def weights_path(self, key: str, seeds: list[int]) -> Path:
        """Where the weights of a function and its block of seeds belong."""
        return self.path(key, seeds).with_suffix(".weights")

    def weights(self, plan: pd.DataFrame, key: str, seed: int) -> dict[int, dict[str, Tensor]]:
        """The kept states of one training, by epoch (see ``snapshot_epochs``).

        Raises:
            NascopeError: they are not there or unreadable.
        """
        row = next(row for row in plan.itertuples() if row.key == key and seed in row.seeds)
        seeds = [int(known) for known in row.seeds]
        path = self.weights_path(key, seeds)
        states = load_checkpoint(path)
        if states is None:
            raise NascopeError(
                f"the weights of {row.representative}, seed {seed}, are no longer in {path}; train them again "
                "with --forcerun train"
            )
        return {
            epoch: replica_state(state, seeds.index(seed), len(seeds)) for epoch, state in states["snapshots"].items()
        }


def run_shard(
    plan: pd.DataFrame,
    dataset_loader: Callable[[], Dataset],
    protocol: Protocol,
    store: Store,
    *,
    device: str = "cpu",
) -> pd.DataFrame:
    """Train the networks of a plan that the store lacks and return all their curves, in the plan's order.

    Networks that ignore the image are answered without training.

    Args:
        plan: rows of a ``plan`` table.
        dataset_loader: loads the images; called only if something has to be trained.
        protocol: how to train.
        store: finished trainings; checkpoints of unfinished ones lie beside them.
        device: torch device.

    Raises:
        Interrupted: a signal came; finished trainings and the unfinished one's state are saved.
    """
    rows = plan.itertuples()
    wanted = [(row.key, [int(seed) for seed in row.seeds], row.representative, row.weights) for row in rows]
    stored = [store.get(key, seeds) for key, seeds, _, _ in wanted]
    missing = [place for place, curves in enumerate(stored) if curves is None or _lacks_weights(store, *wanted[place])]
    log.info("%d networks, %d of them stored already", len(wanted), len(wanted) - len(missing))
    if missing:
        dataset = dataset_loader()
        with InterruptGuard() as guard:
            for place in tqdm(missing, desc="networks", mininterval=5):
                key, seeds, representative, keep = wanted[place]
                genotype = parse_genotype(representative)
                if ignores_images(genotype):
                    store.put(key, seeds, constant_curves(dataset, protocol, seeds).assign(key=key))
                else:
                    checkpoint = store.path(key, seeds).with_suffix(".checkpoint")
                    how = {"device": device, "checkpoint": checkpoint, "guard": guard, "keep_weights": keep}
                    curves, snapshots = train(genotype, dataset, protocol, seeds, **how)
                    if keep:
                        save_checkpoint(store.weights_path(key, seeds), {"snapshots": snapshots})
                    store.put(key, seeds, curves.assign(key=key))
                    checkpoint.unlink(missing_ok=True)
                stored[place] = store.get(key, seeds)
    return pd.concat(stored, ignore_index=True) if stored else empty_table("curves")


def train(
    genotype: Genotype | NasBench201Cell,
    dataset: Dataset,
    protocol: Protocol,
    seeds: Sequence[int],
    **how: Any,  # noqa: ANN401
) -> tuple[pd.DataFrame, dict[int, dict[str, Tensor]]]:
    """Curves and snapshots of a :class:`Trainer`; where its memory does not suffice, of a frugal one.

    A smaller part of the batch at a time would change BatchNorm's statistics, and with them the result; what a frugal
    trainer does not keep, it computes again.

    Raises:
        NascopeError: the frugal one has not enough memory either.
        Interrupted: a signal came; the state is in the checkpoint.
    """
    shortage = ""
    for frugal in (False, True):
        try:
            trainer = Trainer(genotype, dataset, protocol, seeds, **how, frugal=frugal)
            return trainer.run(), trainer.snapshots
        except torch.OutOfMemoryError as error:
            shortage = str(error)
        # Out of the except block, so that the traceback no longer holds the tensors.
        trainer = None
        torch.cuda.empty_cache()
        log.warning("out of memory (%s)%s", shortage, "" if frugal else "; going on with cells computed twice")
    raise NascopeError(
        f"{genotype}: the device's memory does not suffice, not even with cells computed twice ({shortage}); lower "
        "replicas or batch_size in the protocol, or use a larger GPU"
    )


def _lacks_weights(store: Store, key: str, seeds: list[int], representative: str, keep: bool) -> bool:
    return keep and not store.weights_path(key, seeds).exists() and not ignores_images(parse_genotype(representative))
