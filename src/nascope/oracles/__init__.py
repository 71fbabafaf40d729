"""Oracles: anything that answers how good a genotype is."""
