"""The configuration as one typed model: type, default and sentence of each key in one place."""
