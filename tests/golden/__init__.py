"""Curves of small trainings, and defaults, that may change only together with NUMERICS."""
