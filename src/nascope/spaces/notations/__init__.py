"""Notations in which public code writes genotypes: one module per project's, each of which reads and writes its own."""
