"""Keys are judged by running networks built edge by edge, which know nothing of keys."""

from __future__ import annotations

import itertools
from collections import defaultdict

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from nascope.networks.cells import TwoInputCell, nasbench201_cell
from nascope.networks.layers import BuildOptions
from nascope.networks.operations import Shift
from nascope.spaces import darts
from nascope.spaces.canonical import canonical_form, canonical_key
from nascope.spaces.genotype import Cell, Genotype
from nascope.spaces.nasbench201_space import enumerate_cells
from tests.helpers import genotypes, nasbench201_cells, two_input_cells

CHANNELS = 3
OPTIONS = BuildOptions()


def randomise(module, seed):
    generator = torch.Generator().manual_seed(seed)
    for tensor in (*module.parameters(), *module.buffers()):
        if tensor.is_floating_point():
            tensor.data.copy_(torch.rand(tensor.shape, generator=generator) + 0.1)
    return module.double().eval()


def copy_operation(source, target):
    """Weights of an operation into another; a Shift takes the BatchNorm bias of the convolution it stands for."""
    if isinstance(target, Shift):
        norm = source[-1]
        norm.running_mean.zero_()  # the mean of the zeros it has seen in training
        target.bias.data.copy_(norm.bias.data)
    else:
        target.load_state_dict(source.state_dict())


def run_with_canonical_weights(cell, x):
    """Output of the edge-by-edge cell when instance ``i`` of its key has weights number ``i``."""
    form = canonical_form(cell)
    reference = randomise(nasbench201_cell(cell, CHANNELS, OPTIONS, prune=False), 0)
    for instance, edge in enumerate(form.edges):
        randomise(reference.operations[edge], 100 + instance)
        if form.instances[instance].label == "bias":
            # A 1x1 and a 3x3 convolution of zero are alike: only BatchNorm's bias is left. Its running mean is
            # that of the zeros it has seen in training.
            norm = randomise(reference.operations[edge][-1], 500 + instance)
            norm.running_mean.zero_()
    return reference([x])[0]


@pytest.fixture(scope="module")
def x():
    # Both signs: on positive images ReLU does nothing and a 1x1 convolution commutes with pooling.
    return torch.randn(2, CHANNELS, 5, 5, generator=torch.Generator().manual_seed(7)).double()


@pytest.fixture(scope="module")
def four_node_classes():
    classes = defaultdict(list)
    for cell in enumerate_cells(4):
        classes[canonical_key(cell)].append(cell)
    return classes


def test_counts(four_node_classes):
    # Nodes merged through skips, zeros dropped, sharing kept apart: fewer than the string rule's 5,390.
    assert len(four_node_classes) == 5_234
    assert len({canonical_key(cell) for cell in enumerate_cells(3)}) == 65


def test_cells_with_one_key_compute_one_function_three_nodes(x):
    classes = defaultdict(list)
    for cell in enumerate_cells(3):
        classes[canonical_key(cell)].append(run_with_canonical_weights(cell, x))
    assert max(len(outputs) for outputs in classes.values()) > 3
    for outputs in classes.values():
        for output in outputs[1:]:
            torch.testing.assert_close(output, outputs[0], rtol=1e-10, atol=1e-10)


def test_cells_with_one_key_compute_one_function_four_nodes(x, four_node_classes):
    rng = np.random.default_rng(0)
    shared = [cells for cells in four_node_classes.values() if len(cells) > 1]
    for index in rng.choice(len(shared), size=150, replace=False):
        first, second = (shared[index][i] for i in rng.choice(len(shared[index]), size=2, replace=False))
        torch.testing.assert_close(
            run_with_canonical_weights(first, x),
            run_with_canonical_weights(second, x),
            rtol=1e-10,
            atol=1e-10,
        )


def function_signature(cell, x):
    """All outputs over assignments of fixed weights to the convolutions that matter: equal iff the functions are."""
    by_kind = defaultdict(list)
    for edge, op in enumerate(cell.ops):
        if op.startswith("nor_conv"):
            by_kind[op].append(edge)
    outputs = set()
    orders = [list(itertools.permutations(range(len(edges)))) for edges in by_kind.values()]
    for choice in itertools.product(*orders):
        reference = randomise(nasbench201_cell(cell, CHANNELS, OPTIONS, prune=False), 0)
        for edges, order in zip(by_kind.values(), choice, strict=True):
            for edge, number in zip(edges, order, strict=True):
                randomise(reference.operations[edge], 100 + number)
        outputs.add(round(float(reference([x])[0].detach().sum()), 6))
    return frozenset(outputs)


