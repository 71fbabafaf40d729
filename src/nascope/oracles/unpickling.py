"""Unpickling the files of NAS-Bench-201 and NATS-Bench without their classes, and without running anything in them.

Nothing but plain containers, plain numbers and (unread) tensors is admitted. Files of up to 4.7 GB are read by an
unpickler that hands on each cell and forgets it as soon as its records are complete.
"""

from __future__ import annotations

import pickle
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from nascope.oracles.runs import CURVES, compact_run
from nascope.pickled_arrays import NUMPY
from nascope.plain_pickle import Admitted, BoundedStream, PlainUnpickler

if TYPE_CHECKING:
    from nascope.oracles.runs import OnCell

_RUN_KEYS = {"train_acc1es", "train_losses", "eval_acc1es", "eval_losses", "epochs", "seed"}
_CELL_KEYS = {"arch_index", "arch_str", "all_results"}


def stream_cells(stream: BoundedStream, on_cell: OnCell) -> Any:  # noqa: ANN401 - whatever the pickle holds
    """Load a pickle and call ``on_cell`` for each cell as soon as it is complete; memory does not grow with the file.

    Returns:
        What the pickle holds; the cells in it are empty by then.

    Raises:
        pickle.UnpicklingError: the pickle names anything that is not admitted, or announces more than it can hold.
    """
    return _StreamingUnpickler(stream, on_cell).load()


def _no_value(*arguments: object) -> None:
    """Stands in for weights and what else nobody asks for."""


def _ordered(items: object = ()) -> dict[Any, Any]:
    """An ordered dictionary, which all are."""
    if not isinstance(items, list | tuple):
        raise pickle.UnpicklingError("it has a dictionary that is not made of pairs")
    return dict(items)


def _defaults(*factory: object) -> dict[Any, Any]:
    """A dictionary with default values, without these."""
    return {}


def _set(items: object = ()) -> set[Any]:
    if not isinstance(items, list | tuple):
        raise pickle.UnpicklingError("it has a set that is not made of a list")
    return set(items)


_TENSOR = Admitted(_no_value)
_ADMITTED = {
    ("collections", "OrderedDict"): Admitted(_ordered),
    ("collections", "defaultdict"): Admitted(_defaults),
    ("builtins", "set"): Admitted(_set),
    # Factories of default values, which are named and not called.
    **{("builtins", name): Admitted(_no_value) for name in ("dict", "list", "int")},
    **NUMPY,
}


class _StreamingUnpickler(PlainUnpickler):
    """An unpickler that sees a dictionary as soon as it is filled.

    A cell's records go to ``on_cell`` and are emptied; what only they used is dropped from the memo.
    """

    dispatch: ClassVar[dict[int, Callable[[Any], None]]] = dict(PlainUnpickler.dispatch)

    def __init__(self, stream: BoundedStream, on_cell: OnCell) -> None:
        super().__init__(stream, _ADMITTED)
        self.on_cell = on_cell
        self.memoized = self.frontier = 0

    def find_class(self, module: str, name: str) -> Admitted:
        if module in ("torch", "torch._utils") and re.fullmatch(r"_rebuild_\w+|\w+Storage", name):
            return _TENSOR
        return super().find_class(module, name)

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
            index, text, runs = (target[key] for key in ("arch_index", "arch_str", "all_results"))
            if not (isinstance(index, int) and isinstance(text, str) and isinstance(runs, dict)):
                raise pickle.UnpicklingError("it has a cell without number, string or runs")
            self.on_cell(index, text, runs)
            for run in runs.values():
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
