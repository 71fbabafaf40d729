"""Claims of "On redundancy and diversity in cell-based NAS" (Wan et al. 2022)."""
