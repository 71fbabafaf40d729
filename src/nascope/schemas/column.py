"""A kind of table: its columns with unit and meaning."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pyarrow as pa

ColumnType = Literal["string", "int", "float", "bool", "ints", "floats"]
_TYPES = {
    "string": pa.string(),
    "int": pa.int64(),
    "float": pa.float64(),
    "bool": pa.bool_(),
    "ints": pa.list_(pa.int64()),
    "floats": pa.list_(pa.float64()),
}


@dataclass(frozen=True)
class Column:
    """One column: its name, type, unit (empty: none) and meaning."""

    name: str
    kind: ColumnType
    unit: str
    description: str


@dataclass(frozen=True)
class Table:
    """One kind of table: its name, what a row is (completes "one row per"), and its columns."""

    name: str
    row: str
    columns: tuple[Column, ...]

    def schema(self) -> pa.Schema:
        """The Arrow schema, units and descriptions in the fields' metadata."""
        return pa.schema(
            pa.field(c.name, _TYPES[c.kind], metadata={"unit": c.unit, "description": c.description})
            for c in self.columns
        )


#: Columns that several kinds have.
KEY = Column("key", "string", "", "canonical key: equal for genotypes that compute the same function")
STUDY = Column("study", "string", "", "study that the genotype belongs to")
GENOTYPE = Column("genotype", "string", "", "genotype in the notation of its space")
SEED = Column("seed", "int", "", "seed of weights, image order and augmentation")
STATUS = Column(
    "status",
    "string",
    "",
    "ok; diverged where a loss is no longer finite; constant where the cell ignores the image and is not trained",
)
LOSS = "mean cross-entropy"


def scores(prefix: str, when: str) -> list[Column]:
    """Loss and accuracy columns of the three splits.

    Args:
        prefix: of the columns' names.
        when: the scores are taken, for the descriptions.
    """
    columns = []
    for split in ("train", "valid", "test"):
        columns.append(Column(f"{prefix}{split}_loss", "float", "nats", f"{LOSS} on the {split} images, {when}"))
        columns.append(Column(f"{prefix}{split}_accuracy", "float", "%", f"accuracy on the {split} images, {when}"))
    return columns
