"""Numbers that the paper and its code report. Never used to compute anything of ours."""

from __future__ import annotations

#: Read off the authors' figure of architecture parameters (images/correlation.png): operator, stand-alone accuracy (%)
#: on CIFAR-10, learned strength. Their correlations are the 0.91 and 0.20 that the paper states.
ALPHA_ACCURACY: dict[str, tuple[tuple[str, float, float], ...]] = {
    "StacNAS": (
        ("max_pool_3x3", 97.09, 0.158),
        ("sep_conv_3x3", 97.26, 0.199),
        ("dil_conv_3x3", 97.34, 0.187),
        ("skip_connect", 97.50, 0.284),
    ),
    "DARTS": (
        ("avg_pool_3x3", 97.09, 0.066),
        ("dil_conv_3x3", 97.11, 0.119),
        ("dil_conv_5x5", 97.14, 0.167),
        ("skip_connect", 97.15, 0.136),
        ("max_pool_3x3", 97.18, 0.077),
        ("sep_conv_3x3", 97.19, 0.136),
        ("sep_conv_5x5", 97.27, 0.121),
    ),
}
#: Table 1, CIFAR-10 without training tricks: mean test error (%), standard deviation, runs. The number of DARTS' runs
#: is not given there; the caption's eight is taken for both.
ERRORS = {"StacNAS": (2.48, 0.08, 8), "DARTS-V2": (2.76, 0.09, 8)}
#: Millions of parameters of the drawn cells' networks, counted in the authors' code (20 cells, 36 channels, no
#: auxiliary head), by cell: classes, parameters.
DRAWN_SIZES = {"StacNAS_cifar10": (10, 3.716), "StacNAS_cifar100": (100, 4.034)}
#: Millions of parameters of the released networks by the README of the authors' code.
RELEASED_SIZES = {"StacNAS_cifar10": (10, 4.48), "StacNAS_cifar100": (100, 4.36)}
