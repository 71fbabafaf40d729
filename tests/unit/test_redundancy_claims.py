"""Claims of Wan et al. and of Li et al. on tables whose answer is known."""

import numpy as np
import pandas as pd
import pytest

from nascope.claims.redundancy import CLAIMS as REDUNDANCY
from nascope.claims.stacnas import CLAIMS as STACNAS
from nascope.spaces.published import published_darts_cells
from nascope.spaces.removal import ORDERS
from nascope.studies import build_study
from tests.unit.test_cell_searches import cell

OPTIONS = {
    "dataset": "digits",
    "protocol": "p",
    "threshold": 0.001,
    "score": "last_test",
    "reductions": {"dataset": "digits", "protocol": "p"},
    "removal": {"dataset": "digits", "protocol": "r"},
}


def verdict(claims, name, tables, options=None):
    (claim,) = (claim for claim in claims if claim.name == name)
    return claim.test(tables, options or OPTIONS).verdict


def trained(study, errors, seed=0):
    """Trainings whose test error is that of the row's label, give or take a tenth of a point."""
    rng = np.random.default_rng(seed)
    accuracies = [100 - errors(row) + rng.normal(0, 0.1) for row in study.itertuples()]
    rows = pd.DataFrame({"key": study["key"], "seed": 0, "last_test_accuracy": accuracies})
    return rows.drop_duplicates("key")


@pytest.mark.parametrize(("gap", "expected"), [(3.0, "holds"), (-5.0, "does not hold")])
def test_pattern_claims_follow_the_errors(gap, expected):
    options = {"groups": ["Random", "PrimSkip"], "per_group": 8, "wirings": ["corrected"], "draw_seed": 0, "seeds": [0]}
    groups = build_study("s", "pattern_samples", options)
    names = [cell.name for cell in published_darts_cells()[:8]]
    published = build_study("p", "published_cells", {"cells": names, "seeds": [0]})
    tables = {
        "genotypes": groups,
        "trainings": trained(groups, lambda row: 20 - gap * (row.group == "PrimSkip")),
        "published_genotypes": published,
        "published_trainings": trained(published, lambda row: 20.0 - max(gap, 0)),
    }
    assert verdict(REDUNDANCY, "simple patterns suffice", tables) == expected
    assert verdict(REDUNDANCY, "random samples match published cells", tables) == expected


def test_at_equal_width_only_the_group_counts():
    rng = np.random.default_rng(0)
    rows = [
        ("corrected", group, width, (20 - 4 * width - worth + rng.normal(0, 0.5)) / 100)
        for group, worth, widths in (("Random", 0.0, (2.0, 2.5)), ("PrimSkip", -1.0, (2.5, 3.0)))
        for width in widths for _ in range(30)
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=["wiring", "group", "width", "predicted"])
    means = table.groupby("group")["predicted"].mean()
    assert means["PrimSkip"] < means["Random"]
    assert verdict(REDUNDANCY, "patterns help at equal width", {"pattern_predictions": table}) == "does not hold"


@pytest.mark.parametrize(("change", "expected"), [(0.0, "holds"), (3.0, "does not hold"), (-3.0, "does not hold")])
def test_reduction_cells_matter_as_far_as_other_ones_change_the_error(change, expected):
    names = [cell.name for cell in published_darts_cells()[:6]]
    options = {"cells": names, "treatments": ["same", "plain", "random"], "draw_seed": 0, "seeds": [0]}
    study = build_study("s", "reduction_variants", options)
    errors = trained(study, lambda row: 10 + change * (row.group != "original"))
    tables = {"reductions_genotypes": study, "reductions_trainings": errors}
    assert verdict(REDUNDANCY, "reduction cells hardly matter", tables) == expected


@pytest.mark.parametrize(("worse", "expected"), [(4.0, "holds"), (-4.0, "does not hold")])
def test_removal_tells_which_order_costs_more(worse, expected):
    rows = [
        (text, kind, edge, "sep_conv_3x3", edge % 2, (edge + 8 * (kind == "reduce")) / 100, "top")
        for text in [cell(skips) for skips in range(6)] for kind in ("normal", "reduce") for edge in range(8)
    ]  # fmt: skip
    columns = ["genotype", "cell_type", "edge", "primitive", "source", "importance", "subset"]
    importance = pd.DataFrame(rows, columns=columns).assign(error=0.1)
    options = {"cells": 6, "steps": [1, 2], "draw_seed": 0, "seeds": [0]}
    study = build_study("s", "successive_removal", options, importance=importance)
    order = study.drop_duplicates("key").set_index("key")["group"]
    errors = trained(study, lambda row: 10 + worse * (order[row.key] == ORDERS[0]) + 5 * (row.group != "whole"))
    tables = {"removal_genotypes": study, "removal_trainings": errors}
    assert verdict(REDUNDANCY, "importance tells what removal costs when trained", tables) == expected


@pytest.mark.parametrize(("source", "expected"), [(0, "holds"), (2, "does not hold")])
def test_only_skips_from_the_inputs_belong_to_the_pattern(source, expected):
    rng = np.random.default_rng(0)
    rows = []
    for number in range(30):
        for edge in range(8):
            important = edge < 2 + number % 2
            op = "skip_connect" if important else ("sep_conv_3x3" if rng.random() < 0.5 else "max_pool_3x3")
            rows.append((str(number), "normal", op, source if important else 0, 0.01 if important else 0.0, "top"))
    columns = ["genotype", "cell_type", "primitive", "source", "importance", "subset"]
    table = {"genotype_importance": pd.DataFrame(rows, columns=columns)}
    assert verdict(REDUNDANCY, "important operations are skips and separable convolutions", table) == expected


def searches(darts, stacnas):
    """Final skip counts of four seeds."""
    rows = [
        ("s2", algorithm, stage, "batch", seed, 1, cell(skips + seed % 2 * (algorithm == "DARTS-V1")), 1.0, 10.0)
        for algorithm, stage, skips in (("DARTS-V1", 1, darts), ("StacNAS", 1, 7), ("StacNAS", 2, stacnas))
        for seed in range(4)
    ]
    columns = ["space", "algorithm", "stage", "batch_norm", "seed", "epoch", "genotype", "train_loss", "proxy_accuracy"]
    return pd.DataFrame(rows, columns=columns)


@pytest.mark.parametrize(("darts", "stacnas", "expected"), [(6, 1, "holds"), (1, 6, "does not hold")])
def test_collapse_and_errors_are_compared_search_by_search(darts, stacnas, expected):
    table = searches(darts, stacnas)
    options = {
        "searches": {"spaces": ["s2"], "dataset": "digits", "weights": {"epochs": 1}},
        "found": {"dataset": "digits", "protocol": "p"},
    }
    assert verdict(STACNAS, "clustering prevents collapse", {"cell_searches": table}, options) == expected
    rng, rows = np.random.default_rng(0), []
    for seed in range(4):
        for group, error in (("DARTS-V1", 10.0 + darts), ("StacNAS", 10.0 + stacnas), ("DARTS-ES", 0.0)):
            rows.append(
                ("s2", group, f"{group} {seed}", f"{group}{seed}", seed, [seed], 100 - error + rng.normal(0, 0.1))
            )
    frame = pd.DataFrame(rows, columns=["family", "group", "name", "key", "draw", "seeds", "last_test_accuracy"])
    trainings = frame[["key", "last_test_accuracy"]].assign(seed=frame["draw"])
    genotypes = frame.drop(columns="last_test_accuracy").assign(genotype="g")
    found = {"genotypes": [genotypes], "trainings": [trainings]}
    assert verdict(STACNAS, "two stages find better cells", found, options) == expected
