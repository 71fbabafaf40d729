"""Axes whose legends show every name; matplotlib takes labels that begin with an underscore for its own."""

from __future__ import annotations

import re
from typing import Any

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.container import Container
from matplotlib.legend import Legend

#: What matplotlib itself calls artists without a label.
_AUTOMATIC = re.compile(r"_(child|container)\d+|_nolegend_")
_MARK = "\0"


class NamingAxes(Axes):
    """Axes for names that are a user's text."""

    def legend(self, *args: Any, **kwargs: Any) -> Legend:  # noqa: ANN401 - as in matplotlib
        """See :meth:`matplotlib.axes.Axes.legend`."""
        drawn: list[Artist | Container] = [*self.lines, *self.patches, *self.collections, *self.containers]
        named = [(artist, str(artist.get_label())) for artist in drawn]
        private = [(artist, name) for artist, name in named if name[:1] == "_" and not _AUTOMATIC.fullmatch(name)]
        for artist, name in private:
            artist.set_label(_MARK + name)
        legend = super().legend(*args, **kwargs)
        for artist, name in private:
            artist.set_label(name)
        for text in legend.get_texts():
            text.set_text(text.get_text().removeprefix(_MARK))
        return legend
