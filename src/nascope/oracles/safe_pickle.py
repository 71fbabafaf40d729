"""Reading pickles that hold plain containers only; anything that could run code is refused."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

from nascope.errors import NascopeError


class _PlainUnpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:  # noqa: ANN401
        raise pickle.UnpicklingError(f"it wants to load {module}.{name}")


def load_plain(path: Path) -> Any:  # noqa: ANN401 - whatever the file holds
    """Load dictionaries, lists, strings and numbers.

    Raises:
        NascopeError: no such file, a truncated one, or one that names any class or function.
    """
    try:
        with path.open("rb") as file:
            return _PlainUnpickler(file).load()
    except FileNotFoundError:
        raise NascopeError(f"{path}: no such file; is the package that ships it completely installed?") from None
    except (pickle.UnpicklingError, EOFError, ValueError, KeyError, IndexError, AttributeError) as error:
        raise NascopeError(f"{path}: refused, not a plain pickle ({error})") from None
