"""One-shot searches: one module per algorithm, and one per kind of space."""
