"""One-shot searches of the NAS-Bench-201 space: one module an algorithm."""
