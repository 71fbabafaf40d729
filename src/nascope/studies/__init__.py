"""The genotypes that studies ask to train."""