def test_cells_with_different_keys_compute_different_functions(x):
    """Live three-node cells without fed-by-zero convolutions and the same convolutions: other key, other function."""
    groups = defaultdict(dict)
    for cell in enumerate_cells(3):
        form = canonical_form(cell)
        convolutions = sorted(op for op in cell.ops if op.startswith("nor_conv"))
        if len(form.instances) == len(convolutions) and not any(i.label == "bias" for i in form.instances):
            groups[tuple(convolutions)].setdefault(form.key, cell)
    pairs = 0
    for representatives in groups.values():
        signatures = [function_signature(cell, x) for cell in representatives.values()]
        assert len(set(signatures)) == len(signatures)
        pairs += len(signatures)
    assert pairs > 30


def test_sharing_is_not_merged_although_the_string_rule_merges_it():
    from nascope.spaces.nasbench201 import NasBench201Cell
    from nascope.spaces.unique_string import unique_string

    twice = NasBench201Cell.parse("|nor_conv_3x3~0|+|nor_conv_3x3~0|none~1|+|none~0|skip_connect~1|skip_connect~2|")
    shared = NasBench201Cell.parse("|nor_conv_3x3~0|+|none~0|skip_connect~1|+|none~0|skip_connect~1|skip_connect~2|")
    assert unique_string(twice, zeros="drop") == unique_string(shared, zeros="drop")
    assert canonical_key(twice) != canonical_key(shared)


@settings(max_examples=40)
@given(nasbench201_cells((2, 3, 4, 5)))
def test_program_cell_equals_edge_cell(cell):
    x = torch.rand(2, CHANNELS, 5, 5, generator=torch.Generator().manual_seed(1)).double()
    form = canonical_form(cell)
    reference = randomise(nasbench201_cell(cell, CHANNELS, OPTIONS, prune=False), 3)
    program = nasbench201_cell(cell, CHANNELS, OPTIONS).double().eval()
    for instance, edge in enumerate(form.edges):
        copy_operation(reference.operations[edge], program.operations[instance])
    torch.testing.assert_close(program([x])[0], reference([x])[0], rtol=1e-9, atol=1e-9)


@settings(max_examples=40)
@given(two_input_cells(), st.booleans())
def test_two_input_program_cell_equals_edge_cell(cell, reduction):
    generator = torch.Generator().manual_seed(1)
    states = [torch.rand(2, 2, 8, 8, generator=generator).double() for _ in range(2)]
    shape = {"reduction": reduction, "reduction_before": False, "options": OPTIONS}
    reference = randomise(TwoInputCell(cell, 2, 2, 4, **shape, prune=False), 3)
    program = TwoInputCell(cell, 2, 2, 4, **shape).double().eval()
    form = canonical_form(cell, reduction=reduction)
    program.previous.load_state_dict(reference.previous.state_dict())
    if program.before is not None:
        program.before.load_state_dict(reference.before.state_dict())
    for instance, edge in enumerate(form.edges):
        copy_operation(reference.body.operations[edge], program.body.operations[instance])
    expected = reference(*states).unflatten(1, (len(cell.concat), 4))
    found = program(*states).unflatten(1, (len(cell.concat), 4))
    # The key's order of nodes may differ: compare the concatenated nodes as a multiset.
    for tensors in (expected, found):
        assert tensors.shape == expected.shape
    key = lambda tensors: sorted(tensors.sum(dim=(0, 2, 3, 4)).tolist())  # noqa: E731
    assert key(found) == pytest.approx(key(expected), rel=1e-9, abs=1e-9)


def permuted(cell: Cell, order: list[int]) -> Cell:
    """The cell with its intermediate nodes renumbered and each node's edges swapped; None if not topological."""
    number = {0: 0, 1: 1, **{old + 2: new + 2 for new, old in enumerate(order)}}
    edges = []
    for new, old in enumerate(order):
        pair = [(op, number[source]) for op, source in cell.edges[2 * old : 2 * old + 2]]
        if any(source >= new + 2 for _, source in pair):
            return None
        edges += pair[::-1]
    return Cell(tuple(edges), tuple(sorted(number[node] for node in cell.concat)))


@given(two_input_cells(), st.permutations(range(4)), st.booleans())
def test_node_and_input_order_do_not_matter(cell, order, reduction):
    other = permuted(cell, list(order))
    if other is not None:
        assert canonical_form(cell, reduction=reduction).key == canonical_form(other, reduction=reduction).key


@given(genotypes())
def test_changing_an_operation_that_matters_changes_the_key(genotype):
    form = canonical_form(genotype.normal)
    for instance, edge in zip(form.instances, form.edges, strict=True):
        other = next(op for op in darts.PRIMITIVES[:4] if op != instance.label)
        changed = genotype.normal.replace_edge(edge, (other, genotype.normal.edges[edge][1]))
        assert canonical_key(Genotype(changed, genotype.reduce)) != canonical_key(genotype)


def test_what_was_merged_is_named():
    cell = enumerate_cells(4)[0]
    assert any("skip_connect joins node 1 into node 2" in note for note in canonical_form(cell).merged)
    dead = next(c for c in enumerate_cells(4) if "dead" in " ".join(canonical_form(c).merged))
    assert canonical_form(dead).merged
