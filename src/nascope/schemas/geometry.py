"""What lies around trained weights, and the theory of linear cells."""

from __future__ import annotations

from typing import Annotated

import pandas as pd

from nascope.schemas.column import KEY, LOSS, SEED, STUDY, Column, Table

_BATCH_NORM = Column(
    "batch_norm",
    "string",
    "",
    "what BatchNorm normalises with: running (the training's estimates) or batch (statistics of the images at hand)",
)

LANDSCAPE = Table(
    "landscape",
    "point near the weights of a training",
    (
        STUDY,
        KEY,
        SEED,
        _BATCH_NORM,
        Column("directions", "string", "", "line or plane (random, filter-normalised), or trajectory (principal)"),
        Column("a", "float", "", "multiple of the first direction"),
        Column("b", "float", "", "multiple of the second direction"),
        Column("loss", "float", "nats", f"{LOSS} at the point"),
        Column("accuracy", "float", "%", "accuracy at the point"),
    ),
)
Landscape = Annotated[pd.DataFrame, LANDSCAPE]

TRAJECTORIES = Table(
    "trajectories",
    "kept state of a training",
    (
        STUDY,
        KEY,
        SEED,
        Column("epoch", "int", "", "epochs trained (0: the initial weights)"),
        Column("a", "float", "", "distance from the last state along the first principal direction of the path"),
        Column("b", "float", "", "the same along the second"),
        Column("share_a", "float", "", "share of the path's variance along the first"),
        Column("share_b", "float", "", "share along the second"),
    ),
)
Trajectories = Annotated[pd.DataFrame, TRAJECTORIES]

GRADIENTS = Table(
    "gradients",
    "point near the weights of a training and size of mini-batches",
    (
        STUDY,
        KEY,
        SEED,
        _BATCH_NORM,
        Column("a", "float", "", "multiple of the landscape's first random direction"),
        Column("b", "float", "", "multiple of the second"),
        Column("batch_size", "int", "", "images of a mini-batch"),
        Column("images", "int", "", "images that the mini-batches are cut from"),
        Column("variance", "float", "nats^2", "E ||g - E g||^2 of the mini-batches' gradients g"),
        Column("gradient_norm", "float", "nats", "||E g||"),
    ),
)
Gradients = Annotated[pd.DataFrame, GRADIENTS]

SHARPNESS = Table(
    "sharpness",
    "trained network and mode of BatchNorm",
    (
        STUDY,
        KEY,
        SEED,
        _BATCH_NORM,
        Column("images", "int", "", "images of the loss"),
        Column("top_eigenvalue", "float", "nats", "largest eigenvalue of the loss's Hessian (NaN: not converged)"),
        Column("bottom_eigenvalue", "float", "nats", "smallest eigenvalue, negative off minima (NaN: not converged)"),
        Column("largest_magnitude", "float", "nats", "the one of the two that is larger in magnitude, with its sign"),
        Column("trace", "float", "nats", "estimated trace of the Hessian"),
        Column("trace_error", "float", "nats", "standard error of that estimate"),
    ),
)
Sharpness = Annotated[pd.DataFrame, SHARPNESS]

THEORY = Table(
    "theory",
    "theorem and block of a pair of linear cells (Shu et al. 2020, Theorems 4.1 and 4.2)",
    (
        Column("theorem", "string", "", "4.1 (smoothness) or 4.2 (gradient variance)"),
        Column("objective", "string", "", "alike (output gradients alike in both cells) or squared error"),
        Column("nodes", "int", "", "intermediate nodes"),
        Column("size", "int", "", "dimension of inputs and nodes"),
        Column("spectrum", "string", "", "flat, or linear down to a tenth of the largest singular value"),
        Column("scale", "float", "", "largest singular value of every block"),
        Column("block", "int", "", "block, from 1"),
        Column("seed", "int", "", "seed of weights, inputs and targets"),
        Column("widest", "float", "", "value measured in the widest cell"),
        Column("narrowest", "float", "", "value measured in the narrowest cell"),
        Column("bound", "float", "", "the theorem's bound on the value in the narrowest cell"),
        Column("corrected", "float", "", "a bound that holds for this objective"),
    ),
)
Theory = Annotated[pd.DataFrame, THEORY]
