"""Sharpness of a minimum: the largest eigenvalue and the trace of the loss's Hessian."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import torch
from scipy.sparse.linalg import ArpackNoConvergence, LinearOperator, eigsh
from torch import Tensor

from nascope.analysis.weight_space import WeightSpace


def top_eigenvalue(space: WeightSpace, images: Tensor, labels: Tensor, *, tolerance: float, seed: int = 0) -> float:
    """The Hessian's largest eigenvalue by Lanczos' method (ARPACK), to a relative accuracy of ``tolerance``.

    All replicas compute the same product; give ``space`` one point.
    """
    space.place(space.centre)
    size = len(space.centre)

    def product(vector: np.ndarray) -> np.ndarray:
        direction = torch.from_numpy(vector.reshape(-1)).to(space.centre).expand(space.points, -1)
        return space.hessian_products(images, labels, direction)[0].double().cpu().numpy()

    hessian = LinearOperator((size, size), matvec=product, dtype=np.float64)
    start = np.random.default_rng(seed).standard_normal(size)
    try:
        found = eigsh(hessian, k=1, which="LA", tol=tolerance, v0=start, ncv=min(10, size), return_eigenvectors=False)
    except ArpackNoConvergence:
        return float("nan")
    return float(found[0])


def hessian_trace(
    space: WeightSpace, images: Tensor, labels: Tensor, *, probes: int, seed: int = 0
) -> tuple[float, float]:
    """The Hessian's trace and its standard error by Hutchinson's estimator with random signs.

    As many probes as ``space`` has points run at once.
    """
    space.place(space.centre)
    generator = torch.Generator().manual_seed(seed)
    found: list[Tensor] = []
    for _ in range(-(-probes // space.points)):
        signs = torch.randint(0, 2, (space.points, len(space.centre)), generator=generator).mul_(2).sub_(1)
        signs = signs.to(space.centre)
        found.append((signs * space.hessian_products(images, labels, signs)).double().sum(dim=1).cpu())
    values = torch.cat(found)[:probes]
    error = float(values.std() / probes**0.5) if probes > 1 else float("nan")
    return float(values.mean()), error


def sharpness(
    space: Callable[[int], WeightSpace], images: Tensor, labels: Tensor, *, tolerance: float, probes: int, points: int
) -> pd.DataFrame:
    """Largest eigenvalue and trace of the Hessian of the mean loss at trained weights.

    Args:
        space: builds the network's parameter space with a number of points.
        images: normalised images.
        labels: their labels.
        tolerance: relative accuracy of the eigenvalue.
        probes: random vectors of the trace's estimate.
        points: how many of them at once.

    Returns:
        One row of a ``sharpness`` table, without ``study``, ``key`` and ``seed``.
    """
    top = top_eigenvalue(space(1), images, labels, tolerance=tolerance)
    trace, error = hessian_trace(space(min(points, probes)), images, labels, probes=probes)
    return pd.DataFrame([{"images": len(labels), "top_eigenvalue": top, "trace": trace, "trace_error": error}])
