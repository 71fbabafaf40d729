"""Loading parts by name, and finding the data files that modules declare.

Registries name their parts by strings, so that what a job depends on starts at the part it uses and not at everything
that could have been chosen (see :mod:`nascope.workflow.versions`).
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any


def load(spec: str) -> Any:  # noqa: ANN401 - whatever stands there
    """The object that ``"package.module:name"`` names."""
    module, _, name = spec.partition(":")
    return getattr(import_module(module), name)


def module_of(spec: str) -> str:
    """The module of ``"package.module:name"``."""
    return spec.partition(":")[0]


def data_file(module_file: str, name: str) -> Path:
    """A file beside a module, read by it: ``data_file(__file__, "published.csv")``.

    The name has to be a literal: versions of code read it from the source and count the file's content.
    """
    return Path(module_file).parent / name


#: Interchangeable parts by name, each as ``"package.module:name"``. Versions of code leave a registry's entries out: a
#: job's version starts at the part that it uses.
Registry = dict[str, str]
