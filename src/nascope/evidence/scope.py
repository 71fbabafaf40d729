"""What an estimate or a note is about, in words."""

from __future__ import annotations

from collections.abc import Sequence

from nascope.config.section import Section


class Trained(Section, frozen=True, kw_only=True):
    """The set-up of our own trainings.

    Attributes:
        dataset: its name.
        protocol: its name.
        scale: what these names stand for, as in ``C=4, N=3, 5 epochs``; empty where only the names matter.
        short: why they say nothing about final quality; empty where they do.
    """

    dataset: str
    protocol: str
    scale: str = ""
    short: str = ""

    def __str__(self) -> str:
        """As in ``trained here on digits with protocol digits_darts (C=4, N=3, 5 epochs)``."""
        scale = f" ({self.scale})" if self.scale else ""
        return f"trained here on {self.dataset} with protocol {self.protocol}{scale}"


def all_trained(setups: Sequence[Trained]) -> str:
    """Several set-ups in words, each once."""
    return " and ".join(dict.fromkeys(map(str, setups)))
