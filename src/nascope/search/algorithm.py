"""A search algorithm as a job runs it: its name, where it is, and its settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nascope.loading import load
from nascope.search.settings import check_settings


@dataclass(frozen=True)
class Algorithm:
    """A search algorithm with its settings.

    Attributes:
        name: as configurations and tables have it.
        spec: where its function or class is, ``"package.module:name"``.
        settings: of its own.
        number: of its random numbers: sample-based runs of two algorithms draw different ones.
    """

    name: str
    spec: str
    settings: Mapping[str, Any]
    number: int = 0

    def load(self) -> Any:  # noqa: ANN401 - a function or a class, see the registries
        """The function or class.

        Raises:
            NascopeError: a setting that it does not have, lacks, or has with a value of another type.
        """
        check_settings(self.name, self.spec, self.settings)
        return load(self.spec)
