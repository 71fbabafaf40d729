from functools import partial

import numpy as np
import pandas as pd
import pytest

from nascope.config.section import Seeds
from nascope.errors import NascopeError
from nascope.papers.declare import STUDIES
from nascope.papers.nasbench201.studies import sampled_space, whole_space
from nascope.papers.redundancy.studies import neighbourhoods, pattern_samples, reduction_variants, successive_removal
from nascope.papers.understanding.studies import adapted_cells, connection_variants, operation_variants
from nascope.schemas.trainings import GENOTYPES, Genotypes
from nascope.spaces import darts
from nascope.spaces.genotype import Genotype
from nascope.spaces.parse import parse_genotype
from nascope.spaces.patterns import GROUPS
from nascope.spaces.published import published_cell
from nascope.spaces.reductions import TREATMENTS
from nascope.spaces.removal import ORDERS, without
from nascope.studies.build import build_study
from nascope.studies.listed import listed
from nascope.tables import write_table
from nascope.workflow.check import options_of

DARTS = str(published_cell("DARTS_V2").genotype)


def test_pattern_samples_repeat_and_differ_by_group():
    draw = partial(pattern_samples, "s", per_group=3, wirings=("corrected",), draw_seed=1, seeds=(0,))
    first = draw(groups=("Random", "PrimSkip"))
    assert first.equals(draw(groups=("Random", "PrimSkip")))
    assert first["genotype"].nunique() == 6
    # A group's draws do not depend on which other groups are asked for.
    alone = draw(groups=("PrimSkip",))
    assert alone["genotype"].tolist() == first["genotype"].tolist()[3:]


def test_both_wirings_of_the_sampler_are_drawn_where_they_differ():
    draw = partial(pattern_samples, "s", groups=GROUPS, per_group=2, draw_seed=0, seeds=(0,))
    both = draw(wirings=("corrected", "as_coded"))
    assert both.groupby("family")["group"].unique().map(list).to_dict() == {
        "corrected": list(GROUPS),
        "as_coded": ["Skip", "PrimSkip"],
    }
    alone = draw(wirings=("as_coded",))
    coded = both[both["family"] == "as_coded"]["genotype"].tolist()
    assert alone[alone["group"].isin(("Skip", "PrimSkip"))]["genotype"].tolist() == coded


def test_reduction_variants_exchange_nothing_but_the_reduction_cell():
    draw = partial(reduction_variants, "s", cells=("DARTS_V2", "ENAS"), draw_seed=0, seeds=(0,))
    table = draw(treatments=TREATMENTS)
    assert table["group"].tolist() == ["original", *TREATMENTS] * 2
    for family, rows in table.groupby("family"):
        cells = {row.group: parse_genotype(row.genotype) for row in rows.itertuples()}
        original = published_cell(family).genotype
        assert cells["original"] == original
        assert cells["same"] == Genotype(original.normal, original.normal)
        assert cells["swapped"] == Genotype(original.reduce, original.normal)
        assert {cells[name].normal for name in ("plain", "random")} == {original.normal}
        assert {op for op, _ in cells["plain"].reduce.edges} == {"max_pool_3x3"}
        assert cells["random"].reduce != original.reduce
    with pytest.raises(NascopeError, match="unknown treatment 'none'"):
        draw(treatments=("none",))


def importance_of(genotypes, values):
    rows = [
        (str(genotype), kind, edge, *getattr(genotype, kind).edges[edge])
        for genotype in genotypes
        for kind in ("normal", "reduce")
        for edge in range(8)
    ]
    table = pd.DataFrame(rows, columns=["genotype", "cell_type", "edge", "primitive", "source"])
    return table.assign(error=0.1, importance=np.tile(values, len(genotypes)), subset="top")


def test_operations_are_removed_in_the_order_of_their_importance():
    rng = np.random.default_rng(0)
    genotypes = [darts.SPACE.sample(rng) for _ in range(5)]
    values = rng.permutation(16) / 100
    table = importance_of(genotypes, values)
    draw = partial(successive_removal, "s", importance=table, steps=(1, 8), draw_seed=0, seeds=(0,))
    study = draw(cells=2)
    assert study.groupby("family")["group"].value_counts().unstack().to_numpy().tolist() == [[2, 2, 1]] * 2
    for _, rows in study.groupby("family"):
        whole = parse_genotype(rows.loc[rows["group"] == "whole", "genotype"].iloc[0])
        for order, ranks in ((ORDERS[0], np.argsort(-values)), (ORDERS[1], np.argsort(values))):
            one, eight = (parse_genotype(text) for text in rows.loc[rows["group"] == order, "genotype"])
            assert one == without(whole, ranks[:1])
            assert eight == without(whole, ranks[:8])
            gone = [op for cell in (eight.normal, eight.reduce) for op, _ in cell.edges].count("none")
            assert gone == 8
    with pytest.raises(NascopeError, match="6 cells are asked for, there are 5 top genotypes"):
        draw(cells=6)


