"""Figures of "Understanding architectures learnt by cell-based NAS" (Shu et al. 2020)."""

from nascope.figures.understanding.curves import convergence, convergence_measures, families, operations, rates
from nascope.figures.understanding.generalisation import final_accuracy, generalisation
from nascope.figures.understanding.gradients import family_gradients, geometry, gradient_surfaces, gradient_variance
from nascope.figures.understanding.landscapes import contours, family_contours, lines, surfaces, trajectories
from nascope.figures.understanding.theory import theory
from nascope.figures.understanding.topologies import adapted, topologies, variants, wirings

__all__ = [
    "adapted",
    "contours",
    "convergence",
    "convergence_measures",
    "families",
    "family_contours",
    "family_gradients",
    "final_accuracy",
    "generalisation",
    "geometry",
    "gradient_surfaces",
    "gradient_variance",
    "lines",
    "operations",
    "rates",
    "surfaces",
    "theory",
    "topologies",
    "trajectories",
    "variants",
    "wirings",
]
