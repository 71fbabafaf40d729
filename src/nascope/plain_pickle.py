"""An unpickler for other people's files: plain containers and numbers, in bounded memory, and nothing of the file runs.

It is Python's own unpickler written in Python, because the one in C allocates what a file announces (a memo of 2^31
places for five bytes) and lets no opcode be refused.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Mapping
from typing import IO, TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:

    class _PythonUnpickler:
        """What is used here of the unpickler that is written in Python; its public type hides these parts."""

        dispatch: ClassVar[dict[int, Callable[[Any], None]]]
        memo: dict[int, Any]
        stack: list[Any]

        def __init__(self, file: Any, *, encoding: str = "ASCII") -> None: ...  # noqa: ANN401
        def load(self) -> Any: ...  # noqa: ANN401
        def pop_mark(self) -> list[Any]: ...

else:
    _PythonUnpickler = pickle._Unpickler

#: What a damaged or foreign pickle may raise; ``pickle`` documents that there are many.
ERRORS = (
    *(pickle.UnpicklingError, AttributeError, ArithmeticError, AssertionError, EOFError, LookupError),
    *(MemoryError, RecursionError, TypeError, ValueError),
)
_REFUSED = {
    opcode[0]: opcode
    for opcode in (
        *(pickle.BYTEARRAY8, pickle.NEXT_BUFFER, pickle.READONLY_BUFFER, pickle.EXT1, pickle.EXT2, pickle.EXT4),
        *(pickle.INST, pickle.OBJ, pickle.NEWOBJ, pickle.NEWOBJ_EX, pickle.FROZENSET),
    )
}
_TUPLES = (pickle.TUPLE, pickle.TUPLE1, pickle.TUPLE2, pickle.TUPLE3)
#: Parts of a tuple, those of tuples in it included. Hashing a deep one overflows the stack, a branching one never ends.
_PARTS = 64


class Admitted:
    """A function of ours under a name that pickles use; they may call it and do nothing else with it."""

    __slots__ = ("_make",)
    _make: Callable[..., Any]

    def __init__(self, make: Callable[..., Any]) -> None:
        object.__setattr__(self, "_make", make)

    def __call__(self, *arguments: object) -> object:
        """What the function makes."""
        return self._make(*arguments)

    def __setattr__(self, name: str, value: object) -> None:
        raise pickle.UnpicklingError(f"it wants to change {name} of a function")

    def __setstate__(self, state: object) -> None:
        raise pickle.UnpicklingError("it wants to change a function")


class BoundedStream:
    """A stream that refuses single reads of more than ``largest`` bytes, and more than ``total`` bytes in all."""

    def __init__(self, stream: IO[bytes], largest: int, total: int) -> None:
        self._read, self._readline, self._largest, self._left = stream.read, stream.readline, largest, total

    def read(self, size: int) -> bytes:
        """The next bytes."""
        if size > self._largest:
            raise pickle.UnpicklingError(f"it announces {size:,} bytes in one piece")
        self._left -= size  # Before it is read: the last read may be of fewer bytes, and there is no other.
        if self._left < 0:
            self._end()
        return self._read(size)

    def readline(self) -> bytes:
        """The rest of the line."""
        line = self._readline(self._largest)
        self._left -= len(line)
        if self._left < 0:
            self._end()
        if len(line) == self._largest and not line.endswith(b"\n"):
            raise pickle.UnpicklingError(f"it has a line of more than {len(line):,} bytes")
        return line

    def readinto(self, buffer: bytearray) -> int:
        """Fill a buffer; asked for by opcodes that are refused."""
        raise pickle.UnpicklingError(f"it wants to fill a buffer of {len(buffer):,} bytes")

    def _end(self) -> None:
        raise pickle.UnpicklingError("it unpacks to far more than such files hold, or announces more than it has")


class PlainUnpickler(_PythonUnpickler):
    """Loads containers, strings, numbers, and what the functions under ``admitted`` names make.

    Args:
        stream: the pickle.
        admitted: functions that may be called, by module and name.
        encoding: of strings that Python 2 has pickled.
    """

    dispatch: ClassVar[dict[int, Callable[[Any], None]]] = dict(_PythonUnpickler.dispatch)

    def __init__(
        self, stream: BoundedStream, admitted: Mapping[tuple[str, str], Admitted], *, encoding: str = "ASCII"
    ) -> None:
        super().__init__(stream, encoding=encoding)
        self.admitted = admitted

    def find_class(self, module: str, name: str) -> Admitted:
        """The function of ours for a global.

        Raises:
            pickle.UnpicklingError: it is not admitted.
        """
        module = module.replace("__builtin__", "builtins")  # protocol 2 writes Python 2's name
        found = self.admitted.get((module, name))
        if found is None:
            raise pickle.UnpicklingError(f"it wants to load {module[:50]}.{name[:50]}")
        return found

    def persistent_load(self, pid: Any) -> None:  # noqa: ANN401
        """The storage of a tensor, which is not read."""


def _refuse(opcode: bytes) -> Callable[[PlainUnpickler], None]:
    def load(unpickler: PlainUnpickler) -> None:
        raise pickle.UnpicklingError(f"opcode {opcode!r} is not admitted")

    return load


def _bounded(load: Callable[[Any], None]) -> Callable[[PlainUnpickler], None]:
    def load_tuple(unpickler: PlainUnpickler) -> None:
        load(unpickler)
        _count_parts(unpickler.stack[-1], _PARTS)

    return load_tuple


def _count_parts(value: tuple[Any, ...], left: int) -> int:
    """How many parts may still follow those of a tuple.

    Raises:
        pickle.UnpicklingError: none, and there are more.
    """
    left -= len(value)
    for part in value:
        if left < 0:
            break
        if isinstance(part, tuple):
            left = _count_parts(part, left - 1)
    if left < 0:
        raise pickle.UnpicklingError(f"it has a tuple of more than {_PARTS} parts")
    return left


PlainUnpickler.dispatch |= {code: _refuse(opcode) for code, opcode in _REFUSED.items()}
PlainUnpickler.dispatch |= {opcode[0]: _bounded(PlainUnpickler.dispatch[opcode[0]]) for opcode in _TUPLES}
