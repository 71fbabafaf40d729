"""Figures of a user's own studies, which belong to no paper."""
