import json
import random
import zipfile
from itertools import product

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import r2_score

from nascope.analysis.importance import genotype_importance, importance_sets
from nascope.analysis.predicted import REDUCTION, predict_patterns, predict_replacements
from nascope.analysis.ranking import prediction_quality
from nascope.errors import NascopeError
from nascope.oracles.encoding import encode
from nascope.oracles.nasbench301 import genotype_of, read_archive
from nascope.oracles.surrogate import Surrogate, cross_validate
from nascope.oracles.trained import trained_architectures
from nascope.papers.understanding.studies import connection_variants
from nascope.spaces import darts
from nascope.spaces.canonical import canonical_key
from nascope.spaces.genotype import Cell, Genotype
from nascope.spaces.published import published_cell
from nascope.spaces.removal import ORDERS
from nascope.spaces.topology import depth, width
from tests.helpers import fuzz
from tests.unit.test_damage import damages

#: Error of a made-up additive space: an operation costs so much wherever it stands, ten times in normal cells.
COST = dict(zip(darts.PRIMITIVES, (0.0, 0.002, 0.006, 0.007, 0.004, 0.012, 0.015), strict=True))


def true_error(genotype):
    return 0.1 + sum(COST[op] + 0.1 * COST[other] for (op, _), (other, _) in zip(
        genotype.normal.edges, genotype.reduce.edges, strict=True))  # fmt: skip


class Additive:
    dataset, fidelity, noise = "made up", "exact", 0.0

    def error(self, genotypes):
        return np.array([true_error(genotype) for genotype in genotypes])


def architectures(count, noise=0.0, seed=0):
    rng = np.random.default_rng(seed)
    genotypes = list(dict.fromkeys(darts.SPACE.sample(rng) for _ in range(count)))
    rows = [
        (str(g), canonical_key(g), "made", "d", 3, run, 100 * (1 - true_error(g) - noise * rng.normal()))
        for g, run in product(genotypes, (0, 1))
    ]
    columns = ["genotype", "key", "source", "dataset", "epochs", "seed", "valid_accuracy"]
    return pd.DataFrame(rows, columns=columns).assign(test_accuracy=np.nan, train_seconds=np.nan)


def test_encoding_counts_operations_on_edges_and_ignores_the_order_of_inputs():
    genotype = published_cell("DARTS_V2").genotype
    (features,) = encode([genotype])
    assert len(features) == 214
    assert features[:98].sum() == 8
    assert features[98:105].tolist() == [5, 0, 1, 0, 2, 0, 0]
    assert features[105:107].tolist() == [3.5, 3]
    swapped = [edge for k in range(0, 8, 2) for edge in genotype.normal.edges[k : k + 2][::-1]]
    assert np.array_equal(features, encode([Genotype(Cell(tuple(swapped), (2, 3, 4, 5)), genotype.reduce)])[0])
    rng = np.random.default_rng(0)
    cells = [darts.SPACE.sample_cell(rng) for _ in range(50)]
    cells += [Cell(cell.edges, (2, 3)) for cell in cells]
    encoded = encode([Genotype(cell, genotype.reduce) for cell in cells])
    assert encoded[:, 105:107].tolist() == [[width(cell), depth(cell)] for cell in cells]
    with pytest.raises(NascopeError, match="does not know disabled edges"):
        encode([Genotype(genotype.normal.replace_edge(0, ("none", 0)), genotype.reduce)])
    with pytest.raises(NascopeError, match="has 5 nodes"):
        encode([published_cell("ENAS").genotype])


