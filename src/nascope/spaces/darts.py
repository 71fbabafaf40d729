"""The DARTS space: four nodes a cell and seven primitives (Liu, Simonyan & Yang 2019)."""

from nascope.spaces.cellspace import CellSpace

#: In the order of Wan et al.'s figures: convolutions, skip, pools.
PRIMITIVES = (
    "sep_conv_3x3",
    "sep_conv_5x5",
    "dil_conv_3x3",
    "dil_conv_5x5",
    "skip_connect",
    "max_pool_3x3",
    "avg_pool_3x3",
)

SPACE = CellSpace("darts", 4, PRIMITIVES)
