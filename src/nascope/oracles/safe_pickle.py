"""Reading pickles that hold plain containers only; anything that could run code is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nascope.errors import NascopeError
from nascope.plain_pickle import ERRORS, BoundedStream, PlainUnpickler


def load_plain(path: Path) -> Any:  # noqa: ANN401 - whatever the file holds
    """Load dictionaries, lists, strings and numbers.

    Raises:
        NascopeError: no such file, a truncated one, or one that names any class or function.
    """
    try:
        with path.open("rb") as file:
            size = path.stat().st_size
            return PlainUnpickler(BoundedStream(file, size, size), {}).load()
    except FileNotFoundError:
        raise NascopeError(f"{path}: no such file; is the package that ships it completely installed?") from None
    except ERRORS as error:
        raise NascopeError(f"{path}: refused, not a plain pickle ({str(error)[:200]})") from None