def test_a_surrogate_learns_and_says_how_well():
    table = architectures(400, noise=0.001)
    held_out = cross_validate(table, folds=4)
    assert len(held_out) == 400
    assert held_out.groupby("fold").size().tolist() == [100] * 4
    r2, tau = prediction_quality(held_out)
    assert r2 == pytest.approx(r2_score(held_out["observed"], held_out["predicted"]))
    assert r2 > 0.7
    assert tau > 0.6
    assert held_out.equals(cross_validate(table, folds=4))
    surrogate = Surrogate(table, members=2)
    assert surrogate.noise == pytest.approx(0.001, rel=0.5)
    rng = np.random.default_rng(9)
    new = [darts.SPACE.sample(rng) for _ in range(200)]
    assert np.corrcoef(surrogate.error(new), Additive().error(new))[0, 1] > 0.8
    # Labels without meaning: nothing is learnt, and the cross-validation says so.
    shuffled = table.assign(valid_accuracy=np.random.default_rng(1).permutation(table["valid_accuracy"]))
    assert prediction_quality(cross_validate(shuffled, folds=4))[0] < 0.05
    with pytest.raises(NascopeError, match="at least five architectures with test accuracies, there are 0"):
        Surrogate(table, split="test")


def test_architectures_with_the_same_normal_cell_are_held_out_together():
    table = architectures(60)
    found = [Genotype.parse(text) for text in table["genotype"]]
    twins = [
        str(Genotype(Cell((*g.normal.edges[1::-1], *g.normal.edges[2:]), g.normal.concat), g.normal)) for g in found
    ]
    both = pd.concat([table, table.assign(genotype=twins)])
    held_out = cross_validate(both, folds=3).set_index("genotype")["fold"]
    assert len(held_out) == 120
    assert all(held_out[text] == held_out[twin] for text, twin in zip(table["genotype"], twins, strict=True))
    same = table.assign(genotype=[str(Genotype(found[0].normal, g.reduce)) for g in found])
    with pytest.raises(NascopeError, match="at least two different normal cells"):
        cross_validate(same)


def test_refits_differ_as_far_as_the_architectures_leave_open():
    rng = np.random.default_rng(5)
    new = [darts.SPACE.sample(rng) for _ in range(50)]
    few, many = (Surrogate(architectures(count, noise=0.002), members=4) for count in (60, 600))
    assert few.refits(new).shape == (50, 4)
    assert few.refits(new).std(axis=1).mean() > 1.5 * many.refits(new).std(axis=1).mean()
    importance = genotype_importance(few, new[:2], ["top"] * 2, darts.SPACE, refits=few.refits)
    refits = np.stack(importance["refits"])
    assert refits.shape == (32, 4)
    neighbours = darts.SPACE.neighbours(new[1], "normal", 3)
    assert refits[19] == pytest.approx(few.refits(neighbours).mean(axis=0) - few.refits(new[1:2])[0])


def test_important_operations_are_replaced_at_a_cost():
    surrogate = Surrogate(architectures(400), members=2)
    rng = np.random.default_rng(3)
    genotypes = [darts.SPACE.sample(rng) for _ in range(4)]
    importance = genotype_importance(surrogate, genotypes, ["top"] * 4, darts.SPACE)
    published = importance[importance["genotype"] == str(genotypes[0])].assign(subset="A")
    table = predict_replacements(surrogate, importance, published, best=2, seed=0)
    assert table.groupby("subset")["genotype"].nunique().to_dict() == {"A": 1, "top": 2}
    assert set(table["error"]) <= set(importance["error"])
    assert len(table) == 3 * 33
    changes = table.groupby(["order", "step"])["change"].mean()
    for step in (1, 2, 4):
        assert changes[ORDERS[0], step] > changes[ORDERS[1], step]
    # All operations are replaced in both orders; the reduction cell costs a tenth of the normal one.
    assert changes[ORDERS[0], 16] == pytest.approx(changes[ORDERS[1], 16], abs=0.005)
    assert abs(changes[REDUCTION, 8]) < 0.01


def test_importance_of_an_additive_space_is_known():
    oracle = Additive()
    genotype = published_cell("DARTS_V2").genotype
    table = genotype_importance(oracle, [genotype], ["top"], darts.SPACE)
    assert len(table) == 16
    total = sum(COST.values())
    for row in table.itertuples():
        weight = 1.0 if row.cell_type == "normal" else 0.1
        others = len(darts.SPACE.neighbours(genotype, row.cell_type, row.edge))
        assert others == 6 + row.edge // 2
        # Another source changes nothing here; the six other operations do.
        expected = weight * (total - 7 * COST[row.primitive]) / others
        assert row.importance == pytest.approx(expected)
    assert table["error"].unique() == pytest.approx([true_error(genotype)])


