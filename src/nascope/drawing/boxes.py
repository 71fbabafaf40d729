"""Box plots of importances."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes


def draw_boxes(axis: Axes, values: Sequence[np.ndarray], colours: Sequence[str]) -> None:
    """Draw a box for each array: quartiles, whiskers of 1.5 IQR, no outliers."""
    boxes = axis.boxplot(values, showfliers=False, patch_artist=True, medianprops={"color": "black"}, widths=0.6)
    for box, colour in zip(boxes["boxes"], colours, strict=True):
        box.set(facecolor=colour, alpha=0.75, linewidth=0.6)


def draw_band(axis: Axes, threshold: float) -> None:
    """Mark in grey the importances that do not count.

    Args:
        axis: whose values are in percentage points of error.
        threshold: importance from which an operation counts, as a fraction of error.
    """
    axis.axhspan(-100 * threshold, 100 * threshold, color="#999999", alpha=0.3, linewidth=0)
    axis.axhline(0, color="black", linewidth=0.5)
