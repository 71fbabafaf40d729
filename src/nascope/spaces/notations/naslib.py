"""NASLib's compact forms, whose edges and operations stand in an order of their own.

Orders from naslib/search_spaces/nasbench201/conversions.py and nasbench301/conversions.py of automl/NASLib.
"""

from __future__ import annotations

from nascope.errors import NascopeError
from nascope.spaces.genotype import Cell, Genotype
from nascope.spaces.nasbench201 import NasBench201Cell, edges_of
from nascope.spaces.notations.two_input import cell_of_nodes

#: Operations of NAS-Bench-201 by NASLib's numbers.
OPERATIONS = ("skip_connect", "none", "nor_conv_3x3", "nor_conv_1x1", "avg_pool_3x3")
#: The same by the names of NASLib's classes.
CLASSES = ("Identity", "Zero", "ReLUConvBN3x3", "ReLUConvBN1x1", "AvgPool1x1")
#: Operations of the DARTS space by NASLib's numbers.
DARTS_OPERATIONS = (
    "max_pool_3x3",
    "avg_pool_3x3",
    "skip_connect",
    "sep_conv_3x3",
    "sep_conv_5x5",
    "dil_conv_3x3",
    "dil_conv_5x5",
)
_NODES = 4
#: NASLib sorts edges by their source.
EDGES = tuple(sorted(edges_of(_NODES)))
_CELL_EDGES = 8


def read(value: object) -> Genotype | NasBench201Cell | None:
    """A NAS-Bench-201 cell from six numbers or names of classes; a genotype from two cells of (source, number) pairs.

    Raises:
        NascopeError: a value of these shapes with numbers that NASLib does not have.
    """
    if not isinstance(value, list | tuple):
        return None
    if len(value) == len(EDGES) and all(type(op) is int or op in CLASSES for op in value):
        return _cell([CLASSES.index(op) if isinstance(op, str) else op for op in value])
    if len(value) == 2 and all(_is_compact(cell) for cell in value):
        return Genotype(_two_input("normal", value[0]), _two_input("reduce", value[1]))
    return None


def _cell(numbers: list[int]) -> NasBench201Cell:
    if not all(0 <= number < len(OPERATIONS) for number in numbers):
        raise NascopeError(f"NASLib's numbers of operations are 0 to {len(OPERATIONS) - 1}, not {numbers}")
    ops = {edge: OPERATIONS[number] for edge, number in zip(EDGES, numbers, strict=True)}
    return NasBench201Cell(tuple(ops[edge] for edge in edges_of(_NODES)))


def _is_compact(value: object) -> bool:
    return (
        isinstance(value, list | tuple)
        and len(value) == _CELL_EDGES
        and all(isinstance(edge, list | tuple) and [type(part) for part in edge] == [int, int] for edge in value)
    )


def _two_input(name: str, pairs: list[tuple[int, int]]) -> Cell:
    edges = []
    for source, number in pairs:
        if not 0 <= number < len(DARTS_OPERATIONS):
            known = f"0 to {len(DARTS_OPERATIONS) - 1}"
            raise NascopeError(
                f"{name} cell: NASLib's numbers of operations are {known}, not {number}; older code, such as BANANAS', "
                "counts none first: write the names"
            )
        edges.append((DARTS_OPERATIONS[number], source))
    return cell_of_nodes(name, [edges[place : place + 2] for place in range(0, _CELL_EDGES, 2)], (2, 3, 4, 5))


def write(genotype: Genotype | NasBench201Cell) -> str:
    """Six numbers, or two tuples of (source, number) pairs.

    Raises:
        NascopeError: a cell of another size, with other operations or with other outputs.
    """
    if isinstance(genotype, NasBench201Cell):
        if genotype.nodes != _NODES:
            raise NascopeError(f"NASLib writes cells with {_NODES} nodes, this one has {genotype.nodes}")
        ops = {(source, target): op for source, target, op in genotype.edges}
        return str(tuple(OPERATIONS.index(ops[edge]) for edge in EDGES))
    return str((_compact(genotype.normal), _compact(genotype.reduce)))


def _compact(cell: Cell) -> tuple[tuple[int, int], ...]:
    if len(cell.edges) != _CELL_EDGES or set(cell.concat) != {2, 3, 4, 5}:
        raise NascopeError("NASLib writes cells with four nodes, all of which are outputs")
    unknown = [op for op, _ in cell.edges if op not in DARTS_OPERATIONS]
    if unknown:
        raise NascopeError(f"NASLib has no number for {unknown[0]}")
    return tuple((source, DARTS_OPERATIONS.index(op)) for op, source in cell.edges)
