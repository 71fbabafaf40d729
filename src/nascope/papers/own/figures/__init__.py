"""Figures that every study of the user's own has."""
