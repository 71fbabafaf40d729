"""Signals that ask a job to stop: finish the step, save, leave with a non-zero exit code."""

from __future__ import annotations

import signal
from types import FrameType, TracebackType
from typing import Protocol

_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGUSR1)


class Interrupted(SystemExit):
    """The job was asked to stop and has saved its state; a later run goes on from there."""

    def __init__(self, number: int) -> None:
        super().__init__(128 + number)


class Guard(Protocol):
    """What a long computation asks after each step."""

    def check(self) -> None:
        """Raise if the computation should stop."""


class InterruptGuard:
    """Context in which SIGTERM, SIGINT and SIGUSR1 only set a flag, read by :meth:`check`."""

    def __init__(self) -> None:
        self.received: int | None = None
        self._previous: dict[int, object] = {}

    def __enter__(self) -> InterruptGuard:
        for number in _SIGNALS:
            self._previous[number] = signal.signal(number, self._remember)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._previous.items():
            signal.signal(number, handler)  # type: ignore[arg-type]

    def _remember(self, number: int, frame: FrameType | None) -> None:
        self.received = number

    def check(self) -> None:
        """Raise :class:`Interrupted` if a signal has been received."""
        if self.received is not None:
            raise Interrupted(self.received)
