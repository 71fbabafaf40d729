"""Normal and reduction cells: the DARTS notation with its many spellings.

Pairs stand in one list (DARTS) or node by node (pt.darts, StacNAS, AutoDL); FairDARTS writes (operation, node, source),
and its nodes have two edges, one or none. An edge that is not there is read as ``none``, which adds nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from nascope.errors import NascopeError
from nascope.spaces.genotype import FIELDS, Cell, Edge, Genotype, is_edge
from nascope.spaces.literals import Call
from nascope.spaces.nasbench201 import NasBench201Cell

#: Fields of AutoDL's genotypes, which its own cells leave at None.
_EMPTY_FIELDS = ("connectN", "connects")
_MAX_NODES = 32
#: Other names of the operations in public code: nni's first version, AutoDL's.
ALIASES = {
    "identity": "skip_connect",
    "skip": "skip_connect",
    "skipconnect": "skip_connect",
    "maxpool": "max_pool_3x3",
    "avgpool": "avg_pool_3x3",
    "sepconv3x3": "sep_conv_3x3",
    "sepconv5x5": "sep_conv_5x5",
    "dilconv3x3": "dil_conv_3x3",
    "dilconv5x5": "dil_conv_5x5",
    "zero": "none",
}


def read(value: object) -> Genotype | None:
    """A genotype from ``Genotype(...)``, from a dictionary of its fields, or from a list of two cells (StacNAS).

    Raises:
        NascopeError: a value of these shapes that is no genotype.
    """
    if isinstance(value, Call) and value.name == "Genotype":
        return _of_fields(_by_name(value))
    if isinstance(value, Mapping) and "normal" in value and "reduce" in value:
        return _of_fields({str(name): field for name, field in value.items()})
    if isinstance(value, list | tuple) and len(value) == 2 and all(_is_cell(cell) for cell in value):
        return Genotype(_cell("normal", value[0], None), _cell("reduce", value[1], None))
    return None


def _by_name(call: Call) -> dict[str, object]:
    names = (*FIELDS, *_EMPTY_FIELDS)
    given = dict(zip(names, call.arguments, strict=False))
    if len(call.arguments) > len(names) or set(given) & set(call.fields):
        raise NascopeError(f"malformed genotype: its fields are {', '.join(FIELDS)}, each once")
    return given | call.fields


def _of_fields(fields: Mapping[str, object]) -> Genotype:
    for name in _EMPTY_FIELDS:
        if fields.get(name):
            raise NascopeError(f"malformed genotype: {name} is given, and connections between cells are out of scope")
    found = [name for name in fields if name not in _EMPTY_FIELDS]
    if sorted(found) != sorted(FIELDS):
        raise NascopeError(f"malformed genotype: fields {', '.join(found) or 'none'}, expected {', '.join(FIELDS)}")
    return Genotype(*(_cell(name, fields[name], fields[f"{name}_concat"]) for name in ("normal", "reduce")))


def _is_cell(value: object) -> bool:
    """Whether this is a list of nodes, each a list of (operation, source) pairs."""
    return isinstance(value, list | tuple) and bool(value) and all(_is_node(node) for node in value)


def _is_node(value: object) -> bool:
    return isinstance(value, list | tuple) and all(is_edge(edge) for edge in value)


def _cell(name: str, edges: object, concat: object) -> Cell:
    if concat is not None and not (isinstance(concat, list | tuple) and all(type(node) is int for node in concat)):
        raise NascopeError(f"malformed genotype: {name}_concat must be a list of node numbers")
    if not isinstance(edges, list | tuple) or not edges or len(edges) > 2 * _MAX_NODES:
        raise NascopeError(f"malformed genotype: {name} must be a list of 1 to {2 * _MAX_NODES} pairs or nodes")
    outputs = tuple(concat or ())
    if all(is_edge(edge) for edge in edges):
        if len(edges) % 2:
            raise NascopeError(f"{name} cell: {len(edges)} pairs in one list do not give two edges to each node")
        nodes = [list(edges[place : place + 2]) for place in range(0, len(edges), 2)]
    elif all(_is_triple(edge) for edge in edges):
        nodes = _by_target(name, edges)
        # FairDARTS leaves nodes without edges out of the output, whatever its genotype lists (DCOCell in its model.py).
        outputs = tuple(node for node, pairs in enumerate(nodes, start=2) if pairs)
    elif _is_cell(edges):
        nodes = [list(node) for node in edges]
    else:
        raise NascopeError(f"malformed genotype: {name} must be a list of ('primitive', source) pairs")
    return cell_of_nodes(name, nodes, outputs or tuple(range(2, len(nodes) + 2)))


def _is_triple(value: object) -> bool:
    return isinstance(value, list | tuple) and [type(part) for part in value] == [str, int, int]


def _by_target(name: str, triples: Sequence[tuple[str, int, int]]) -> list[list[Edge]]:
    last = max(target for _, target, _ in triples)
    if min(target for _, target, _ in triples) < 2 or last > _MAX_NODES:
        raise NascopeError(f"{name} cell: edges (operation, node, source) lead into nodes from 2, up to {_MAX_NODES}")
    # Its code also leaves out edges that leave a node without edges.
    reached = {0, 1, *(target for _, target, _ in triples)}
    live = [triple for triple in triples if triple[2] in reached]
    return [[(op, source) for op, target, source in live if target == node] for node in range(2, last + 1)]


def cell_of_nodes(name: str, nodes: Sequence[Sequence[Edge]], concat: tuple[int, ...]) -> Cell:
    """A cell from the edges of each node, at most two.

    Raises:
        NascopeError: a node with more, or what a cell refuses; the message names the cell.
    """
    edges: list[Edge] = []
    for node, pairs in enumerate(nodes, start=2):
        if len(pairs) > 2:
            raise NascopeError(f"{name} cell: node {node} has {len(pairs)} edges; more than two are out of scope")
        # Beside a single edge, so that the share of a node's sources that are cell inputs stays the same.
        missing = ("none", pairs[0][1] if pairs else 0)
        edges += [(ALIASES.get(op, op), source) for op, source in [*pairs, missing, missing][:2]]
    try:
        return Cell(tuple(edges), concat)
    except NascopeError as error:
        raise NascopeError(f"{name} cell: {error}") from None


def genotype_of(genotype: Genotype | NasBench201Cell) -> Genotype:
    """The genotype, if it has a normal and a reduction cell.

    Raises:
        NascopeError: it is a NAS-Bench-201 cell.
    """
    if isinstance(genotype, Genotype):
        return genotype
    raise NascopeError("a NAS-Bench-201 cell cannot be written as a normal and a reduction cell")


def write_darts(genotype: Genotype | NasBench201Cell) -> str:
    """``Genotype(normal=[('op', 0), ...], normal_concat=[...], ...)``."""
    return str(genotype_of(genotype))


def write_by_node(genotype: Genotype | NasBench201Cell) -> str:
    """As pt.darts and StacNAS write it: ``Genotype(normal=[[('op', 0), ('op', 1)], ...], ...)``."""
    fields = ", ".join(f"{name}={value}" for name, value in _fields(genotype, by_node=True).items())
    return f"Genotype({fields})"


def write_json(genotype: Genotype | NasBench201Cell) -> str:
    """The four fields as JSON."""
    return json.dumps(_fields(genotype))


def _fields(genotype: Genotype | NasBench201Cell, *, by_node: bool = False) -> dict[str, object]:
    fields: dict[str, object] = {}
    whole = genotype_of(genotype)
    for name, cell in (("normal", whole.normal), ("reduce", whole.reduce)):
        fields[name] = [list(pair) for _, pair in cell.by_node()] if by_node else list(cell.edges)
        fields[f"{name}_concat"] = list(cell.concat)
    return fields
