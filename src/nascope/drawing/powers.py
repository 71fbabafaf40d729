"""Powers of ten on logarithmic axes without mathtext, so that every text of a figure can be taken literally."""

from __future__ import annotations

import re

from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import Formatter, LogFormatter

_RAISED = str.maketrans("-−0123456789", "⁻⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_EXPONENT = re.compile(r"\^\{([^}]*)\}")
_MATHEMATICS = re.compile(r"^\$\\mathdefault\{(.*)\}\$$")


def write_powers(figure: Figure) -> None:
    """Write the ticks of all logarithmic axes of a figure as ``10⁻³``, where matplotlib would use mathtext."""
    for axis in figure.findobj(Axis):
        assert isinstance(axis, Axis)  # findobj is not typed by what it looks for
        major, minor = axis.get_major_formatter(), axis.get_minor_formatter()
        if isinstance(major, LogFormatter):
            axis.set_major_formatter(_Powers(major))
        if isinstance(minor, LogFormatter):
            axis.set_minor_formatter(_Powers(minor))


class _Powers(Formatter):
    """What another formatter writes; it has been set on its axis already."""

    def __init__(self, inner: LogFormatter) -> None:
        self._inner = inner

    def set_locs(self, locs: list[float]) -> None:
        super().set_locs(locs)
        self._inner.set_locs(locs)

    def __call__(self, x: float, pos: int | None = None) -> str:
        return plain_power(self._inner(x, pos))


def plain_power(label: str) -> str:
    r"""``10⁻³`` for ``$\mathdefault{10^{-3}}$``."""
    inside = _MATHEMATICS.sub(r"\1", label).replace(r"\times", "×")
    return _EXPONENT.sub(lambda exponent: exponent[1].translate(_RAISED), inside).replace("-", "−")
