"""Search spaces: genotypes as immutable values, and what can be done with them without a network."""