def test_sets_are_the_best_the_worst_and_others():
    oracle = Additive()
    genotypes, labels = importance_sets(oracle, darts.SPACE, population=200, fraction=0.1, seed=0)
    assert {label: labels.count(label) for label in set(labels)} == {
        "top": 20, "bottom": 20, "rest": 20, "uniform": 20
    }  # fmt: skip
    assert len(set(genotypes)) < 80  # the uniform set is drawn from all
    errors = pd.Series(oracle.error(genotypes)).groupby(labels)
    assert errors.max()["top"] <= errors.min()["rest"]
    assert errors.max()["rest"] <= errors.min()["bottom"]


def test_patterns_are_predicted_for_both_wirings():
    surrogate = Surrogate(architectures(50), members=2)
    table = predict_patterns(surrogate, per_group=30, seed=0)
    assert (table["group"] == "published").sum() == 24
    table = table[table["group"] != "published"]
    assert table.groupby(["wiring", "group"]).size().tolist() == [30] * 8
    widths = table.groupby(["wiring", "group"])["width"].mean()
    assert widths["as_coded", "PrimSkip"] > widths["corrected", "PrimSkip"]
    assert widths["as_coded", "Random"] == widths["corrected", "Random"]
    assert np.stack(table["refits"]).shape == (240, 2)


def entry(genotype, accuracy, test=None):
    config = {"NetworkSelectorDatasetInfo:darts:auxiliary": False}
    for kind in ("normal", "reduce"):
        start = 0
        for node, pair in getattr(genotype, kind).by_node():
            for op, source in pair:
                config[f"NetworkSelectorDatasetInfo:darts:edge_{kind}_{start + source}"] = op
            start += node
    result = {"optimized_hyperparamater_config": config, "info": [{"val_accuracy": accuracy}], "budget": 100.0}
    return {**result, "runtime": 12.5, **({"test_accuracy": test} if test else {})}


def archive(folder, seed=0):
    """Files in the layout of NAS-Bench-301's archive."""
    rng = np.random.default_rng(seed)
    genotypes = [darts.SPACE.sample(rng) for _ in range(3)]
    for name, genotype, accuracy in (("rs/a", 0, 91.0), ("rs/b", 1, 92.0), ("de/c", 2, 93.0), ("de/d", 0, 90.0)):
        path = folder / "nb_301" / f"{name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(entry(genotypes[genotype], accuracy, 89.5 if name == "de/c" else None)))
    return genotypes


def unordered(genotype):
    return [sorted(pair) for cell in (genotype.normal, genotype.reduce) for _, pair in cell.by_node()]


def test_the_archive_of_nasbench301_is_read_packed_and_unpacked(tmp_path):
    genotypes = archive(tmp_path / "files")
    table = read_archive(tmp_path / "files")
    assert table["source"].tolist() == ["de", "de", "rs", "rs"]
    assert table["valid_accuracy"].tolist() == [93, 90, 91, 92]
    assert table["test_accuracy"].isna().tolist() == [False, True, True, True]
    assert table["seed"].tolist() == [0, 0, 1, 0]
    read = [Genotype.parse(text) for text in table["genotype"]]
    assert [unordered(g) for g in read] == [unordered(genotypes[k]) for k in (2, 0, 0, 1)]
    packed = tmp_path / "archive.zip"
    with zipfile.ZipFile(packed, "w") as target:
        for file in (tmp_path / "files").rglob("*.json"):
            target.write(file, file.relative_to(tmp_path / "files"))
    assert read_archive(packed).equals(table)
    packed.write_bytes(packed.read_bytes()[:100])
    with pytest.raises(NascopeError, match=r"archive\.zip: .*download it again"):
        read_archive(packed)
    with pytest.raises(NascopeError, match="no such file; download"):
        read_archive(tmp_path / "nothing.zip")
    (tmp_path / "empty").mkdir()
    with pytest.raises(NascopeError, match="no JSON files"):
        read_archive(tmp_path / "empty")
    (tmp_path / "files" / "nb_301" / "rs" / "a.json").write_text('{"info": []}')
    with pytest.raises(NascopeError, match=r"rs/a\.json: not an architecture"):
        read_archive(tmp_path / "files")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"budget": None}, "could not convert"),
        ({"info": [{"val_accuracy": -1.0}]}, r"-1\.0 is not a finite number from 0 to 100"),
        ({"info": [{"val_accuracy": None}]}, "could not convert"),
        ({"test_accuracy": 1e9}, "is not a finite number from 0 to 100"),
        ({"runtime": float("inf")}, "inf is not a finite number"),
    ],
)
def test_impossible_entries_of_the_archive_are_named(tmp_path, change, message):
    whole = entry(published_cell("DARTS_V2").genotype, 90)
    (tmp_path / "a.json").write_text(json.dumps({**whole, "runtime": None, "test_accuracy": None}))
    assert read_archive(tmp_path)[["test_accuracy", "train_seconds"]].isna().all(axis=None)
    (tmp_path / "a.json").write_text(json.dumps({**whole, **change}))
    with pytest.raises(NascopeError, match=rf"a\.json: not an architecture of NAS-Bench-301 .*{message}"):
        read_archive(tmp_path)


