"""The benchmark's own files: NAS-Bench-201-v1_*.pth, and NATS-Bench's NATS-tss-* directories or single file.

They are pickles of nested dictionaries, up to 4.7 GB, which the authors' loader expands to tens of GB. Here nothing but
plain containers, numpy values and (unread) tensors is admitted, and each cell is handed on and forgotten as soon as
its records are complete.
"""

from __future__ import annotations

import bz2
import pickle
import re
import struct
import zipfile
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, ClassVar

import numpy as np
from tqdm import tqdm

from nascope.errors import NascopeError

#: What PyTorch's older file format begins with.
_TORCH_MAGIC = 0x1950A86A20F9469CFC6C
_RUN_KEYS = {"train_acc1es", "train_losses", "eval_acc1es", "eval_losses", "epochs", "seed"}
_CELL_KEYS = {"arch_index", "arch_str", "all_results"}
#: What a run's state holds by epoch, and is forgotten once it is read.
_CURVES = ("train_acc1es", "train_acc5es", "train_losses", "train_times", "eval_acc1es", "eval_losses", "eval_times")

#: A cell's index, its string, and its runs by (data set, seed): states of the authors' ``ResultsCount``.
OnCell = Callable[[int, str, dict[tuple[str, int], dict[str, Any]]], None]


def read_official(path: Path | str, on_cell: OnCell) -> None:
    """Read a file or directory of NAS-Bench-201 or NATS-Bench (topology space).

    Args:
        path: ``NAS-Bench-201-v1_*.pth``, ``NATS-tss-*.pickle.pbz2``, or a directory of ``000000.pickle.pbz2``.
        on_cell: called for each cell and schedule.

    Raises:
        NascopeError: no such file, a truncated or foreign one, or one that names a class that could run code.
    """
    path = Path(path)
    cells = 0

    def count(*record: Any) -> None:  # noqa: ANN401
        nonlocal cells
        cells += 1
        on_cell(*record)

    if path.is_dir():
        _read_directory(path, count)
    else:
        _read_file(path, count)
    if not cells:
        raise NascopeError(f"{path}: there are no records of NAS-Bench-201 cells in it")


def _read_directory(path: Path, on_cell: OnCell) -> None:
    files = sorted(file for file in path.glob("*.pickle.pbz2") if re.fullmatch(r"\d{6}\.pickle", file.stem))
    for file in tqdm(files, desc=path.name, unit="cells", mininterval=5):
        with _refusing(file), bz2.open(file) as stream:
            _visit(_Unpickler(stream).load(), on_cell)


def _read_file(path: Path, on_cell: OnCell) -> None:
    with _refusing(path), path.open("rb") as raw:
        size = path.stat().st_size
        with tqdm(total=size, desc=path.name, unit="B", unit_scale=True, mininterval=5) as progress:

            def report(*record: Any) -> None:  # noqa: ANN401
                progress.update(raw.tell() - progress.n)
                on_cell(*record)

            for stream in _pickle_streams(path, raw):
                _load_whole(stream, report)


def _pickle_streams(path: Path, raw: IO[bytes]) -> Iterator[IO[bytes]]:
    """The pickle inside whatever wraps it: bzip2, PyTorch's zip format, or nothing."""
    if path.suffix == ".pbz2":
        with bz2.open(raw) as stream:
            yield stream
    elif zipfile.is_zipfile(raw):
        with zipfile.ZipFile(raw) as archive:
            for name in (name for name in archive.namelist() if name.endswith("/data.pkl")):
                with archive.open(name) as stream:
                    yield stream
    else:
        raw.seek(0)
        yield raw


def _load_whole(stream: IO[bytes], on_cell: OnCell) -> None:
    if _StreamingUnpickler(stream, on_cell).load() == _TORCH_MAGIC:
        for _ in ("format version", "system"):
            _StreamingUnpickler(stream, on_cell).load()
        _StreamingUnpickler(stream, on_cell).load()


@contextmanager
def _refusing(path: Path) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise NascopeError(f"{path}: no such file or directory") from None
    except (EOFError, struct.error):
        raise NascopeError(f"{path}: the file is truncated; download it again") from None
    except (pickle.UnpicklingError, zipfile.BadZipFile, OSError, LookupError, ValueError, TypeError) as error:
        reason = f"{type(error).__name__}: {error}"
        if "truncated" in reason:
            raise NascopeError(f"{path}: the file is truncated; download it again") from None
        raise NascopeError(f"{path}: refused, not a file of NAS-Bench-201 or NATS-Bench ({reason})") from None


