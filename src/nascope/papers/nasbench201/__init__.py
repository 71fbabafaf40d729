"""Dong & Yang 2020: a tabular benchmark of 15,625 cells, searches on it, and a benchmark of one's own."""
