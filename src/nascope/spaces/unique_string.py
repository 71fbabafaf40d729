"""The string by which NAS-Bench-201's authors count unique cells (Dong & Yang 2020, section 2.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nascope.spaces.nasbench201 import NasBench201Cell


def unique_string(cell: NasBench201Cell, *, zeros: str = "keep") -> str:
    """The authors' string that merges isomorphic cells, in three variants.

    Args:
        cell: any cell.
        zeros: ``"keep"`` merges skips only (12,751 classes); ``"mark"`` also turns whatever is fed by zero into ``#``,
            but leaves the term in its sum (6,466 classes, as published); ``"drop"`` removes it (5,390 classes).

    The rule expands shared nodes into trees, so it also merges cells that compute different functions. Use
    :func:`nascope.spaces.canonical.canonical_key` to decide whether two cells are the same.
    """
    texts = {0: "0"}
    for node in range(1, cell.nodes):
        terms = [_term(texts[s], op, zeros) for s, target, op in cell.edges if target == node]
        if zeros == "drop":
            terms = [term for term in terms if term != "#"] or ["#"]
        texts[node] = "+".join(sorted(terms))
    return texts[cell.nodes - 1]


def _term(source: str, op: str, zeros: str) -> str:
    if zeros != "keep" and (op == "none" or source == "#"):
        return "#"
    return source if op == "skip_connect" else f"({source})@{op}"
