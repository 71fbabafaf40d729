"""A surrogate of the DARTS space: gradient-boosted trees on trained architectures."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.model_selection import KFold

from nascope.errors import NascopeError
from nascope.spaces import darts, patterns
from nascope.spaces.genotype import Cell, Genotype
from nascope.spaces.topology import depth, width

_EDGES = [(source, node) for node in range(darts.SPACE.nodes) for source in range(node + 2)]


def encode(genotypes: Sequence[Genotype]) -> np.ndarray:
    """Features of genotypes, the normal cell's first, (genotypes, 214).

    For each cell: how often each of the 7 operations is on each of the 14 possible edges (98 features), how often it
    occurs at all (7), and the cell's width (in c) and depth (2). The order of a node's two inputs does not matter.

    Raises:
        NascopeError: a genotype outside the DARTS space, or with ``none``.
    """
    rows = []
    for genotype in genotypes:
        darts.SPACE.check(genotype)
        rows.append(np.concatenate([_features(genotype.normal), _features(genotype.reduce)]))
    return np.array(rows)


def _features(cell: Cell) -> np.ndarray:
    counts = np.zeros((len(_EDGES), len(darts.PRIMITIVES)))
    for node, pair in cell.by_node():
        for op, source in pair:
            if op == "none":
                raise NascopeError("the surrogate does not know disabled edges (none)")
            counts[_EDGES.index((source, node - 2)), darts.PRIMITIVES.index(op)] += 1
    return np.concatenate([counts.ravel(), counts.sum(axis=0), [width(cell), depth(cell)]])


class Surrogate:
    """An oracle that predicts the error of any genotype of the DARTS space.

    Each member, an ensemble of trees, is fitted to a bootstrap sample of the architectures. The members' mean is the
    prediction, their standard deviation its uncertainty.

    Args:
        architectures: an ``architectures`` table; several runs of a genotype are averaged.
        split: ``"valid"`` or ``"test"``.
        members: number of members.
        seed: of samples and trees.

    Raises:
        NascopeError: fewer than five architectures, or no accuracies on that split.
    """

    def __init__(self, architectures: pd.DataFrame, *, split: str = "valid", members: int = 5, seed: int = 0) -> None:
        means = _errors(architectures, split)
        self.dataset = str(architectures["dataset"].iloc[0])
        self.fidelity = f"surrogate of {len(means)} architectures"
        spread = architectures.groupby("genotype")[f"{split}_accuracy"].std() / 100
        self.noise = float(spread.median())
        features, rng = encode([Genotype.parse(text) for text in means.index]), np.random.default_rng(seed)
        self.members = []
        for member in range(members):
            chosen = rng.integers(len(means), size=len(means))
            self.members.append(_trees(len(means), member).fit(features[chosen], means.to_numpy()[chosen]))

    def predict(self, genotypes: Sequence[Genotype]) -> tuple[np.ndarray, np.ndarray]:
        """Error of each genotype as a fraction, and the members' standard deviation, both (genotypes,)."""
        features = encode(genotypes)
        found = np.array([member.predict(features) for member in self.members])
        return found.mean(axis=0), found.std(axis=0, ddof=1) if len(found) > 1 else np.full(len(genotypes), np.nan)

    def error(self, genotypes: Sequence[Genotype]) -> np.ndarray:
        """See :meth:`Oracle.error`."""
        return self.predict(genotypes)[0]

    def cost(self, genotypes: Sequence[Genotype]) -> np.ndarray:
        """See :meth:`Oracle.cost`; a surrogate does not know."""
        return np.full(len(genotypes), np.nan)


def _errors(architectures: pd.DataFrame, split: str) -> pd.Series:
    """Mean error of each genotype that has accuracies on the split."""
    means = 1 - architectures.groupby("genotype", sort=True)[f"{split}_accuracy"].mean() / 100
    means = means.dropna()
    if len(means) < 5:
        raise NascopeError(
            f"a surrogate needs at least five architectures with {split} accuracies, there are {len(means)}"
        )
    return means


def _trees(count: int, seed: int) -> HistGradientBoostingRegressor:
    """Unfitted trees, smaller for fewer architectures."""
    leaf = int(np.clip(count // 20, 3, 20))
    return HistGradientBoostingRegressor(
        max_iter=100,
        learning_rate=0.1,
        max_leaf_nodes=8 if count < 1000 else 31,
        min_samples_leaf=leaf,
        random_state=seed,
    )


def cross_validate(
    architectures: pd.DataFrame, *, split: str = "valid", members: int = 5, folds: int = 5, seed: int = 0
) -> pd.DataFrame:
    """Predictions for architectures that the surrogate was not fitted to.

    Args:
        architectures: an ``architectures`` table.
        split: ``"valid"`` or ``"test"``.
        members: of each fold's surrogate.
        folds: of the cross-validation; genotypes are shuffled.
        seed: of the folds and the surrogates.

    Returns:
        A ``predictions`` table.
    """
    means = _errors(architectures, split)
    tables = []
    for fold, (known, held) in enumerate(KFold(folds, shuffle=True, random_state=seed).split(means)):
        fitted = architectures[architectures["genotype"].isin(means.index[known])]
        surrogate = Surrogate(fitted, split=split, members=members, seed=seed)
        predicted, deviation = surrogate.predict([Genotype.parse(text) for text in means.index[held]])
        columns = {"genotype": means.index[held], "observed": means.iloc[held].to_numpy(), "predicted": predicted}
        tables.append(pd.DataFrame({**columns, "deviation": deviation, "fold": fold}))
    return pd.concat(tables, ignore_index=True)


def predict_patterns(surrogate: Surrogate, *, per_group: int, seed: int) -> pd.DataFrame:
    """Predicted errors of pattern-constrained samples of every group, with both wirings.

    Args:
        surrogate: of the DARTS space.
        per_group: samples of each group and wiring.
        seed: of the samples.

    Returns:
        A ``pattern_predictions`` table.
    """
    tables = []
    for wiring, (number, group) in product(("corrected", "as_coded"), enumerate(patterns.GROUPS)):
        rng = np.random.default_rng([seed, number])
        genotypes = [patterns.sample(rng, group, wiring) for _ in range(per_group)]
        predicted, deviation = surrogate.predict(genotypes)
        widths = [width(genotype.normal) for genotype in genotypes]
        columns = {"genotype": [str(g) for g in genotypes], "width": widths, "predicted": predicted}
        tables.append(pd.DataFrame({"group": group, "wiring": wiring, **columns, "deviation": deviation}))
    return pd.concat(tables, ignore_index=True)