def _visit(value: Any, on_cell: OnCell) -> None:  # noqa: ANN401
    """Find the cells in a loaded object."""
    if isinstance(value, dict):
        if value.keys() >= _CELL_KEYS:
            on_cell(int(value["arch_index"]), str(value["arch_str"]), value["all_results"])
        else:
            for part in value.values():
                _visit(part, on_cell)


def _no_tensor(*arguments: Any) -> None:  # noqa: ANN401
    """Stands in for weights, which nobody asks for."""


def _admitted(module: str, name: str) -> Any:  # noqa: ANN401
    """The few globals that such files need.

    Raises:
        pickle.UnpicklingError: any other.
    """
    module = module.replace("numpy.core", "numpy._core").replace("__builtin__", "builtins")
    plain = {"OrderedDict": OrderedDict, "defaultdict": defaultdict, "set": set, "dict": dict, "list": list, "int": int}
    if module in ("collections", "builtins") and name in plain:
        return plain[name]
    if (module, name) in {("numpy", "dtype"), ("numpy", "ndarray")}:
        return getattr(np, name)
    if module == "numpy._core.multiarray" and name in ("scalar", "_reconstruct"):
        return getattr(np._core.multiarray, name)
    if (module, name) == ("_codecs", "encode"):  # how protocol 2 writes bytes
        return _encode
    if module in ("torch", "torch._utils") and re.fullmatch(r"_rebuild_\w+|\w+Storage", name):
        return _no_tensor
    raise pickle.UnpicklingError(f"it wants to load {module}.{name}")


def _encode(text: str, encoding: str) -> bytes:
    return text.encode(encoding)


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:  # noqa: ANN401
        return _admitted(module, name)

    def persistent_load(self, pid: Any) -> None:  # noqa: ANN401
        """Tensors' storage, not read."""


class _StreamingUnpickler(pickle._Unpickler):  # type: ignore[name-defined]
    """Python's own unpickler in Python, which lets one see a dictionary as soon as it is filled.

    A cell's records go to ``on_cell`` and are emptied; what only they used is dropped from the memo.
    """

    dispatch: ClassVar = dict(pickle._Unpickler.dispatch)  # type: ignore[attr-defined]

    def __init__(self, stream: IO[bytes], on_cell: OnCell) -> None:
        super().__init__(stream)
        self.on_cell = on_cell
        self.memoized = self.frontier = 0

    def find_class(self, module: str, name: str) -> Any:  # noqa: ANN401
        return _admitted(module, name)

    def persistent_load(self, pid: Any) -> None:  # noqa: ANN401
        """Tensors' storage, not read."""

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

    def _filled(self, target: dict) -> None:
        if target.keys() >= _RUN_KEYS:
            curves = [target[name] for name in _CURVES if isinstance(target.get(name), dict)]
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
        """Drop a run's curves and their keys ("x-valid@12") from the memo; its places are consecutive."""
        while self.frontier in self.memo:
            value = self.memo[self.frontier]
            if id(value) in dead or (isinstance(value, str) and "@" in value):
                del self.memo[self.frontier]
            self.frontier += 1

    dispatch[pickle.MEMOIZE[0]] = load_memoize
    dispatch[pickle.SETITEMS[0]] = load_setitems


def compact_run(state: dict[str, Any]) -> dict[str, Any]:
    """A run's state with its curves as arrays.

    Args:
        state: of the authors' ``ResultsCount``.

    Returns:
        ``seed``, ``epochs``, ``latency`` (s, NaN where not measured), ``params`` (million), and by split (``train``,
        ``x-valid``, ``x-test``, ``ori-test``) a (3, epochs) array of loss, accuracy (%) and seconds, NaN where
        there is no record.
    """
    if "curves" in state:
        return state
    epochs = int(state["epochs"])
    curves = {"train": _curve(epochs, state["train_losses"], state["train_acc1es"], state.get("train_times"))}
    for split in sorted({str(key).partition("@")[0] for key in state["eval_acc1es"]}):
        curves[split] = _curve(
            epochs, state["eval_losses"], state["eval_acc1es"], state.get("eval_times"), f"{split}@{{}}"
        )
    latency = [float(value) for value in state.get("latency") or []]
    return {
        "seed": int(state["seed"]),
        "epochs": epochs,
        "latency": float(np.mean(latency)) if latency else float("nan"),
        "params": float(state["params"]),
        "curves": curves,
    }


def _curve(epochs: int, losses: dict, accuracies: dict, times: dict | None, name: str = "") -> np.ndarray:
    keys = [name.format(epoch) if name else epoch for epoch in range(epochs)]
    columns = [
        [np.nan if source is None or source.get(key) is None else float(source[key]) for key in keys]
        for source in (losses, accuracies, times)
    ]
    return np.array(columns)
