"""NAS-Bench-301's configurations (Siems et al. 2020): operations by edge of the complete graph of each cell.

The 14 edges of a cell are numbered node by node. ``edge_normal_3`` is an operation, and
``inputs_node_normal_3: 0_1`` are the sources of state 3; state 2 has both inputs. YAHPO writes ``_COLON_`` for the
colons in the keys.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from nascope.errors import NascopeError
from nascope.spaces import darts
from nascope.spaces.genotype import Cell, Edge, Genotype
from nascope.spaces.nasbench201 import NasBench201Cell
from nascope.spaces.notations.two_input import cell_of_nodes, genotype_of

_PREFIX = "NetworkSelectorDatasetInfo:darts:"
_NODES = darts.SPACE.nodes
#: A line of ConfigSpace's printed form.
_LINE = re.compile(
    r"^\s*([\w:]*(?:edge|inputs_node)_(?:normal|reduce)_\d+), (?:Value|Constant): '?(\w+)'?\s*$", re.MULTILINE
)


def read_text(text: str) -> Genotype | None:
    """A genotype from the lines ``...edge_normal_0, Value: 'sep_conv_3x3'`` that ConfigSpace prints."""
    found = dict(_LINE.findall(text))
    return read(found) if found else None


def read(value: object) -> Genotype | None:
    """A genotype from a configuration; its other keys (optimizer and so on) do not matter.

    Raises:
        NascopeError: a node that does not have exactly two edges.
    """
    if not isinstance(value, Mapping):
        return None
    keys = {str(key).replace("_COLON_", ":").split(":")[-1]: item for key, item in value.items()}
    if not any(key.startswith(("edge_normal_", "edge_reduce_")) for key in keys):
        return None
    return Genotype(_cell(keys, "normal"), _cell(keys, "reduce"))


def _cell(keys: Mapping[str, object], kind: str) -> Cell:
    nodes: list[list[Edge]] = []
    start = 0
    for node in range(_NODES):
        named = keys.get(f"inputs_node_{kind}_{node + 2}")
        sources = [int(part) for part in str(named or "").split("_") if part.isdecimal()] or range(node + 2)
        found = [(keys.get(f"edge_{kind}_{start + source}"), source) for source in sources]
        edges = [(op, source) for op, source in found if isinstance(op, str)]
        if len(edges) != 2 or max(sources) > node + 1:
            raise NascopeError(f"node {node} of the {kind} cell has {len(edges)} edges, not 2")
        nodes.append(edges)
        start += node + 2
    return cell_of_nodes(kind, nodes, tuple(range(2, _NODES + 2)))


def write(genotype: Genotype | NasBench201Cell) -> str:
    """The configuration as JSON.

    Raises:
        NascopeError: a genotype that is not in the DARTS space, or a node both of whose edges have one source.
    """
    whole = darts.SPACE.check(genotype_of(genotype))
    keys: dict[str, str] = {}
    for kind, cell in (("normal", whole.normal), ("reduce", whole.reduce)):
        if set(cell.concat) != set(range(2, _NODES + 2)) or any(op == "none" for op, _ in cell.edges):
            raise NascopeError("NAS-Bench-301 has no none, and all nodes of its cells are outputs")
        start = 0
        for node, pair in cell.by_node():
            sources = sorted(source for _, source in pair)
            if sources[0] == sources[1]:
                raise NascopeError(
                    f"node {node} of the {kind} cell reads one source twice, which NAS-Bench-301 has not"
                )
            keys |= {f"{_PREFIX}edge_{kind}_{start + source}": op for op, source in pair}
            if node > 2:
                keys[f"{_PREFIX}inputs_node_{kind}_{node}"] = f"{sources[0]}_{sources[1]}"
            start += node
    return json.dumps(keys)
