"""Oracles: anything that answers how good a genotype is."""

from nascope.oracles.oracle import Oracle
from nascope.oracles.tabular import TabularOracle

__all__ = ["Oracle", "TabularOracle"]
