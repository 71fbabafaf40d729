"""Claims of Understanding architectures learnt by cell-based NAS (Shu et al. 2020)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import spearmanr

from nascope.analysis.flatness import basins, mean_variances
from nascope.claims.claim import Claim, Estimate, Tables
from nascope.claims.intervals import correlation, difference, mean, trained_scope, within
from nascope.spaces.published import published_cell
from nascope.spaces.wirings import standing
from nascope.training.summary import join_study

_MARGIN = 1.0  # percentage points of test accuracy that count as the same


def _popular_are_wide(tables: Tables, options: dict[str, Any]) -> Estimate:
    return _stands(0, options)


def _popular_are_shallow(tables: Tables, options: dict[str, Any]) -> Estimate:
    return _stands(1, options)


def _stands(which: int, options: dict[str, Any]) -> Estimate:
    shares = [standing(published_cell(name).genotype.normal)[which] for name in options["cells"]]
    scope = f"normal cells of {', '.join(options['cells'])} among all wirings, counted exactly"
    return mean(np.array(shares) - 0.5, scope)


def _areas(genotypes: pd.DataFrame, curves: pd.DataFrame) -> pd.DataFrame:
    """Mean test loss over epochs and seeds, a row a cell."""
    table = join_study(genotypes, curves)
    cells = table.groupby(["family", "group", "name", "width"], sort=False)["test_loss"].mean()
    return cells.rename("area").reset_index()


def _with_width(values: pd.DataFrame, column: str, sign: int, scope: str) -> Estimate:
    """Spearman's correlation with width, or minus it."""
    rho = sign * spearmanr(values["width"], values[column]).statistic
    return correlation(rho, 1 + rho**2 / 2, len(values), 3, scope)


def _wide_converge_fast(tables: Tables, options: dict[str, Any]) -> Estimate:
    areas = _areas(tables["genotypes"], tables["curves"])
    scope = f"{len(areas)} cells {trained_scope(options)}, {len(tables['genotypes']['seeds'].iloc[0])} seed(s)"
    return _with_width(areas, "area", -1, scope)


def _from_original(areas: pd.DataFrame) -> np.ndarray:
    """Distance of each variant's area from its published cell's."""
    original = areas[areas["group"] == "original"].set_index("family")["area"]
    variants = areas[areas["group"] != "original"]
    return (variants["area"] - variants["family"].map(original)).abs().to_numpy()


def _connections_matter_more(tables: Tables, options: dict[str, Any]) -> Estimate:
    studies = [("genotypes", "curves"), ("families_genotypes", "families_curves")]
    connections = np.concatenate([_from_original(_areas(tables[a], tables[b])) for a, b in studies])
    operations = _from_original(_areas(tables["operations_genotypes"], tables["operations_curves"]))
    scope = f"{len(connections)} connection and {len(operations)} operation variants {trained_scope(options)}"
    return difference(connections, operations, scope)


def _fast_at_other_rates(tables: Tables, options: dict[str, Any]) -> Estimate:
    gains, rates = [], options["other_rates"]
    for genotypes, curves in zip(tables["rates_genotypes"], tables["rates_curves"], strict=True):
        table = join_study(genotypes, curves)
        if table["learning_rate"].max() not in rates:
            continue
        areas = table.groupby(["seed", "name", "group", "width"])["test_loss"].mean().reset_index()
        narrowest = areas[areas["width"] == areas["width"].min()].groupby("seed")["test_loss"].mean()
        # Ratios: at a large rate losses have outliers that differences would be made of.
        gains.append(np.log(narrowest / areas[areas["group"] == "original"].set_index("seed")["test_loss"]))
    sample = np.concatenate(gains)
    return mean(sample, f"learning rates {', '.join(f'{rate:g}' for rate in rates)}, {len(sample)} pairs of trainings")


def _around(tables: Tables, values: pd.DataFrame, column: str) -> pd.DataFrame:
    """A measure of the surroundings averaged over seeds, a row a cell, with its width."""
    cells = tables["genotypes"][["study", "key", "name", "width"]].merge(values, on=["study", "key"])
    return cells.groupby(["name", "width"])[column].mean().dropna().reset_index()


def _wide_are_smooth(tables: Tables, options: dict[str, Any]) -> Estimate:
    found = basins(tables["landscape"])
    cells = _around(tables, found[found["batch_norm"] == options["batch_norm"]["landscape"]], "basin")
    return _with_width(cells, "basin", 1, f"{len(cells)} cells {trained_scope(options)}")


def _wide_have_quiet_gradients(tables: Tables, options: dict[str, Any]) -> Estimate:
    found = mean_variances(tables["gradients"])
    found = found[found["batch_norm"] == options["batch_norm"]["gradients"]]
    size = found["batch_size"].max()
    cells = _around(tables, found[found["batch_size"] == size], "variance")
    return _with_width(cells, "variance", -1, f"{len(cells)} cells {trained_scope(options)}, mini-batches of {size}")


def _bound_of(theorem: str, objective: str, tables: Tables) -> Estimate:
    table = tables["theory"]
    cases = table[(table["theorem"] == theorem) & (table["objective"] == objective)]
    # A bound that is met exactly holds: rounding must not decide.
    slack = float(np.log10(cases["bound"] / cases["narrowest"]).min()) + 1e-9
    return Estimate(slack, slack, slack, len(cases), f"exact on linear cells, {objective}; formula as known to us")


