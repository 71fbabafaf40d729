"""Unpickling the files of NAS-Bench-201 and NATS-Bench without their classes, and without running anything in them.

Nothing but plain containers, numpy values and (unread) tensors is admitted. Files of up to 4.7 GB are read by an
unpickler that hands on each cell and forgets it as soon as its records are complete.
"""

from __future__ import annotations

import pickle
import re
from collections import OrderedDict, defaultdict
from collections.abc import Callable
from importlib import import_module
from typing import IO, TYPE_CHECKING, Any, ClassVar

import numpy as np

from nascope.oracles.runs import CURVES, OnCell, compact_run

if TYPE_CHECKING:

    class _PythonUnpickler:
        """What is used here of the unpickler that is written in Python; its public type hides these parts."""

        dispatch: ClassVar[dict[int, Callable[[Any], None]]]
        memo: dict[int, Any]
        stack: list[Any]

        def __init__(self, file: IO[bytes]) -> None: ...
        def load(self) -> Any: ...  # noqa: ANN401
        def pop_mark(self) -> list[Any]: ...

else:
    _PythonUnpickler = pickle._Unpickler

_RUN_KEYS = {"train_acc1es", "train_losses", "eval_acc1es", "eval_losses", "epochs", "seed"}
_CELL_KEYS = {"arch_index", "arch_str", "all_results"}
_PLAIN = {"OrderedDict": OrderedDict, "defaultdict": defaultdict, "set": set, "dict": dict, "list": list, "int": int}


def load_cells(stream: IO[bytes], on_cell: OnCell) -> None:
    """Load a whole pickle and call ``on_cell`` for each cell in it; for files that hold few cells.

    Raises:
        pickle.UnpicklingError: the pickle names anything that is not admitted.
    """
    _visit(_Unpickler(stream).load(), on_cell)


def stream_cells(stream: IO[bytes], on_cell: OnCell) -> Any:  # noqa: ANN401 - whatever the pickle holds
    """Load a pickle and call ``on_cell`` for each cell as soon as it is complete; memory does not grow with the file.

    Returns:
        What the pickle holds; the cells in it are empty by then.

    Raises:
        pickle.UnpicklingError: the pickle names anything that is not admitted.
    """
    return _StreamingUnpickler(stream, on_cell).load()


def _visit(value: Any, on_cell: OnCell) -> None:  # noqa: ANN401
    """Find the cells in a loaded object."""
    if isinstance(value, dict):
        if value.keys() >= _CELL_KEYS:
            on_cell(int(value["arch_index"]), str(value["arch_str"]), value["all_results"])
        else:
            for part in value.values():
                _visit(part, on_cell)


def _admitted(module: str, name: str) -> Any:  # noqa: ANN401
    """The few globals that such files need.

    Raises:
        pickle.UnpicklingError: any other.
    """
    module = module.replace("numpy.core", "numpy._core").replace("__builtin__", "builtins")
    if module in ("collections", "builtins") and name in _PLAIN:
        return _PLAIN[name]
    if (module, name) in {("numpy", "dtype"), ("numpy", "ndarray")}:
        return getattr(np, name)
    if module == "numpy._core.multiarray" and name in ("scalar", "_reconstruct"):
        return getattr(import_module(module), name)
    if (module, name) == ("_codecs", "encode"):  # how protocol 2 writes bytes
        return _encode
    if module in ("torch", "torch._utils") and re.fullmatch(r"_rebuild_\w+|\w+Storage", name):
        return _no_tensor
    raise pickle.UnpicklingError(f"it wants to load {module}.{name}")


def _encode(text: str, encoding: str) -> bytes:
    return text.encode(encoding)


def _no_tensor(*arguments: Any) -> None:  # noqa: ANN401
    """Stands in for weights, which nobody asks for."""


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:  # noqa: ANN401
        return _admitted(module, name)

    def persistent_load(self, pid: Any) -> None:  # noqa: ANN401
        """The storage of a tensor, which is not read."""


class _StreamingUnpickler(_PythonUnpickler):
    """The unpickler that is written in Python, which lets us see a dictionary as soon as it is filled.

    A cell's records go to ``on_cell`` and are emptied; what only they used is dropped from the memo.
    """

    dispatch: ClassVar[dict[int, Callable[[Any], None]]] = dict(_PythonUnpickler.dispatch)

    def __init__(self, stream: IO[bytes], on_cell: OnCell) -> None:
        super().__init__(stream)
        self.on_cell = on_cell
        self.memoized = self.frontier = 0

    def find_class(self, module: str, name: str) -> Any:  # noqa: ANN401
        return _admitted(module, name)

    def persistent_load(self, pid: Any) -> None:  # noqa: ANN401
        """The storage of a tensor, which is not read."""

    def load_memoize(self) -> None:
        # Not len(memo), from which entries have been dropped.
        self.memo[self.memoized] = self.stack[-1]
        self.memoized += 1

    def load_setitems(self) -> None:
        items = self.pop_mark()
        target = self.stack[-1]
        for key, value in zip(items[::2], items[1::2], strict=True):
            target[key] = value
        if isinstance(target, dict):
            self._filled(target)

    def _filled(self, target: dict[Any, Any]) -> None:
        if target.keys() >= _RUN_KEYS:
            curves = [target[name] for name in CURVES if isinstance(target.get(name), dict)]
            compact = compact_run(target)
            for curve in curves:
                curve.clear()
            target.clear()
            target.update(compact)
            self._forget({id(curve) for curve in curves})
        elif target.keys() >= _CELL_KEYS:
            self.on_cell(int(target["arch_index"]), str(target["arch_str"]), target["all_results"])
            for run in target["all_results"].values():
                run.clear()  # the memo still holds it

    def _forget(self, dead: set[int]) -> None:
        """Drop a run's curves and their keys ("x-valid@12") from the memo; their places are consecutive."""
        while self.frontier in self.memo:
            value = self.memo[self.frontier]
            if id(value) in dead or (isinstance(value, str) and "@" in value):
                del self.memo[self.frontier]
            self.frontier += 1

    dispatch[pickle.MEMOIZE[0]] = load_memoize
    dispatch[pickle.SETITEMS[0]] = load_setitems
