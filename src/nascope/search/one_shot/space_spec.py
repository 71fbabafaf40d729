"""A space of two-input cells as the configuration describes it."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from nascope.config.section import Positive, Section, says
from nascope.errors import suggestion
from nascope.spaces.complete import complete_edges
from nascope.spaces.genotype import PRIMITIVES

Candidates = tuple[Annotated[tuple[str, ...], Meta(min_length=1)], ...]


class SpaceSpec(Section, frozen=True, kw_only=True):
    """A space of two-input cells for supernet searches."""

    nodes: Annotated[Positive, says("Intermediate nodes per cell.")] = 4
    primitives: Annotated[tuple[str, ...], says("Candidates of all edges.")] = ()
    normal: Annotated[Candidates, says("Candidates of each edge of the complete normal cell, node by node.")] = ()
    reduce: Annotated[Candidates, says("Candidates of each edge of the complete reduction cell, node by node.")] = ()

    def __post_init__(self) -> None:
        """Refuse a wrong number of edges, unknown primitives, and edges with nothing to choose."""
        if bool(self.primitives) == bool(self.normal and self.reduce):
            raise ValueError("give either primitives, or normal and reduce")
        edges = len(complete_edges(self.nodes))
        for kind, lists in self.candidates().items():
            if len(lists) != edges:
                raise ValueError(f"{kind} has {len(lists)} edges, but cells of {self.nodes} nodes have {edges}")
            for edge, primitives in enumerate(lists):
                self._check_edge(f"{kind} edge {edge}", primitives)

    def _check_edge(self, place: str, primitives: tuple[str, ...]) -> None:
        for name in primitives:
            if name not in PRIMITIVES:
                raise ValueError(f"{place}: unknown primitive {name!r}{suggestion(name, PRIMITIVES)}")
        if not set(primitives) - {"none"}:
            raise ValueError(f"{place}: there is no operation to choose")

    def candidates(self) -> dict[str, Candidates]:
        """Candidates of each edge of the complete cell, for ``normal`` and ``reduce``."""
        if self.primitives:
            everywhere = (self.primitives,) * len(complete_edges(self.nodes))
            return {"normal": everywhere, "reduce": everywhere}
        return {"normal": self.normal, "reduce": self.reduce}
