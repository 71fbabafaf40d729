"""nascope: why cell-based neural architecture search spaces behave as they do."""

__version__ = "0.1.0"
