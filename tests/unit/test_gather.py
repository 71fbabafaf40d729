"""Gathered tables do not tell how the work was spread over jobs."""

import pandas as pd
import pytest

from nascope.gather import gathered
from nascope.papers.nasbench201 import jobs as nasbench201
from nascope.papers.stacnas import jobs as stacnas
from nascope.papers.understanding import jobs as understanding
from nascope.schemas.geometry import SHARPNESS
from nascope.schemas.searches import ONE_SHOT, SEARCH_ALPHAS
from nascope.tables import write_table
from tests.unit.test_plan import plan_of


def rows_of(kind, **values):
    """Two rows of a kind as a job makes them: what is not given is the row's number, the second one the smaller."""
    fillers = {
        c.name: ["b", "a"] if c.kind == "string" else [2, 1] if c.kind == "int" else [2.0, 1.0] for c in kind.columns
    }
    return pd.DataFrame({**fillers, **values})


def cell_searches(shards):
    plan = plan_of({"stacnas": {"searches": {"shards": shards, "seeds": [3, 20, 100]}}}, "stacnas")
    parts = {
        f"results/cell_searches/{space}.{shard}.alphas.parquet": [
            rows_of(SEARCH_ALPHAS, space=space, algorithm=name, seed=seed)
            for name, seed in stacnas.cell_search_job(plan, space, shard)["pairs"]
        ]
        for space in plan.section.searches.spaces
        for shard in range(shards)
    }
    return SEARCH_ALPHAS, parts, stacnas.cell_search_tables(plan, "alphas"), stacnas.cell_search_order(plan)


def one_shot_searches(shards):
    plan = plan_of({"nasbench201": {"one_shot": {"shards": shards, "seeds": [3, 20, 100]}}}, "nasbench201")
    parts = {
        f"results/one_shot/{name}.{shard}.parquet": [
            rows_of(ONE_SHOT, algorithm=name, seed=seed, batch_norm=mode)
            for mode in ("running", "batch")
            for seed in nasbench201.one_shot_job(plan, name, shard)["seeds"]
        ]
        for name in plan.section.one_shot.algorithms
        for shard in range(shards)
    }
    return ONE_SHOT, parts, nasbench201.one_shot_tables(plan), nasbench201.one_shot_order(plan)


def measurements(shards):
    plan = plan_of({"understanding": {"geometry": {"shards": shards}}}, "understanding")
    parts = {
        f"results/geometry/sharpness/{study}.{shard}.parquet": [
            rows_of(SHARPNESS, study=study, key=key, seed=seed, batch_norm=["running", "batch"])
            for key in ["9", "10", "b", "a"][shard::shards]
            for seed in (0, 1)
        ]
        for study in understanding.measured_studies(plan)["sharpness"]
        for shard in range(shards)
    }
    order = understanding.geometry_order(plan, "sharpness")
    return SHARPNESS, parts, understanding.geometry_tables(plan, "sharpness"), order


@pytest.mark.parametrize("stage", [cell_searches, one_shot_searches, measurements])
def test_three_jobs_end_in_the_same_bytes_as_one(stage, tmp_path):
    tables = {}
    for shards in (1, 3):
        kind, parts, names, order = stage(shards)
        assert set(parts) == set(names)
        for name, rows in parts.items():
            write_table(pd.concat(rows), kind, tmp_path / name, {})
        table = gathered([tmp_path / name for name in names], kind, order)
        write_table(table, kind, tmp_path / "whole.parquet", {})
        tables[shards] = (tmp_path / "whole.parquet").read_bytes()
        first = next(iter(order))
        assert list(table[first].unique()) == order[first], "as in the config, not by the alphabet"
    assert tables[1] == tables[3]


def test_there_are_no_more_jobs_than_searches():
    plan = plan_of({"stacnas": {"searches": {"shards": 50, "spaces": ["s2"]}}}, "stacnas")
    tables = stacnas.cell_search_tables(plan, "cells")
    assert len(tables) == 10
    assert all(stacnas.cell_search_job(plan, "s2", shard)["pairs"] for shard in range(len(tables)))
