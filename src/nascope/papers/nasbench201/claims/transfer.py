"""Claims about agreement between data sets: Fig. 3 and 4."""

from __future__ import annotations

import numpy as np

from nascope.analysis.ranking import expected_among_best, mean_scores, normal_scores
from nascope.evidence.estimate import Estimate, untestable
from nascope.evidence.intervals import bootstrap
from nascope.papers.nasbench201 import reads
from nascope.papers.nasbench201.paper import PAPER
from nascope.schemas.results import NASBENCH201
from nascope.schemas.searches import Benchmark

_FEWEST = 30  # cells among which a correlation says something

_RANKS_TRANSFER = PAPER.claim(
    "ranks transfer",
    "The performance of architectures is correlated across data sets.",
)


@_RANKS_TRANSFER.test(
    reads.evidence,
    figure="correlations",
    measure="smallest Pearson correlation between two scores of Fig. 4, minus 0.5",
    unit="cells",
    tables=lambda plan: {"benchmark": NASBENCH201},
)
def ranks_transfer(benchmark: Benchmark) -> Estimate:
    """Smallest correlation of two scores, over all cells."""
    scores = mean_scores(benchmark)

    def weakest(*columns: np.ndarray) -> float:
        matrix = np.corrcoef(columns)
        return float(matrix[np.triu_indices(len(columns), 1)].min()) - 0.5

    return bootstrap(tuple(scores.to_numpy().T), weakest, f"all {len(scores):,} cells, {', '.join(scores)}")


_TRANSFER_FADES_AT_THE_TOP = PAPER.claim(
    "transfer fades at the top",
    "Among the best architectures the correlation between data sets is much weaker.",
)


@_TRANSFER_FADES_AT_THE_TOP.test(
    reads.evidence,
    figure="correlations",
    measure=(
        "correlation with the same split of other data sets that range restriction alone would leave among the best, "
        "minus the one that is there (normal scores)"
    ),
    unit="cells",
    tables=lambda plan: {"benchmark": NASBENCH201},
    options=lambda plan: {"score": plan.section.score, "thresholds": plan.section.thresholds},
)
def transfer_fades(benchmark: Benchmark, *, score: str, thresholds: tuple[float, ...]) -> Estimate:
    """Means over the other data sets, for the cells above the highest threshold.

    Any selection by one score lowers its correlation with others; what is tested is what it lowers beyond that.
    """
    scores = mean_scores(benchmark)
    split = score.rpartition(" ")[2]
    others = [name for name in scores if name.endswith(split) and _images(name) != _images(score)]
    best = (scores[score] > max(thresholds)).to_numpy()
    scope = f"{best.sum():,} cells above {max(thresholds):g}% ({score}) of {len(scores):,}, {', '.join(others)}"
    if best.sum() < _FEWEST or not others:
        return untestable(f"{best.sum()} cells and {len(others)} other data sets", scope)

    columns = [normal_scores(scores[name].to_numpy()) for name in (score, *others)]
    lowest = columns[0][best].min()

    def beyond(first: np.ndarray, *columns: np.ndarray) -> float:
        chosen = first >= lowest
        expected = [expected_among_best(first, other, chosen) for other in columns]
        seen = [np.corrcoef(first[chosen], other[chosen])[0, 1] for other in columns]
        return float(np.mean(expected) - np.mean(seen))

    return bootstrap(tuple(columns), beyond, scope)


def _images(score: str) -> str:
    """The data set of a score, whatever part of its images networks were trained on."""
    return score.rpartition(" ")[0].removesuffix("-valid")
