"""The space of NASNet, AmoebaNet and ENAS cells: five nodes per cell, and two more primitives than DARTS."""

from __future__ import annotations

from nascope.spaces import darts
from nascope.spaces.cellspace import CellSpace

PRIMITIVES = (*darts.PRIMITIVES, "sep_conv_7x7", "conv_7x1_1x7")

SPACE = CellSpace("nasnet", 5, PRIMITIVES)
