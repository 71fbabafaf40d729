"""Figures of "On redundancy and diversity in cell-based NAS" (Wan et al. 2022)."""

from nascope.figures.redundancy.importance import importance, importance_counts
from nascope.figures.redundancy.motifs import darts_motif_table, darts_motifs, motif_table, motifs
from nascope.figures.redundancy.published import published_drawn, published_importance, published_pattern
from nascope.figures.redundancy.removal import reduction_cells, removal, removal_trained
from nascope.figures.redundancy.sampling import pattern_groups, pattern_table
from nascope.figures.redundancy.surrogate import (
    darts_counts,
    darts_importance,
    pattern_predicted,
    skip_positions,
    surrogate,
    trained_importance,
)

__all__ = [
    "darts_counts",
    "darts_importance",
    "darts_motif_table",
    "darts_motifs",
    "importance",
    "importance_counts",
    "motif_table",
    "motifs",
    "pattern_groups",
    "pattern_predicted",
    "pattern_table",
    "published_drawn",
    "published_importance",
    "published_pattern",
    "reduction_cells",
    "removal",
    "removal_trained",
    "skip_positions",
    "surrogate",
    "trained_importance",
]
