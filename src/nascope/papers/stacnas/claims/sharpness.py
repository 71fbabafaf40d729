"""Sharpness of supernets: the Hessian in the architecture parameters, regularisation and collapse."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.stats import spearmanr

from nascope.analysis.collapse import RUN, regularised, skips_of
from nascope.evidence.estimate import Estimate
from nascope.evidence.intervals import mean
from nascope.evidence.ranks import spearman
from nascope.papers.stacnas.paper import PAPER
from nascope.schemas.evidence import Hessians, Supernets
from nascope.schemas.results import PUBLISHED_HESSIANS, PUBLISHED_SUPERNETS

if TYPE_CHECKING:
    from nascope.papers.stacnas.settings import StacNas
    from nascope.schemas.results import Result
    from nascope.workflow.plan import Plan

_PLAIN = 0.0003  # weight decay of DARTS


def _hessians(plan: Plan[StacNas]) -> dict[str, Result]:
    return {"hessians": PUBLISHED_HESSIANS}


def _both(plan: Plan[StacNas]) -> dict[str, Result]:
    return {"hessians": PUBLISHED_HESSIANS, "supernets": PUBLISHED_SUPERNETS}


_GROWS = PAPER.claim("the Hessian grows", "The largest eigenvalue of the Hessian grows along DARTS' searches.")
_DROP_PATH = PAPER.claim("drop-path keeps the Hessian small", "With drop-path, the largest eigenvalue grows less.")
_TOGETHER = PAPER.claim(
    "sharpness goes with collapse", "Along a search, skip connections become more as the largest eigenvalue grows."
)
_FINALLY = PAPER.claim(
    "sharp supernets have collapsed", "Searches that end with a large eigenvalue end with many skip connections."
)


@_GROWS.test(
    "published searches",
    figure="collapse",
    measure="natural logarithm of the largest eigenvalue after the last epoch over that after the first",
    unit="searches",
    tables=_hessians,
)
def hessian_grows(hessians: Hessians) -> Estimate:
    """Growth along each search without drop-path and with DARTS' weight decay."""
    growth = regularised(_growth(hessians), 0, _PLAIN)
    return mean(growth["growth"].to_numpy(), f"{len(growth)} searches that others ran (RobustDARTS)")


@_DROP_PATH.test(
    "published searches",
    figure="collapse",
    measure="growth (logarithm) without drop-path minus that with a probability of 0.2",
    unit="pairs of searches",
    tables=_hessians,
)
def drop_path_keeps_small(hessians: Hessians) -> Estimate:
    """Pairs of searches of a space with one seed, at DARTS' weight decay."""
    pair, growth = ["space", "dataset", "seed"], _growth(hessians)
    plain, dropped = (regularised(growth, drop, _PLAIN)["growth"].groupby(pair).mean() for drop in (0, 0.2))
    gains = (plain - dropped).dropna()
    return mean(gains.to_numpy(), f"{len(gains)} pairs of searches that others ran (RobustDARTS)")


@_TOGETHER.test(
    "published searches",
    figure="collapse",
    measure="mean over searches of the rank correlation over epochs of the largest eigenvalue with skip connections",
    unit="searches",
    tables=_both,
)
def sharpness_goes_with_collapse(hessians: Hessians, supernets: Supernets) -> Estimate:
    """One correlation per search; a search whose skips never change has none."""
    runs = [part for _, part in _joined(hessians, supernets).groupby(RUN)]
    moving = [part for part in runs if np.ptp(part["skips"].to_numpy()) > 0]
    found = [float(spearmanr(part["largest"], part["skips"]).statistic) for part in moving]
    scope = f"{len(moving)} searches that others ran (RobustDARTS); {len(runs) - len(moving)} whose skips never change"
    return mean(np.array(found), scope, (-1.0, 1.0))


@_FINALLY.test(
    "published searches",
    figure="collapse",
    measure="rank correlation over searches of the last largest eigenvalue with the last skips, within spaces",
    unit="searches",
    tables=_both,
)
def sharp_have_collapsed(hessians: Hessians, supernets: Supernets) -> Estimate:
    """Correlation over searches with several regularisations, within each space."""
    last = _joined(hessians, supernets).sort_values("epoch").groupby(RUN).tail(1)
    scope = f"{len(last)} searches that others ran (RobustDARTS)"
    return spearman(last["largest"], last["skips"], scope, strata=last["space"])


def _growth(hessians: pd.DataFrame) -> pd.DataFrame:
    """Logarithm of last over first largest eigenvalue (``growth``), indexed by search."""
    along = hessians.sort_values("epoch").groupby(RUN)["largest"]
    return np.log(along.last() / along.first()).rename("growth").to_frame()


def _joined(hessians: pd.DataFrame, supernets: pd.DataFrame) -> pd.DataFrame:
    table = hessians.merge(supernets[[*RUN, "epoch", "genotype"]], on=[*RUN, "epoch"])
    return table.assign(skips=skips_of(table["genotype"]))
