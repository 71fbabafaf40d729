"""Figures of "On redundancy and diversity in cell-based NAS" (Wan et al. 2022)."""

from nascope.figures.redundancy.importance import importance, importance_counts, removal
from nascope.figures.redundancy.motifs import motif_table, motifs
from nascope.figures.redundancy.sampling import pattern_groups, published_pattern
from nascope.figures.redundancy.surrogate import (
    darts_counts,
    darts_importance,
    pattern_predicted,
    skip_positions,
    surrogate,
)

__all__ = [
    "darts_counts",
    "darts_importance",
    "importance",
    "importance_counts",
    "motif_table",
    "motifs",
    "pattern_groups",
    "pattern_predicted",
    "published_pattern",
    "removal",
    "skip_positions",
    "surrogate",
]
