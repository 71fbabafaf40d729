"""Images with fixed splits, resident in memory, and their augmentation."""
