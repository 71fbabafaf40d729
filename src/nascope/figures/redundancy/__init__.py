"""Figures of "On redundancy and diversity in cell-based NAS" (Wan et al. 2022)."""

from nascope.figures.redundancy.importance import importance, importance_counts, removal
from nascope.figures.redundancy.motifs import motif_table, motifs
from nascope.figures.redundancy.sampling import pattern_groups, published_pattern

__all__ = [
    "importance",
    "importance_counts",
    "motif_table",
    "motifs",
    "pattern_groups",
    "published_pattern",
    "removal",
]
