"""Li et al. 2021: operators that correlate, two-stage search, collapse, gradient confusion."""
