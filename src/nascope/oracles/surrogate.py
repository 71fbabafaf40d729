"""A surrogate of the DARTS space: gradient-boosted trees and a ridge regression on trained architectures."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingRegressor, VotingRegressor
from sklearn.linear_model import RidgeCV
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from nascope.errors import NascopeError
from nascope.oracles.encoding import encode
from nascope.spaces.canonical import canonical_form
from nascope.spaces.genotype import Genotype

_ALPHAS = np.logspace(-1, 4, 16)  # penalties that the ridge regression chooses from
_MANY = 5000  # architectures for which larger trees are right
_BATCH = 8192  # genotypes whose features are held in memory at once


class Surrogate:
    """An oracle that predicts the error of any genotype of the DARTS space.

    The prediction is the mean of gradient-boosted trees, which know of interactions, and of a ridge regression, which
    does not shrink the extremes as trees do. Both are fitted to all architectures, and again to bootstrap samples of
    them, which say how far a prediction depends on the architectures that happened to be known.

    Args:
        architectures: an ``architectures`` table; several runs of a genotype are averaged.
        split: ``"valid"`` or ``"test"``.
        members: number of refits to bootstrap samples.
        seed: of samples and trees.

    Raises:
        NascopeError: fewer than five architectures, or no accuracies on that split.
    """

    def __init__(self, architectures: pd.DataFrame, *, split: str = "valid", members: int = 10, seed: int = 0) -> None:
        means = _errors(architectures, split)
        self.dataset = str(architectures["dataset"].iloc[0])
        self.fidelity = f"surrogate of {len(means)} architectures"
        spread = architectures.groupby("genotype")[f"{split}_accuracy"].std() / 100
        self.noise = float(spread.median())
        features, errors = encode([Genotype.parse(text) for text in means.index]), means.to_numpy()
        rng = np.random.default_rng(seed)
        samples = [rng.integers(len(means), size=len(means)) for _ in range(members)]
        self._whole = _model(len(means), seed).fit(features, errors)
        self._members = [_model(len(means), seed).fit(features[sample], errors[sample]) for sample in samples]

    def error(self, genotypes: Sequence[Genotype]) -> np.ndarray:
        """See :meth:`Oracle.error`."""
        return _in_batches(genotypes, lambda features: np.asarray(self._whole.predict(features)))

    def refits(self, genotypes: Sequence[Genotype]) -> np.ndarray:
        """Error of each genotype as a fraction by every refit, (genotypes, members)."""
        return _in_batches(genotypes, self._refits)

    def _refits(self, features: np.ndarray) -> np.ndarray:
        return np.column_stack([member.predict(features) for member in self._members])

    def cost(self, genotypes: Sequence[Genotype]) -> np.ndarray:
        """See :meth:`Oracle.cost`; a surrogate does not know."""
        return np.full(len(genotypes), np.nan)


def _in_batches(genotypes: Sequence[Genotype], predict: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    batches = [genotypes[start : start + _BATCH] for start in range(0, len(genotypes), _BATCH)]
    return np.concatenate([predict(encode(batch)) for batch in batches])


def _errors(architectures: pd.DataFrame, split: str) -> pd.Series:
    """Mean error of each genotype that has accuracies on the split."""
    means = 1 - architectures.groupby("genotype", sort=True)[f"{split}_accuracy"].mean() / 100
    means = means.dropna()
    if len(means) < 5:
        raise NascopeError(
            f"a surrogate needs at least five architectures with {split} accuracies, there are {len(means)}"
        )
    return means


def _model(count: int, seed: int) -> VotingRegressor:
    """Unfitted models whose mean predicts, smaller for fewer architectures."""
    trees = HistGradientBoostingRegressor(
        max_iter=200,
        learning_rate=0.1,
        max_leaf_nodes=8 if count < _MANY else 31,
        min_samples_leaf=int(np.clip(count // 20, 3, 20)),
        random_state=seed,
    )
    return VotingRegressor([("trees", trees), ("ridge", make_pipeline(StandardScaler(), RidgeCV(_ALPHAS)))])


def cross_validate(architectures: pd.DataFrame, *, split: str = "valid", folds: int = 5, seed: int = 0) -> pd.DataFrame:
    """Predictions for architectures that the surrogate was not fitted to.

    Architectures whose normal cells compute the same function are near-duplicates, because the reduction cell changes
    little. They are held out together.

    Args:
        architectures: an ``architectures`` table.
        split: ``"valid"`` or ``"test"``.
        folds: of the cross-validation, at most as many as there are different normal cells.
        seed: of the folds and the trees.

    Returns:
        A ``predictions`` table.

    Raises:
        NascopeError: fewer than five architectures or two normal cells, or no accuracies on that split.
    """
    means = _errors(architectures, split)
    genotypes = [Genotype.parse(text) for text in means.index]
    normal = [canonical_form(genotype.normal).key for genotype in genotypes]
    if len(set(normal)) < 2:
        raise NascopeError("a surrogate needs architectures with at least two different normal cells")
    features, errors, tables = encode(genotypes), means.to_numpy(), []
    splitter = GroupKFold(min(folds, len(set(normal))), shuffle=True, random_state=seed)
    for fold, (known, held) in enumerate(splitter.split(features, groups=normal)):
        predicted = _model(len(known), seed).fit(features[known], errors[known]).predict(features[held])
        columns = {"genotype": means.index[held], "observed": errors[held], "predicted": predicted}
        tables.append(pd.DataFrame({**columns, "fold": fold}))
    return pd.concat(tables, ignore_index=True)
