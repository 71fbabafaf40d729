"""Both ends of the Hessian's spectrum (closed forms of its products are in test_landscape.py)."""

import math

import pandas as pd
import pytest
import torch

from nascope.analysis.sharpness import extreme_eigenvalues, largest_magnitude
from nascope.papers.understanding.figures.geometry import _larger_end

EIGENVALUES = torch.linspace(-3, 2, 15)


class Saddle:
    """A network's parameter space in which the Hessian is diagonal and indefinite."""

    points = 1
    centre = torch.zeros(len(EIGENVALUES))

    def place(self, points):
        pass

    def hessian_products(self, images, labels, directions):
        return directions * EIGENVALUES


def test_both_ends_of_an_indefinite_hessian():
    ends = extreme_eigenvalues(Saddle(), torch.empty(0), torch.empty(0), tolerance=1e-6)
    assert ends == pytest.approx((2, -3), rel=1e-4)
    # Peers report the eigenvalue that is largest in magnitude: here it is the negative one.
    assert largest_magnitude(*ends) == ends[1]
    assert largest_magnitude(2.0, -1.0) == 2.0
    assert math.isnan(largest_magnitude(2.0, math.nan))


def test_the_figures_note_says_which_end_is_larger_in_magnitude():
    table = pd.DataFrame({"largest_magnitude": [5.0, -7.0, 2.0, math.nan]})
    assert _larger_end(table) == "negative for 1 of 3 networks"
