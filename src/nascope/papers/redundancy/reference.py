"""Numbers of the paper, read off its figures."""

from __future__ import annotations

#: Median importance by primitive in the normal cells of the best genotypes (percentage points of error).
FIG_3 = {
    "skip_connect": 0.21,
    "sep_conv_3x3": 0.10,
    "sep_conv_5x5": 0.10,
    "dil_conv_3x3": 0.03,
    "dil_conv_5x5": 0.02,
    "max_pool_3x3": 0.01,
    "avg_pool_3x3": -0.03,
}
#: Share of important operations by cell type.
FIG_4 = {"normal": 0.5, "reduce": 0.05}
#: Median predicted error of each group (%), Skip and PrimSkip as coded.
FIG_9 = {"Random": 6.92, "Skip": 6.21, "Prim": 5.67, "PrimSkip": 5.25}
