"""Images with fixed splits, resident in memory, and their augmentation."""

from nascope.datasets.images import Dataset, Split
from nascope.datasets.sources import load_dataset

__all__ = ["Dataset", "Split", "load_dataset"]