def _smoothness_alike(tables: Tables, options: dict[str, Any]) -> Estimate:
    return _bound_of("4.1", "alike", tables)


def _smoothness_squared(tables: Tables, options: dict[str, Any]) -> Estimate:
    return _bound_of("4.1", "squared error", tables)


def _variance_alike(tables: Tables, options: dict[str, Any]) -> Estimate:
    return _bound_of("4.2", "alike", tables)


def _variance_squared(tables: Tables, options: dict[str, Any]) -> Estimate:
    return _bound_of("4.2", "squared error", tables)


def _advantages(genotypes: list[pd.DataFrame], trainings: list[pd.DataFrame]) -> np.ndarray:
    """Test accuracy of published cells minus the mean of their variants', one a family and study."""
    found = []
    for pair in zip(genotypes, trainings, strict=True):
        table = join_study(*pair)
        for _, cells in table.groupby("family"):
            original = cells["group"] == "original"
            scores = cells["last_test_accuracy"]
            found.append(scores[original].mean() - scores[~original].mean())
    return np.array(found)


def _popular_generalise_alike(tables: Tables, options: dict[str, Any]) -> Estimate:
    sample = _advantages(tables["final_genotypes"], tables["final_trainings"])
    return within(sample, _MARGIN, f"{len(sample)} published cells and their variants {trained_scope(options)}")


def _adapted_generalise_alike(tables: Tables, options: dict[str, Any]) -> Estimate:
    sample = _advantages(tables["adapted_genotypes"], tables["adapted_trainings"])
    return within(
        sample, _MARGIN, f"{len(sample)} pairs of cells trained here on {', '.join(options['adapted_datasets'])}"
    )


CLAIMS = (
    Claim(
        "understanding",
        "popular cells are wide",
        "wirings",
        "Popular cells are wide compared with random connections.",
        "mean share of wirings that are narrower than the published cell, minus 0.5",
        _popular_are_wide,
    ),
    Claim(
        "understanding",
        "popular cells are shallow",
        "wirings",
        "Popular cells are shallow compared with random connections.",
        "mean share of wirings that are deeper than the published cell, minus 0.5",
        _popular_are_shallow,
    ),
    Claim(
        "understanding",
        "wide cells converge fast",
        "convergence",
        "Wide and shallow cells converge faster.",
        "minus the rank correlation of width with the mean test loss over epochs",
        _wide_converge_fast,
    ),
    Claim(
        "understanding",
        "connections matter more than operations",
        "operations",
        "Random operations change convergence much less than random connections.",
        "mean distance in mean test loss from the published cell: connection minus operation variants (nats)",
        _connections_matter_more,
    ),
    Claim(
        "understanding",
        "fast at other learning rates",
        "rates",
        "The published cell converges faster with smaller and larger learning rates, too.",
        "logarithm of the narrowest variant's mean test loss over epochs over the published cell's",
        _fast_at_other_rates,
    ),
    Claim(
        "understanding",
        "wide cells have smooth landscapes",
        "contours",
        "Wide and shallow cells have smoother loss landscapes.",
        "rank correlation of width with the share of the plane whose loss is within 1 nat of the trained weights'",
        _wide_are_smooth,
    ),
    Claim(
        "understanding",
        "wide cells have low gradient variance",
        "gradient_variance",
        "Gradients vary less around the weights of wide and shallow cells.",
        "minus the rank correlation of width with the mean gradient variance over the plane",
        _wide_have_quiet_gradients,
    ),
    Claim(
        "understanding",
        "Theorem 4.1, output gradients alike",
        "theory",
        "The narrowest cell's gradient is Lipschitz with the widest's constant times the earlier blocks' values.",
        "log10 of bound over measured constant, the smallest of all cases",
        _smoothness_alike,
    ),
    Claim(
        "understanding",
        "Theorem 4.1, squared error",
        "theory",
        "The same where output gradients follow the outputs, which its assumptions may exclude.",
        "log10 of bound over measured constant, the smallest of all cases",
        _smoothness_squared,
    ),
    Claim(
        "understanding",
        "Theorem 4.2, output gradients alike",
        "theory",
        "The narrowest cell's gradient variance is bounded by the widest's variances, scaled by the blocks.",
        "log10 of bound over measured variance, the smallest of all cases",
        _variance_alike,
    ),
    Claim(
        "understanding",
        "Theorem 4.2, squared error",
        "theory",
        "The same where output gradients follow the outputs, which its assumptions may exclude.",
        "log10 of bound over measured variance, the smallest of all cases",
        _variance_squared,
    ),
    Claim(
        "understanding",
        "popular cells generalise like their variants",
        "final_accuracy",
        "After training, popular cells do not clearly generalise better than their random variants.",
        "1 percentage point minus the distance between their test accuracies",
        _popular_generalise_alike,
    ),
    Claim(
        "understanding",
        "adapted cells generalise alike",
        "generalisation",
        "Cells adapted to be wide and shallow do not clearly generalise better than the originals.",
        "1 percentage point minus the distance between their test accuracies",
        _adapted_generalise_alike,
    ),
)
