"""A package for each paper: its settings, studies, figures and claims."""
