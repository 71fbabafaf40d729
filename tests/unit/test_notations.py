"""Genotypes as people write them: what public code prints and stores, and what is refused."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from nascope.errors import NascopeError
from nascope.networks.darts_network import DartsNetwork
from nascope.spaces import darts
from nascope.spaces.canonical import canonical_key
from nascope.spaces.genotype import Genotype
from nascope.spaces.nasbench201 import PRIMITIVES, NasBench201Cell
from nascope.spaces.parse import WRITERS, format_genotype, parse_genotype
from nascope.spaces.published import published_cell
from nascope.workflow.versions import modules_of
from tests.helpers import any_genotype, fuzz, nasbench201_cells

DARTS = published_cell("DARTS_V2").genotype
TEXT = str(DARTS)
BY_NODE = format_genotype(DARTS, "by_node")
NORMAL, REDUCE = (re.search(rf"{kind}=(\[.*?\]), {kind}_concat", TEXT)[1] for kind in ("normal", "reduce"))
#: Cell 6111 of NAS-Bench-201 (the index in its official order), whose operations are all different from node to node.
CELL = "|nor_conv_3x3~0|+|nor_conv_3x3~0|avg_pool_3x3~1|+|skip_connect~0|nor_conv_3x3~1|skip_connect~2|"
#: As xiaomi-automl/FairDARTS prints it in fairdarts/genotypes.py: (operation, node, source); node 3 has no edge.
FAIR = (
    "FairDARTS_a = Genotype(normal=[('sep_conv_3x3', 2, 0), ('sep_conv_5x5', 2, 1), ('max_pool_3x3', 4, 0), "
    "('sep_conv_3x3', 5, 0)], normal_concat=range(2, 6), reduce=[('max_pool_3x3', 2, 0), ('avg_pool_3x3', 2, 1), "
    "('avg_pool_3x3', 3, 0), ('dil_conv_5x5', 3, 1), ('avg_pool_3x3', 4, 0), ('sep_conv_5x5', 4, 1), "
    "('skip_connect', 5, 0), ('skip_connect', 5, 1)], reduce_concat=range(2, 6))"
)


@pytest.mark.parametrize(
    "text",
    [
        "DARTS_V2",
        " 'DARTS_V2' ",
        f"DARTS_V2 = {TEXT}",
        f"genotypes.{TEXT};",
        f"  {TEXT},\n",
        f"\ufeff{TEXT}",
        f'"{TEXT}"',
        TEXT.replace("'", "\u2019"),
        f"2019-06-12 03:14:15,926 genotype = {TEXT} acc 97.24 [ok]",
        f"epoch 3 {TEXT}\nepoch 4 {TEXT}",
        TEXT.replace("[2, 3, 4, 5]", "range(2, 6)"),
        TEXT.replace("[2, 3, 4, 5]", "list(range(2, 6))"),
        TEXT.replace("[2, 3, 4, 5]", "np.array([2, 3, 4, 5])"),
        re.sub(r", (\d)\)", r", np.int64(\1))", TEXT),
        re.sub(r", (\d)\)", r", tensor(\1))", TEXT),
        re.sub(r"\('(\w+)'", r"(np.str_('\1')", TEXT),
        f"Genotype({NORMAL}, range(2, 6), {REDUCE}, range(2, 6))",
        f"Genotype({NORMAL}, [2, 3, 4, 5], reduce={REDUCE}, reduce_concat=range(2, 6))",
        f"{TEXT[:-1]}, connectN=None, connects=None)",
        BY_NODE,
        BY_NODE.replace("[('", "(('").replace(")]", "))").replace("=((", "=[(").replace(")), n", ")], n"),
        f"[{BY_NODE.split('normal=')[1].split(', normal_concat')[0]}, "
        f"{BY_NODE.split('reduce=')[1].split(', reduce_concat')[0]}]",
        format_genotype(DARTS, "json"),
        f"best: {format_genotype(DARTS, 'json')} at epoch 3",
        json.dumps({"genotype": TEXT, "seed": 3}),
        TEXT.replace("skip_connect", "identity"),
    ],
)
def test_spellings_of_the_darts_notation(text):
    assert parse_genotype(text) == DARTS


@pytest.mark.parametrize(
    "text",
    [
        f" {CELL}\n",
        CELL.replace("|", " | ").replace("+", "\n+ "),
        CELL.replace("nor_conv", "conv"),
        f"arch: {CELL} with 93.9%",
        f"CellStructure(4 nodes with {CELL})",
        format_genotype(NasBench201Cell.parse(CELL), "structure"),
        str([list(map(list, [("conv_3x3", 0)])), [("conv_3x3", 0), ("avg_pool_3x3", 1)],
             [("skip_connect", 0), ("conv_3x3", 1), ("skip_connect", 2)]]),
        str(NasBench201Cell.parse(CELL).ops),
        "('nor_conv_3x3', 'nor_conv_3x3', 'avg_pool_3x3', 'skip_connect', 'nor_conv_3x3', 'skip_connect')",
        # NASLib: edges by source, (1,2) (1,3) (1,4) (2,3) (2,4) (3,4); skip 0, none 1, 3x3 2, 1x1 3, pool 4.
        "(2, 2, 0, 4, 2, 0)",
        "['ReLUConvBN3x3', 'ReLUConvBN3x3', 'Identity', 'AvgPool1x1', 'ReLUConvBN3x3', 'Identity']",
        # nni.nas.benchmark.nasbench201
        '{"0_1": "conv_3x3", "0_2": "conv_3x3", "1_2": "avg_pool_3x3", "0_3": "skip_connect", "1_3": "conv_3x3", '
        '"2_3": "skip_connect"}',
        "{'cell/2_3': 'skip_connect', 'cell/0_2': 'conv_3x3', 'cell/1_2': 'avg_pool_3x3', 'cell/0_3': 'skip_connect', "
        "'cell/1_3': 'conv_3x3', 'cell/0_1': 'conv_3x3'}",
    ],
)  # fmt: skip
def test_spellings_of_nasbench201(text):
    assert str(parse_genotype(text)) == CELL


@pytest.mark.parametrize("text", ["6111", "index 6111", "arch=6111", "#6111", "6111;"])
def test_official_indices(text):
    # The first cell of NAS-Bench-201's index order is this; both are in the benchmark's README and in its file.
    assert str(parse_genotype("0")) == (
        "|avg_pool_3x3~0|+|nor_conv_1x1~0|skip_connect~1|+|nor_conv_1x1~0|skip_connect~1|skip_connect~2|"
    )
    assert format_genotype(parse_genotype(text), "index") == "6111"


def test_nni_and_nasbench301_dictionaries():
    hub = json.loads(format_genotype(DARTS, "nni"))
    assert (hub["normal/op_4_1"], hub["normal/input_4_1"]) == ("skip_connect", 0)
    lists = {key: [value] if "input" in key else value for key, value in hub.items()}
    assert parse_genotype(json.dumps(hub)) == parse_genotype(str(lists)) == DARTS

    names = dict(zip(("max_pool_3x3", "skip_connect", "sep_conv_3x3", "dil_conv_5x5", "dil_conv_3x3"),
                     ("maxpool", "skipconnect", "sepconv3x3", "dilconv5x5", "dilconv3x3"), strict=True))  # fmt: skip
    first = {}
    for kind, cell in (("normal", DARTS.normal), ("reduce", DARTS.reduce)):
        for node, pair in cell.by_node():
            first |= {f"{kind}_n{node}_p{source}": [] for source in range(node)}
            first |= {f"{kind}_n{node}_p{source}": names[op] for op, source in pair}
            first[f"{kind}_n{node}_switch"] = [f"{kind}_n{node}_p{source}" for _, source in pair]
    assert parse_genotype(json.dumps(first)) == DARTS

    config = json.loads(format_genotype(DARTS, "nasbench301"))
    assert config["NetworkSelectorDatasetInfo:darts:edge_normal_9"] == "skip_connect"  # into state 5, from state 0
    yahpo = {key.replace(":", "_COLON_"): value for key, value in config.items()}
    lines = "Configuration:\n" + "\n".join(f"  {key}, Value: '{value}'" for key, value in config.items())
    for text in (json.dumps(config), f"Configuration(values={config})", str(yahpo), lines):
        assert canonical_key(parse_genotype(text)) == canonical_key(DARTS)
    with pytest.raises(NascopeError, match="node 3 of the normal cell has 1 edges"):
        parse_genotype(json.dumps(config).replace("normal_9", "normal_10"))


def test_naslib_counts_operations_in_its_own_order():
    # naslib/search_spaces/nasbench301/conversions.py: (source, number); max pool 0, skip 2, separable 3x3 3.
    compact = format_genotype(DARTS, "naslib")
    assert compact.startswith("(((0, 3), (1, 3), (0, 3), (1, 3), (1, 3), (0, 2), (0, 2), (2, 5)), ((0, 0), (1, 0)")
    assert parse_genotype(compact) == DARTS
    with pytest.raises(NascopeError, match="counts none first"):
        parse_genotype(compact.replace("(2, 5)", "(2, 7)"))


@given(any_genotype, st.sampled_from(sorted(WRITERS)))
@settings(max_examples=300)
def test_what_is_written_is_read(genotype, notation):
    try:
        text = format_genotype(genotype, notation)
    except NascopeError:
        return
    assert canonical_key(parse_genotype(text)) == canonical_key(genotype)


@given(nasbench201_cells((4,)))
def test_cells_with_four_nodes_are_written_in_all_of_the_benchmarks_notations(cell):
    for notation in ("nasbench201", "index", "structure", "naslib", "nni"):
        assert parse_genotype(format_genotype(cell, notation)) == cell


def test_fairdarts_cells_have_nodes_with_one_edge_or_none_and_train():
    genotype = parse_genotype(FAIR)
    assert genotype.normal.concat == (2, 4, 5)  # its code leaves node 3 out of the output
    assert genotype.normal.edges[2:6] == (("none", 0), ("none", 0), ("max_pool_3x3", 0), ("none", 0))
    published = DartsNetwork(genotype, channels=36, layers=20, auxiliary=True, prune=False)
    assert sum(weight.numel() for weight in published.parameters()) // 10_000 == 283  # beside the genotype: 2.83 M
    network = DartsNetwork(genotype, channels=4, layers=3, in_channels=1)
    network(torch.zeros(2, 1, 8, 8))[0].sum().backward()
    assert parse_genotype(str(genotype)) == genotype
    assert not darts.in_space(genotype)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "malformed genotype"),
        ("DARTS_V3", r"'DARTS_V3' is neither .*did you mean 'DARTS_V"),
        ("15625", r"index 15625 .*0 to 15624"),
        ("003412", "out of scope: digits"),
        ("64-41414-0_12_333", "out of scope: TransNAS"),
        ("ModelSpec(matrix=[[0, 1]], ops=['input', 'conv3x3-bn-relu'])", "out of scope: NAS-Bench-101"),
        (f"{TEXT} {TEXT.replace('sep_conv_3x3', 'sep_conv_5x5')}", "the text has 2 different ones"),
        (f"{TEXT}._replace(normal=[])", "more code follows"),
        (TEXT[:-3], "never closed"),
        (TEXT.replace("'sep_conv_3x3', 0", "open('x'), 0", 1), "column 19: expected a literal"),
        (TEXT.replace("'sep_conv_3x3', 0", "'sep_conv_9x9', 0", 1), "normal cell: edge 0: unknown primitive"),
        (f"{TEXT[:-1]}, connectN=2, connects=None)", "connectN is given"),
        (BY_NODE.replace("[('sep_conv_3x3', 0), ", "[('none', 0), ('sep_conv_3x3', 0), ", 1), "node 2 has 3 edges"),
        (TEXT.replace("('sep_conv_3x3', 0), ", "", 1), "7 pairs"),
        (TEXT.replace("'sep_conv_3x3', 0", "'sep_conv_3x3', 0.5", 1), "normal must be a list of"),
        ("(0, 1, 2, 3, 4, 5)", "numbers of operations are 0 to 4"),
        ("{'0_1': 'conv_3x3', '0_2': 'conv_3x3'}", "expected 0_1"),
        ("|nor_conv_3x3~0|+|nor_conv_3x3~1|", "node 2 has 1 terms"),
        ("7" * 30_000, "30,000 characters"),
        ("[" * 150 + "]" * 150, "brackets inside each other"),
    ],
)  # fmt: skip
def test_refusals_say_what_is_wrong(text, message):
    with pytest.raises(NascopeError, match=message) as caught:
        parse_genotype(text)
    assert len(str(caught.value)) < 500
    assert "\n" not in str(caught.value)


def test_notations_that_cannot_express_a_genotype_say_so():
    with pytest.raises(NascopeError, match="did you mean 'naslib'"):
        format_genotype(DARTS, "naslb")
    for genotype, notation in (
        (DARTS, "index"),
        (NasBench201Cell(("none",)), "index"),
        (NasBench201Cell(("none",)), "darts"),
        (published_cell("NASNet-A").genotype, "nasbench301"),
        (parse_genotype(FAIR), "naslib"),
    ):
        with pytest.raises(NascopeError):
            format_genotype(genotype, notation)


SEEDS = [
    TEXT,
    BY_NODE,
    CELL,
    FAIR,
    *(format_genotype(DARTS, name) for name in ("json", "naslib", "nni", "nasbench301")),
]
PIECES = [*"()[]{}|~+,'\"=:;.-*/0123456789 \n\\", "range(", "np.int64(", "Genotype(", "lambda: ", "none", *PRIMITIVES]


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A genotype's text with up to six places changed."""
    text = draw(st.sampled_from(SEEDS))
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 12)))
        text = text[:start] + draw(st.sampled_from(["", *PIECES]) | st.text(max_size=3)) + text[end:]
    return text