def test_neighbourhoods_hold_the_centre_and_every_neighbour_of_the_asked_edges():
    draw = partial(neighbourhoods, "s", cell_types=("normal", "reduce"), edges=(0, 7), seeds=(0,))
    table = draw(cells=("DARTS_V2",))
    assert table["group"].value_counts().to_dict() == {
        "centre": 1, "normal 0": 6, "normal 7": 9, "reduce 0": 6, "reduce 7": 9
    }  # fmt: skip
    assert table["genotype"].nunique() == 31
    with pytest.raises(NascopeError, match="has 5 nodes"):
        draw(cells=("ENAS",))


def test_listed_genotypes_are_read(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text(f'name,genotype,group\nmine,"{DARTS}",a\nsmall,|skip_connect~0|,b\n')
    table = build_study("s", listed, {"path": str(path), "seeds": [0, 3]}, weights=True, tables={})
    assert table["weights"].all()
    assert table["name"].tolist() == ["mine", "small"]
    assert table["group"].tolist() == ["a", "b"]
    assert table["width"].tolist()[0] == 3.5
    assert table["seeds"].tolist() == [[0, 3], [0, 3]]


def trained_again(study: str, *, genotypes: Genotypes, seeds: Seeds) -> pd.DataFrame:
    """A kind that draws from a table."""
    return genotypes.drop(columns="weights").assign(study=study, seeds=[list(seeds)] * len(genotypes))


def test_kinds_are_given_the_tables_that_they_draw_from(tmp_path):
    whole = whole_space("one", nodes=2, seeds=(0,)).assign(weights=True)
    path = str(tmp_path / "genotypes.parquet")
    write_table(whole, GENOTYPES, path, {})
    table = build_study("two", trained_again, {"seeds": [1]}, weights=False, tables={"genotypes": path})
    assert table["genotype"].tolist() == whole["genotype"].tolist()
    assert set(table["study"]) == {"two"}
    assert table["seeds"].tolist() == [[1]] * 5
    assert not table["weights"].any()


def test_operation_variants_keep_connections():
    table = operation_variants("s", cells=("DARTS_V2",), variants=4, seeds=(0,))
    assert table["name"].tolist() == ["DARTS_V2", "O1", "O2", "O3", "O4"]
    cells = [parse_genotype(text) for text in table["genotype"]]
    wirings = {tuple(source for cell in (c.normal, c.reduce) for _, source in cell.edges) for c in cells}
    assert len(wirings) == 1
    assert table["genotype"].nunique() == 5
    assert (table["width"] == table["width"].iloc[0]).all()


def test_variants_of_several_cells_are_told_apart_by_family():
    table = connection_variants("s", cells=("DARTS_V2", "ENAS"), widths=(2, 3.5), per_width=1, seeds=(0,))
    assert table["family"].tolist() == ["DARTS_V2"] * 3 + ["ENAS"] * 3
    assert table["group"].tolist() == ["original", "2c", "3.5c"] * 2
    assert not table.duplicated(["family", "name"]).any()


def test_adapted_cells_are_the_published_ones_or_rewired():
    cells = {"NASNet-A": "NASNet_ADAPT", "DARTS_V2": None}
    table = adapted_cells("s", cells=cells, seeds=(0,)).set_index("name")
    assert table.loc["NASNet_ADAPT", "genotype"] == str(published_cell("NASNet_ADAPT").genotype)
    assert table.loc["DARTS_V2 adapted", "genotype"] == str(published_cell("DARTS_ADAPT").genotype)
    assert table.loc["DARTS_V2 adapted", ["width", "depth"]].tolist() == [4, 2]
    assert table["group"].tolist() == ["original", "adapted"] * 2


def test_a_sample_of_a_space_repeats_has_no_cell_twice_and_takes_any_number_of_nodes():
    first = sampled_space("s", nodes=5, cells=50, draw_seed=3, seeds=(0,))
    assert first.equals(sampled_space("s", nodes=5, cells=50, draw_seed=3, seeds=(0,)))
    assert first["genotype"].nunique() == 50
    assert len(sampled_space("s", nodes=3, cells=125, draw_seed=3, seeds=(0,))) == 125
    with pytest.raises(NascopeError, match="no 126 different cells with 3 nodes"):
        sampled_space("s", nodes=3, cells=126, draw_seed=3, seeds=(0,))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (f'name,genotype\nok,"{DARTS}"\nbad,|skip_connect~1|\n', r"mine\.csv, line 3: .*node 1, term 1"),
        ("name,genotype\nbad,\n", r"mine\.csv, line 2: malformed"),
        ("name,cell\nx,y\n", r"mine\.csv: the first row must name the columns"),
        ("", r"the first row must name"),
    ],
)
def test_malformed_files_are_refused_with_their_place(tmp_path, content, message):
    path = tmp_path / "mine.csv"
    path.write_text(content)
    with pytest.raises(NascopeError, match=message):
        listed("s", path=str(path), seeds=(0,))


def test_missing_files_and_wrong_options_are_named(tmp_path):
    with pytest.raises(NascopeError, match=r"cannot read .*nothing\.csv"):
        listed("s", path=str(tmp_path / "nothing.csv"), seeds=(0,))
    with pytest.raises(NascopeError, match=r"studies\.s\.options: unknown key 'node' .*did you mean 'nodes'"):
        options_of(STUDIES["whole_space"], {"node": 3, "seeds": [0]}, "config, studies.s.options")
