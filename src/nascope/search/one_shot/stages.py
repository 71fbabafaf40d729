"""StacNAS' two stages: representatives of operator groups, then members of the winning groups (Li et al. 2021)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nascope.errors import NascopeError
from nascope.search.one_shot.space import KINDS
from nascope.search.one_shot.space_two_input import TwoInputSpace
from nascope.training.protocol import Protocol

if TYPE_CHECKING:
    from nascope.search.one_shot.alphas import AlphaSearch

#: Members of operator groups, by representative.
Groups = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class TwoStages:
    """What a search in two stages needs beside its setup, which is stage 1's.

    Attributes:
        groups: members by representative; one that is listed twice competes twice, as in the published code.
        second: protocol of stage 2's weights.
    """

    groups: Groups
    second: Protocol


def representatives(space: TwoInputSpace, groups: Groups) -> TwoInputSpace:
    """Stage 1's space: of each group that an edge has members of, the first one there; ``none`` stays.

    Raises:
        NascopeError: a primitive that is in no group.
    """
    candidates = {kind: [_first_of(edge, groups) for edge in space.candidates[kind]] for kind in KINDS}
    return TwoInputSpace(space.nodes, candidates)


def _first_of(edge: Sequence[str], groups: Groups) -> list[str]:
    lacking = set(edge) - {"none"} - {member for group in groups.values() for member in group}
    if lacking:
        raise NascopeError(f"no operator group has {', '.join(sorted(lacking))}; groups: {', '.join(groups)}")
    firsts = [next((name for name in group if name in edge), None) for group in _ordered(groups)]
    return [name for name in firsts if name] + _none_of(edge)


def _none_of(edge: Sequence[str]) -> list[str]:
    return ["none"] if "none" in edge else []


def _ordered(groups: Groups) -> list[list[str]]:
    """Members, the representative first."""
    return [[name, *(member for member in members if member != name)] for name, members in groups.items()]


def winners(space: TwoInputSpace, first: AlphaSearch, groups: Groups) -> TwoInputSpace:
    """Stage 2's space: on every edge the members of the group whose representative won stage 1, and ``none``.

    Args:
        space: the whole space.
        first: stage 1, finished; every edge has a winner, whether its node kept the edge or not.
        groups: members by representative.
    """
    candidates: dict[str, list[list[str]]] = {kind: [] for kind in KINDS}
    strengths = first.strengths().tolist()
    for number, (edge, values) in enumerate(zip(space.choices, strengths, strict=True)):
        names = first.space.choices[number]
        best = max((value, -k) for k, (name, value) in enumerate(zip(names, values, strict=False)) if name != "none")
        won = names[-best[1]]
        group = next(members for members in groups.values() if won in members)
        chosen = [name for name in group if name in edge]
        candidates[space.place(number)[0]].append(chosen + _none_of(edge))
    return TwoInputSpace(space.nodes, candidates)
