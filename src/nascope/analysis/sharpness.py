"""Sharpness of a minimum: the extreme eigenvalues and the trace of the loss's Hessian."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import torch
from scipy.sparse.linalg import ArpackNoConvergence, LinearOperator, eigsh
from torch import Tensor

if TYPE_CHECKING:
    from nascope.analysis.geometry import Options, SharpnessOptions
    from nascope.analysis.survey import Network
    from nascope.analysis.weight_space import WeightSpace

_LANCZOS_VECTORS = 10


def sharpness(network: Network, options: Options[SharpnessOptions]) -> pd.DataFrame:
    """Both ends of the Hessian's spectrum, and its trace, of the mean loss at trained weights.

    Returns:
        One row per mode of BatchNorm of a ``sharpness`` table, without ``study``, ``key`` and ``seed``.
    """
    images, labels, own = network.images, network.labels, options.own

    def measure(mode: str) -> pd.DataFrame:
        top, bottom = extreme_eigenvalues(network.space(1, mode), images, labels, tolerance=own.tolerance)
        space = network.space(min(options.shared.points, own.probes), mode)
        trace, error = hessian_trace(space, images, labels, probes=own.probes)
        found = {
            "images": len(labels),
            "top_eigenvalue": top,
            "bottom_eigenvalue": bottom,
            "largest_magnitude": largest_magnitude(top, bottom),
            "trace": trace,
            "trace_error": error,
        }
        return pd.DataFrame([found])

    return network.in_modes(own.batch_norm, measure)


def largest_magnitude(top: float, bottom: float) -> float:
    """The eigenvalue that is largest in magnitude, with its sign; NaN where one of the ends is not known."""
    if math.isnan(top) or math.isnan(bottom):
        return math.nan
    return max(top, bottom, key=abs)


def extreme_eigenvalues(
    space: WeightSpace, images: Tensor, labels: Tensor, *, tolerance: float, seed: int = 0
) -> tuple[float, float]:
    """The Hessian's largest and smallest eigenvalue by Lanczos' method (ARPACK); NaN where it does not converge.

    The smallest is negative where the weights are not at a minimum. Each end is looked for by itself.

    Args:
        space: of the network; one point is enough, because all points compute the same product.
        images: normalised, (images, channels, height, width).
        labels: (images,).
        tolerance: relative accuracy of each end.
        seed: of the first vector.
    """
    space.place(space.centre)
    size = len(space.centre)

    def product(vector: np.ndarray) -> np.ndarray:
        direction = torch.from_numpy(vector.reshape(-1)).to(space.centre).expand(space.points, -1)
        return space.hessian_products(images, labels, direction)[0].double().cpu().numpy()

    hessian = LinearOperator((size, size), matvec=product, dtype=np.float64)
    return _end(hessian, "LA", tolerance, seed), _end(hessian, "SA", tolerance, seed)


def _end(hessian: LinearOperator, which: str, tolerance: float, seed: int) -> float:
    """The largest (LA) or the smallest (SA) eigenvalue."""
    size = hessian.shape[0]
    start = np.random.default_rng(seed).standard_normal(size)
    lanczos = {"tol": tolerance, "v0": start, "ncv": min(_LANCZOS_VECTORS, size), "return_eigenvectors": False}
    try:
        found = eigsh(hessian, k=1, which=which, **lanczos)
    except ArpackNoConvergence:
        return math.nan
    return float(found[0])


def hessian_trace(
    space: WeightSpace, images: Tensor, labels: Tensor, *, probes: int, seed: int = 0
) -> tuple[float, float]:
    """The Hessian's trace and its standard error by Hutchinson's estimator with random signs.

    Args:
        space: of the network; as many probes run at once as it has points.
        images: normalised, (images, channels, height, width).
        labels: (images,).
        probes: random vectors; the standard error of a single one is NaN.
        seed: of the vectors.
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
