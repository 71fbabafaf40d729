"""Figures of "Understanding architectures learnt by cell-based NAS" (Shu et al. 2020)."""
