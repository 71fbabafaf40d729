"""nni's dictionaries of choices.

NAS-Bench-201 by edge (``{"0_1": "conv_3x3", ...}``); DARTS cells by node, in the keys of its model hub
(``normal/op_2_0``, ``normal/input_2_0``) or of its first version (``normal_n2_p0``, ``normal_n2_switch``).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from nascope.errors import NascopeError
from nascope.spaces.genotype import Cell, Edge, Genotype
from nascope.spaces.nasbench201 import NasBench201Cell, edges_of, nodes_of
from nascope.spaces.notations.nasbench201 import ALIASES, name_of
from nascope.spaces.notations.two_input import cell_of_nodes

#: Operations of the first version by number (nni/examples/nas/oneshot/darts/model.py).
FIRST_OPERATIONS = ("maxpool", "avgpool", "skipconnect", "sepconv3x3", "sepconv5x5", "dilconv3x3", "dilconv5x5", "none")
_OURS = {name: alias for alias, name in ALIASES.items() if alias.startswith("conv_")}
_EDGE = re.compile(r"(?:.*/)?(\d)_(\d)")


def read(value: object) -> Genotype | NasBench201Cell | None:
    """A genotype from a dictionary of choices.

    Raises:
        NascopeError: such a dictionary that is not complete.
    """
    if not isinstance(value, Mapping) or not value:
        return None
    if all(_EDGE.fullmatch(str(key)) for key in value):
        return _nasbench201(value)
    if "normal/op_2_0" in value:
        return Genotype(_hub(value, "normal"), _hub(value, "reduce"))
    if "normal_n2_p0" in value:
        return Genotype(_first(value, "normal"), _first(value, "reduce"))
    return None


def _nasbench201(choices: Mapping[str, object]) -> NasBench201Cell:
    found = {}
    for key, op in choices.items():
        source, target = key.split("/")[-1].split("_")
        found[int(source), int(target)] = name_of(str(op))
    edges = edges_of(nodes_of(len(found)))
    if set(found) != set(edges):
        expected = ", ".join(f"{source}_{target}" for source, target in edges)
        raise NascopeError(f"nni's dictionary has the edges {', '.join(choices)}, expected {expected}")
    return NasBench201Cell(tuple(found[edge] for edge in edges))


def _hub(choices: Mapping[str, object], kind: str) -> Cell:
    nodes: list[list[Edge]] = []
    while f"{kind}/op_{len(nodes) + 2}_0" in choices:
        node = len(nodes) + 2
        nodes.append([_hub_edge(choices, f"{kind}/{{}}_{node}_{place}") for place in (0, 1)])
    return cell_of_nodes(kind, nodes, tuple(range(2, len(nodes) + 2)))


def _hub_edge(choices: Mapping[str, object], key: str) -> Edge:
    op, source = choices.get(key.format("op")), choices.get(key.format("input"))
    if isinstance(source, list | tuple) and len(source) == 1:
        source = source[0]
    if not isinstance(op, str) or type(source) is not int:
        raise NascopeError(f"nni's dictionary: {key.format('op')} is {op!r}, {key.format('input')} is {source!r}")
    return op, source


def _first(choices: Mapping[str, object], kind: str) -> Cell:
    nodes: list[list[Edge]] = []
    while f"{kind}_n{len(nodes) + 2}_p0" in choices:
        key = f"{kind}_n{len(nodes) + 2}"
        switch = choices.get(f"{key}_switch")
        if not isinstance(switch, list | tuple) or not 1 <= len(switch) <= 2:
            raise NascopeError(f"nni's dictionary: {key}_switch is {switch!r}, expected two of its inputs")
        nodes.append([_first_edge(choices, key, chosen) for chosen in switch])
    return cell_of_nodes(kind, nodes, tuple(range(2, len(nodes) + 2)))


def _first_edge(choices: Mapping[str, object], key: str, chosen: object) -> Edge:
    """The edge from an input that is chosen by its key or its number; operations are names or numbers."""
    source = str(chosen).removeprefix(f"{key}_p")
    op = choices.get(f"{key}_p{source}")
    if type(op) is int and 0 <= op < len(FIRST_OPERATIONS):
        op = FIRST_OPERATIONS[op]
    if not isinstance(op, str) or not source.isdecimal():
        raise NascopeError(f"nni's dictionary: {key}_switch names {chosen!r}, whose operation is {op!r}")
    return op, int(source)


def write(genotype: Genotype | NasBench201Cell) -> str:
    """The dictionary as JSON, for two-input cells in the hub's keys."""
    if isinstance(genotype, NasBench201Cell):
        return json.dumps({f"{source}_{target}": _OURS.get(op, op) for source, target, op in genotype.edges})
    choices: dict[str, object] = {}
    for kind, cell in (("normal", genotype.normal), ("reduce", genotype.reduce)):
        if set(cell.concat) != set(range(2, cell.nodes + 2)):
            raise NascopeError("nni's dictionaries are of cells all of whose nodes are outputs")
        for node, pair in cell.by_node():
            for place, (op, source) in enumerate(pair):
                choices |= {f"{kind}/op_{node}_{place}": op, f"{kind}/input_{node}_{place}": source}
    return json.dumps(choices)
