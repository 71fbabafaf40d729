"""Figures of StacNAS (Li et al. 2021)."""