@given(mutated() | st.text(max_size=60) | st.text(alphabet="".join(PIECES[:33]), max_size=60))
@settings(max_examples=fuzz(600, 22_000), deadline=None)
def test_mutated_text_is_a_genotype_or_one_clear_message(text):
    try:
        genotype = parse_genotype(text)
    except NascopeError:
        return  # any other exception fails the test
    assert parse_genotype(str(genotype)) == genotype
    assert isinstance(genotype, Genotype | NasBench201Cell)


@pytest.mark.parametrize(
    "row", ["-", "1+", "not ", "a.", "f(", "f'{", "(0)", "[0]", "lambda:", "1if 1else ", "1 or ", "~"]
)
def test_deep_expressions_are_refused_without_a_crash(row):
    code = (
        "from nascope.errors import NascopeError; from nascope.spaces.parse import parse_genotype\n"
        f"for text in ({row!r} * 4999, 'f' + {row!r} * 4000, {row!r} * 2000 + '1'):\n"
        "    try: parse_genotype('Genotype(' + text + ')')\n"
        "    except NascopeError: pass\n"
        "    try: parse_genotype('[' + text)\n"
        "    except NascopeError: pass\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_trainings_do_not_depend_on_notations():
    found = modules_of("nascope.training.shards")
    assert "nascope.spaces.stored" in found
    assert not any(name.startswith("nascope.spaces.notations") for name in found)
    assert "nascope.spaces.notations.nni" in modules_of("nascope.studies.listed")
