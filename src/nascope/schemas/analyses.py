"""What analyses find."""

from __future__ import annotations

from nascope.schemas.column import GENOTYPE, KEY, LOSS, SEED, STUDY, Column, Table

_BATCH_NORM = Column(
    "batch_norm", "string", "", "running (the training's estimates) or batch (statistics of the images at hand)"
)

TABLES: dict[str, Table] = {
    "estimate": Table(
        "trainings or searches of one kind, and what they will cost",
        (
            Column("paper", "string", "", "paper whose section names them"),
            Column("part", "string", "", "study, or algorithm (and space) of searches"),
            Column("timed", "string", "", "name of the step that was timed for them"),
            Column("networks", "int", "", "networks or supernets that are trained"),
            Column("relative_cost", "float", "", "cost of a step beside that of the timed one"),
            Column("epochs", "int", "", "epochs of each"),
            Column("steps", "float", "", "steps of an epoch; evaluations count as a third of a step"),
            Column("seconds", "float", "s", "time of the timed step"),
            Column("source", "string", "", "given in the config, or measured on a device"),
            Column("hours", "float", "h", "device-hours of all of them"),
        ),
    ),
    "ranking": Table(
        "a pair of scores whose agreement over cells is measured",
        (
            Column("subset", "string", "", "which cells"),
            Column("cells", "int", "", "number of cells"),
            Column("first", "string", "", "first score"),
            Column("second", "string", "", "second score"),
            Column("pearson", "float", "", "Pearson correlation (as published)"),
            Column("kendall", "float", "", "Kendall's tau-b"),
        ),
    ),
    "importance": Table(
        "an edge of an architecture",
        (
            Column("dataset", "string", "", "data set of the oracle"),
            Column("index", "int", "", "index of the cell"),
            Column("edge", "int", "", "edge, in the genotype's order"),
            Column("primitive", "string", "", "operation on the edge"),
            Column("error", "float", "fraction", "the architecture's error"),
            Column("importance", "float", "fraction", "mean error of the neighbours on this edge minus the error"),
            Column("subset", "string", "", "top, bottom (by error) or rest"),
        ),
    ),
    "genotype_importance": Table(
        "an operation of a genotype of two cells",
        (
            GENOTYPE,
            Column("cell_type", "string", "", "normal or reduce"),
            Column("edge", "int", "", "edge of the cell, in the genotype's order"),
            Column("primitive", "string", "", "operation on the edge"),
            Column("source", "int", "", "state that the edge comes from; 0 and 1 are the cell's inputs"),
            Column("error", "float", "fraction", "the genotype's error, by the oracle"),
            Column("importance", "float", "fraction", "mean error of the neighbours on this edge minus the error"),
            Column("subset", "string", "", "top, bottom (by error), rest or uniform; a published cell's name"),
        ),
    ),
    "predictions": Table(
        "an architecture whose error a surrogate predicted without having seen it",
        (
            GENOTYPE,
            Column("observed", "float", "fraction", "mean error of its trainings"),
            Column("predicted", "float", "fraction", "predicted error"),
            Column("deviation", "float", "fraction", "standard deviation over the surrogate's members"),
            Column("fold", "int", "", "fold of the cross-validation that held it out"),
        ),
    ),
    "pattern_predictions": Table(
        "a pattern-constrained sample and its predicted error",
        (
            Column("group", "string", "", "Random, Skip, Prim or PrimSkip"),
            Column("wiring", "string", "", "corrected or as_coded"),
            GENOTYPE,
            Column("width", "float", "c", "width of the normal cell"),
            Column("predicted", "float", "fraction", "predicted error"),
            Column("deviation", "float", "fraction", "standard deviation over the surrogate's members"),
        ),
    ),
    "ablation": Table(
        "a cell from which operations were removed one after the other",
        (
            Column("dataset", "string", "", "data set of the oracle"),
            Column("index", "int", "", "index of the whole cell"),
            Column("order", "string", "", "most important first, or least important first"),
            Column("step", "int", "", "operations removed so far (0: the whole cell)"),
            Column("edge", "int", "", "edge removed in this step (-1: none)"),
            Column("error", "float", "fraction", "the remaining cell's error"),
            Column("change", "float", "fraction", "that error minus the whole cell's"),
        ),
    ),
    "motifs": Table(
        "a frequent subgraph of the important parts of cells",
        (
            Column("space", "string", "", "search space"),
            Column("motif", "string", "", "edges as source -operation-> target; inner nodes are a, b, ..."),
            Column("nodes", "int", "", "nodes of the motif"),
            Column("edges", "int", "", "edges of the motif"),
            Column("rooted", "bool", "", "whether it is an out-tree, all that the published miner finds"),
            Column("cells", "int", "", "cells whose important parts were mined"),
            Column("support", "float", "fraction", "share of these parts that contain the motif"),
            Column("incidence", "float", "fraction", "share of random parts of the same sizes that contain it"),
            Column(
                "incidence_as_coded", "float", "fraction", "the same as coded: fewer edges, induced occurrences only"
            ),
            Column("ratio", "float", "", "support over incidence"),
            Column("ratio_as_coded", "float", "", "support over incidence_as_coded"),
        ),
    ),
    "operator_features": Table(
        "a pair of operators on a probed edge of a trained supernet",
        (
            SEED,
            Column("cell", "int", "", "cell of the supernet, from 0"),
            Column("edge", "int", "", "edge of the cell's complete DAG, node by node"),
            Column("first", "string", "", "first operator"),
            Column("second", "string", "", "second operator"),
            Column("correlation", "float", "", "correlation of their feature maps over images"),
            Column("images", "int", "", "images measured"),
        ),
    ),
    "operator_groups": Table(
        "an operator's group in one clustering",
        (
            Column("method", "string", "", "hierarchical (on correlations) or kmeans (on mean features)"),
            SEED,
            Column("cell", "int", "", "cell of the supernet (-1: correlations averaged over probed edges)"),
            Column("edge", "int", "", "edge of the cell (-1: averaged)"),
            Column("operator", "string", "", "operator"),
            Column("group", "int", "", "group, numbered by first member"),
            Column("x", "float", "", "mean features on the edge's first principal component (NaN: averaged)"),
            Column("y", "float", "", "on the second"),
        ),
    ),
    "confusion": Table(
        "a network whose mini-batch gradients are compared, after training",
        (
            Column("network", "string", "", "stage 1, stage 2 (supernets) or final"),
            Column("cells", "int", "", "cells of the network"),
            SEED,
            Column("batches", "int", "", "mini-batches, all pairs of which are compared"),
            Column("batch_size", "int", "", "images of each"),
            Column("confusion", "float", "nats^2", "max(0, -smallest inner product of two gradients)"),
            Column("lowest_cosine", "float", "", "smallest cosine of two gradients"),
            Column("low_cosine", "float", "", "5th percentile of the cosines"),
            Column("mean_cosine", "float", "", "mean cosine"),
            Column("negative", "float", "fraction", "share of pairs with a negative inner product"),
        ),
    ),
    "landscape": Table(
        "a point near the weights of a training",
        (
            STUDY,
            KEY,
            SEED,
            _BATCH_NORM,
            Column("directions", "string", "", "line or plane (random, filter-normalised), or trajectory (principal)"),
            Column("a", "float", "", "multiple of the first direction"),
            Column("b", "float", "", "multiple of the second direction"),
            Column("loss", "float", "nats", f"{LOSS} there"),
            Column("accuracy", "float", "%", "accuracy there"),
        ),
    ),
    "trajectories": Table(
        "a kept state of a training, in the plane that holds most of its path",
        (
            STUDY,
            KEY,
            SEED,
            Column("epoch", "int", "", "epochs trained (0: the initial weights)"),
            Column("a", "float", "", "distance from the last state along the first principal direction"),
            Column("b", "float", "", "distance along the second"),
            Column("share_a", "float", "", "share of the path's variance along the first"),
            Column("share_b", "float", "", "share along the second"),
        ),
    ),
    "gradients": Table(
        "a point near the weights of a training, and a size of mini-batches",
        (
            STUDY,
            KEY,
            SEED,
            _BATCH_NORM,
            Column("a", "float", "", "multiple of the landscape's first random direction"),
            Column("b", "float", "", "multiple of the second"),
            Column("batch_size", "int", "", "images of a mini-batch"),
            Column("images", "int", "", "images that the mini-batches are cut from"),
            Column("variance", "float", "nats^2", "E ||g - E g||^2 of the mini-batches' gradients"),
            Column("gradient_norm", "float", "nats", "||E g||"),
        ),
    ),
    "sharpness": Table(
        "a trained network",
        (
            STUDY,
            KEY,
            SEED,
            _BATCH_NORM,
            Column("images", "int", "", "images of the loss"),
            Column("top_eigenvalue", "float", "nats", "largest eigenvalue of the loss's Hessian (NaN: not converged)"),
            Column("trace", "float", "nats", "estimated trace of the Hessian"),
            Column("trace_error", "float", "nats", "standard error of that estimate"),
        ),
    ),
    "theory": Table(
        "a block of a pair of linear cells (Shu et al. 2020, Theorems 4.1 and 4.2)",
        (
            Column("theorem", "string", "", "4.1 (smoothness) or 4.2 (gradient variance)"),
            Column("objective", "string", "", "alike (output gradients alike in both cells) or squared error"),
            Column("nodes", "int", "", "intermediate nodes"),
            Column("size", "int", "", "dimension of inputs and nodes"),
            Column("spectrum", "string", "", "flat, or linear down to a tenth of the largest singular value"),
            Column("scale", "float", "", "largest singular value of every block"),
            Column("block", "int", "", "block, from 1"),
            SEED,
            Column("widest", "float", "", "measured in the widest cell"),
            Column("narrowest", "float", "", "measured in the narrowest cell"),
            Column("bound", "float", "", "the theorem's bound on the narrowest cell's value"),
            Column("corrected", "float", "", "a bound that holds for this objective"),
        ),
    ),
    "claims": Table(
        "a paper's claim, tested on our tables",
        (
            Column("paper", "string", "", "paper's target name"),
            Column("claim", "string", "", "short name"),
            Column("figure", "string", "", "figure that shows it"),
            Column("statement", "string", "", "what the paper says"),
            Column("measure", "string", "", "what is measured here"),
            Column("estimate", "float", "", "measured value"),
            Column("low", "float", "", "lower end of the 95% interval"),
            Column("high", "float", "", "upper end of the 95% interval"),
            Column("n", "int", "", "independent units behind the interval"),
            Column("verdict", "string", "", "holds, does not hold, or undecided"),
            Column("scope", "string", "", "data the verdict is about"),
        ),
    ),
}
