"""Analyses: from tables and networks to tables."""
