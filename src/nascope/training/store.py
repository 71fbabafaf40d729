"""Finished trainings, and measurements of them, one file per network."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd
from torch import Tensor

from nascope.errors import NascopeError
from nascope.hashing import content_hash
from nascope.networks.replicas import replica_state
from nascope.schemas.column import Table
from nascope.schemas.trainings import CURVES
from nascope.tables import read_table, write_table
from nascope.training.checkpoint import is_whole, load_checkpoint, save_checkpoint

log = logging.getLogger(__name__)

#: What a file of weights holds besides its format: kept states by epoch.
_SNAPSHOTS = "snapshots"


class Store:
    """A directory of tables, one per function and block of seeds that were trained side by side.

    Args:
        directory: one for each protocol, data set and version of the numbers; its name should hold their hash.
        origin: provenance written into the files.
        kind: of the tables that it holds.
    """

    def __init__(self, directory: Path, origin: Mapping[str, str], kind: Table = CURVES) -> None:
        # The whole config would make up most of each file, and there may be a million; the shards' tables have it.
        self.origin = {key: value for key, value in origin.items() if key != "config"}
        self.directory, self.kind = directory, kind

    def path(self, key: str, seeds: Sequence[int]) -> Path:
        """Where the table of a function and its block of seeds belongs."""
        name = content_hash([key, [int(seed) for seed in seeds]])
        return self.directory / name[:2] / f"{name}.parquet"

    def get(self, key: str, seeds: Sequence[int]) -> pd.DataFrame | None:
        """The stored table; None where there is none or its file is damaged (which is then removed)."""
        path = self.path(key, seeds)
        if not path.exists():
            return None
        try:
            return read_table(path, self.kind)
        except NascopeError as error:
            log.warning("%s; making it again", error)
            path.unlink()
            return None

    def put(self, key: str, seeds: Sequence[int], table: pd.DataFrame) -> None:
        """Store a table (with its ``key`` column)."""
        write_table(table, self.kind, self.path(key, seeds), self.origin)

    def checkpoint_path(self, key: str, seeds: Sequence[int]) -> Path:
        """Where the state of an unfinished training belongs."""
        return self.path(key, seeds).with_suffix(".checkpoint")

    def weights_path(self, key: str, seeds: Sequence[int]) -> Path:
        """Where the weights of a function and its block of seeds belong."""
        return self.path(key, seeds).with_suffix(".weights")

    def put_weights(self, key: str, seeds: Sequence[int], snapshots: dict[int, dict[str, Tensor]]) -> None:
        """Store states of a network by epoch, all replicas together."""
        save_checkpoint(self.weights_path(key, seeds), {_SNAPSHOTS: snapshots})

    def has_weights(self, key: str, seeds: Sequence[int]) -> bool:
        """Whether the weights of a function and its block of seeds are there and undamaged."""
        return is_whole(self.weights_path(key, seeds))

    def weights(self, plan: pd.DataFrame, key: str, seed: int) -> dict[int, dict[str, Tensor]]:
        """The kept states of one training, by epoch (see :func:`~nascope.training.snapshots.snapshot_epochs`).

        Raises:
            NascopeError: they are not there or damaged.
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
        place, count = seeds.index(seed), len(seeds)
        return {epoch: replica_state(state, place, count) for epoch, state in states[_SNAPSHOTS].items()}
