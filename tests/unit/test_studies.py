import pytest

from nascope.errors import NascopeError
from nascope.spaces import parse_genotype
from nascope.spaces.published import published_cell
from nascope.studies import build_study

DARTS = str(published_cell("DARTS_V2").genotype)


def test_pattern_samples_repeat_and_differ_by_group():
    options = {"groups": ["Random", "PrimSkip"], "per_group": 3, "wiring": "corrected", "draw_seed": 1, "seeds": [0]}
    first = build_study("s", "pattern_samples", options)
    assert first.equals(build_study("s", "pattern_samples", options))
    assert first["genotype"].nunique() == 6
    # A group's draws do not depend on which other groups are asked for.
    alone = build_study("s", "pattern_samples", {**options, "groups": ["PrimSkip"]})
    assert alone["genotype"].tolist() == first["genotype"].tolist()[3:]


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
    assert table["width"].nunique() == 1


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
