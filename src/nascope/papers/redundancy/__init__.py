"""Wan et al. 2022: which operations of good cells matter, and how little of a search space that leaves."""
