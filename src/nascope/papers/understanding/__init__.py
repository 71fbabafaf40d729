"""Shu et al. 2020: wide and shallow cells, their convergence, loss landscapes, theory and generalisation."""