def packed(folder, **members):
    """A zip archive of entries by name; deflated."""
    with zipfile.ZipFile(folder / "x.zip", "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in members.items():
            target.writestr(f"rs/{name}.json", content if isinstance(content, bytes) else json.dumps(content))
    return folder / "x.zip"


def test_damaged_archives_are_read_rightly_or_refused(tmp_path):
    whole = entry(published_cell("DARTS_V2").genotype, 90)
    path = packed(tmp_path, a=whole, b={**whole, "runtime": None})
    # A zip file has a sum of each member and none of its name: one may be lost, or come from another folder.
    unsure = ["source", "seed"]
    expected, content, refused = read_archive(path).drop(columns=unsure), path.read_bytes(), 0
    for damaged in damages(content, fuzz(100, 500), random.Random(0)):
        path.write_bytes(damaged)
        try:
            found = read_archive(path).drop(columns=unsure)
        except NascopeError as error:
            message = str(error)
            assert message.startswith(f"{path}")
            assert message.isprintable()
            refused += 1
        else:
            assert len(found.merge(expected)) == len(found)
    assert refused > 50


def test_archives_of_other_units_or_sizes_are_refused(tmp_path):
    whole = entry(published_cell("DARTS_V2").genotype, 0.93)
    with pytest.raises(NascopeError, match=r"x\.zip: no val_accuracy is above 1; .*multiply by 100"):
        read_archive(packed(tmp_path, a=whole))
    with pytest.raises(NascopeError, match=r"x\.zip: .*announces .* bytes, far more than such files hold"):
        read_archive(packed(tmp_path, a=bytes(1 << 25)))
    (tmp_path / "files" / "a.json").mkdir(parents=True)
    with pytest.raises(NascopeError, match=r"a\.json: Is a directory; make it a readable file"):
        read_archive(tmp_path / "files")


def test_every_node_has_two_edges():
    config = entry(published_cell("DARTS_V2").genotype, 90)["optimized_hyperparamater_config"]
    config.pop("NetworkSelectorDatasetInfo:darts:edge_reduce_0")
    with pytest.raises(NascopeError, match="node 0 of the reduce cell has 1 edges, not 2"):
        genotype_of(config)


def test_own_architectures_are_those_of_the_darts_space_each_once():
    cells = ("DARTS_V2", "ENAS")
    genotypes = [
        connection_variants(name, cells=cells, widths=(2,), per_width=1, seeds=(0, 1)) for name in ("one", "two")
    ]
    keys = genotypes[0]["key"]
    trainings = pd.DataFrame({"key": np.repeat(keys, 2), "seed": [0, 1] * len(keys)})
    trainings = trainings.assign(last_valid_accuracy=90.0, last_test_accuracy=80.0)
    table = trained_architectures(genotypes, trainings, "digits", 6)
    assert len(table) == 4
    assert table["genotype"].nunique() == 2
    assert all(width(Genotype.parse(text).normal) in (2, 3.5) for text in table["genotype"])
    assert set(table["source"]) == {"one"}
