import numpy as np
import pandas as pd
import pytest

from nascope.errors import NascopeError
from nascope.spaces import Genotype, darts, parse_genotype
from nascope.spaces.patterns import GROUPS
from nascope.spaces.published import published_cell
from nascope.spaces.reductions import TREATMENTS
from nascope.spaces.removal import ORDERS, without
from nascope.studies import build_study

DARTS = str(published_cell("DARTS_V2").genotype)


def test_pattern_samples_repeat_and_differ_by_group():
    options = {"groups": ["Random", "PrimSkip"], "per_group": 3, "wirings": ["corrected"], "draw_seed": 1, "seeds": [0]}
    first = build_study("s", "pattern_samples", options)
    assert first.equals(build_study("s", "pattern_samples", options))
    assert first["genotype"].nunique() == 6
    # A group's draws do not depend on which other groups are asked for.
    alone = build_study("s", "pattern_samples", {**options, "groups": ["PrimSkip"]})
    assert alone["genotype"].tolist() == first["genotype"].tolist()[3:]


def test_both_wirings_of_the_sampler_are_drawn_where_they_differ():
    options = {"groups": list(GROUPS), "per_group": 2, "draw_seed": 0, "seeds": [0]}
    both = build_study("s", "pattern_samples", {**options, "wirings": ["corrected", "as_coded"]})
    assert both.groupby("family")["group"].unique().map(list).to_dict() == {
        "corrected": list(GROUPS),
        "as_coded": ["Skip", "PrimSkip"],
    }
    alone = build_study("s", "pattern_samples", {**options, "wirings": ["as_coded"]})
    coded = both[both["family"] == "as_coded"]["genotype"].tolist()
    assert alone[alone["group"].isin(("Skip", "PrimSkip"))]["genotype"].tolist() == coded


def test_reduction_variants_exchange_nothing_but_the_reduction_cell():
    options = {"cells": ["DARTS_V2", "ENAS"], "treatments": list(TREATMENTS), "draw_seed": 0, "seeds": [0]}
    table = build_study("s", "reduction_variants", options)
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
        build_study("s", "reduction_variants", {**options, "treatments": ["none"]})


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
    options = {"cells": 2, "steps": [1, 8], "draw_seed": 0, "seeds": [0]}
    study = build_study("s", "successive_removal", options, importance=table)
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
        build_study("s", "successive_removal", {**options, "cells": 6}, importance=table)


def test_neighbourhoods_hold_the_centre_and_every_neighbour_of_the_asked_edges():
    options = {"cells": ["DARTS_V2"], "cell_types": ["normal", "reduce"], "edges": [0, 7], "seeds": [0]}
    table = build_study("s", "neighbourhoods", options)
    assert table["group"].value_counts().to_dict() == {
        "centre": 1, "normal 0": 6, "normal 7": 9, "reduce 0": 6, "reduce 7": 9
    }  # fmt: skip
    assert table["genotype"].nunique() == 31
    with pytest.raises(NascopeError, match="has 5 nodes"):
        build_study("s", "neighbourhoods", {**options, "cells": ["ENAS"]})


def test_listed_genotypes_are_read(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text(f'name,genotype,group\nmine,"{DARTS}",a\nsmall,|skip_connect~0|,b\n')
    table = build_study("s", "listed", {"path": str(path), "seeds": [0, 3]})
    assert table["name"].tolist() == ["mine", "small"]
    assert table["group"].tolist() == ["a", "b"]
    assert table["width"].tolist()[0] == 3.5
    assert table["seeds"].tolist() == [[0, 3], [0, 3]]


def test_operation_variants_keep_connections():
    table = build_study("s", "operation_variants", {"cells": ["DARTS_V2"], "variants": 4, "seeds": [0]})
    assert table["name"].tolist() == ["DARTS_V2", "O1", "O2", "O3", "O4"]
    cells = [parse_genotype(text) for text in table["genotype"]]
    wirings = {tuple(source for cell in (c.normal, c.reduce) for _, source in cell.edges) for c in cells}
    assert len(wirings) == 1
    assert table["genotype"].nunique() == 5
    assert (table["width"] == table["width"].iloc[0]).all()


def test_variants_of_several_cells_are_told_apart_by_family():
    options = {"cells": ["DARTS_V2", "ENAS"], "widths": [2, 3.5], "per_width": 1, "seeds": [0]}
    table = build_study("s", "connection_variants", options, weights=True)
    assert table["family"].tolist() == ["DARTS_V2"] * 3 + ["ENAS"] * 3
    assert table["group"].tolist() == ["original", "2c", "3.5c"] * 2
    assert not table.duplicated(["family", "name"]).any()
    assert table["weights"].all()
    assert not build_study("s", "connection_variants", options)["weights"].any()


def test_adapted_cells_are_the_published_ones_or_rewired():
    cells = {"NASNet-A": "NASNet_ADAPT", "DARTS_V2": None}
    table = build_study("s", "adapted_cells", {"cells": cells, "seeds": [0]}).set_index("name")
    assert table.loc["NASNet_ADAPT", "genotype"] == str(published_cell("NASNet_ADAPT").genotype)
    assert table.loc["DARTS_V2 adapted", "genotype"] == str(published_cell("DARTS_ADAPT").genotype)
    assert table.loc["DARTS_V2 adapted", ["width", "depth"]].tolist() == [4, 2]
    assert table["group"].tolist() == ["original", "adapted"] * 2


def test_a_sample_of_a_space_repeats_has_no_cell_twice_and_takes_any_number_of_nodes():
    options = {"nodes": 5, "cells": 50, "draw_seed": 3, "seeds": [0]}
    first = build_study("s", "sampled_space", options)
    assert first.equals(build_study("s", "sampled_space", options))
    assert first["genotype"].nunique() == 50
    assert len(build_study("s", "sampled_space", {**options, "nodes": 3, "cells": 125})) == 125
    with pytest.raises(NascopeError, match="no 126 different cells with 3 nodes"):
        build_study("s", "sampled_space", {**options, "nodes": 3, "cells": 126})


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (f'name,genotype\nok,"{DARTS}"\nbad,|skip_connect~1|\n', r"mine\.csv, row 3: .*node 1, term 1"),
        ("name,genotype\nbad,\n", r"mine\.csv, row 2: malformed"),
        ("name,cell\nx,y\n", r"mine\.csv: the first row must name the columns"),
        ("", r"the first row must name"),
    ],
)
def test_malformed_files_are_refused_with_their_place(tmp_path, content, message):
    path = tmp_path / "mine.csv"
    path.write_text(content)
    with pytest.raises(NascopeError, match=message):
        build_study("s", "listed", {"path": str(path), "seeds": [0]})


def test_missing_files_and_wrong_options_are_named(tmp_path):
    with pytest.raises(NascopeError, match=r"cannot read .*nothing\.csv"):
        build_study("s", "listed", {"path": str(tmp_path / "nothing.csv"), "seeds": [0]})
    with pytest.raises(NascopeError, match=r"options of kind whole_space: .*node"):
        build_study("s", "whole_space", {"node": 3, "seeds": [0]})
    with pytest.raises(NascopeError, match="choose from whole_space"):
        build_study("s", "everything", {})
