"""Arrays and numbers as numpy pickles them, rebuilt without any constructor of numpy's that a file could steer.

``numpy.dtype`` takes its fields, offsets and flags from the pickle, and crafted ones read and write memory anywhere.
The functions here know plain types only, compare sizes with the bytes that are there, and copy.
"""

from __future__ import annotations

import math
import pickle
import re
from typing import Any

import numpy as np

from nascope.plain_pickle import Admitted

_PLAIN = re.compile(r"b1|[iu][1248]|f[248]|[SU]\d{1,4}")
_DIMENSIONS = 8


class _Type:
    """Stands for a ``numpy.dtype`` of kind b, i, u, f, S or U."""

    __slots__ = ("code", "order")

    def __init__(self, code: object, *_: object) -> None:
        if not isinstance(code, str) or not _PLAIN.fullmatch(code):
            raise pickle.UnpicklingError("it has numbers of another type than plain ones")
        self.code, self.order = code, "="

    def __setstate__(self, state: object) -> None:
        """Take the byte order; fields, offsets, sizes and flags are ignored."""
        order = state[1] if isinstance(state, tuple) and len(state) > 1 else None
        if order not in ("<", ">", "|", "="):
            raise pickle.UnpicklingError("it has a number type of unknown byte order")
        self.order = order

    def values(self, raw: object, count: int) -> np.ndarray:
        """A copy of ``raw`` as ``count`` values."""
        content = raw.encode("latin1") if isinstance(raw, str) else raw  # Python 2 pickles text
        plain = np.dtype(self.order + self.code)
        if not isinstance(content, bytes) or len(content) != count * plain.itemsize or not content:
            raise pickle.UnpicklingError("it has values whose size is not that of their bytes")
        return np.frombuffer(content, plain).copy()


class _Array:
    """Stands for a ``numpy.ndarray``; ``numpy.asarray`` gives the values."""

    __slots__ = ("_values",)

    def __init__(self) -> None:
        self._values: np.ndarray = np.empty(0)

    def __setstate__(self, state: object) -> None:
        match state:
            case (int(), tuple(shape), _Type() as kind, bool(fortran), raw) if len(shape) <= _DIMENSIONS:
                pass
            case _:
                raise pickle.UnpicklingError("it has an array of unknown form")
        if not all(type(side) is int and side > 0 for side in shape):
            raise pickle.UnpicklingError("it has an array of impossible shape")
        self._values = kind.values(raw, math.prod(shape)).reshape(shape, order="F" if fortran else "C")

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:  # noqa: ANN401 - numpy's protocol
        return np.asarray(self._values, dtype=dtype)


def _array(*_: object) -> _Array:
    """``numpy._reconstruct``; an array's type, shape and values follow as its state."""
    return _Array()


def _scalar(kind: object, raw: object = b"") -> object:
    """``numpy.scalar``, as a number, string or bytes of Python."""
    if not isinstance(kind, _Type):
        raise pickle.UnpicklingError("it has a number without a type")
    return kind.values(raw, 1)[0].item()


def _encode(text: object, encoding: object) -> bytes:
    """``_codecs.encode``, by which protocol 2 writes bytes."""
    if not isinstance(text, str) or encoding != "latin1":
        raise pickle.UnpicklingError("it has bytes in an unknown encoding")
    return text.encode("latin1")


def _not_called(*_: object) -> None:
    """``numpy.ndarray``, which pickles only name."""
    raise pickle.UnpicklingError("it wants to call numpy.ndarray")


#: What pickles of numpy's arrays and numbers name.
NUMPY = {
    ("numpy", "dtype"): Admitted(_Type),
    ("numpy", "ndarray"): Admitted(_not_called),
    ("_codecs", "encode"): Admitted(_encode),
} | {
    (f"numpy.{core}.multiarray", name): Admitted(make)
    for core in ("core", "_core")
    for name, make in (("_reconstruct", _array), ("scalar", _scalar))
}
