"""Gradient confusion of search networks and of the network that is trained in the end (Li et al. 2021, section 3).

Sankararaman et al. (2020): the gradients of mini-batches i and j confuse each other where ``<g_i, g_j>`` is negative;
a network's confusion bound is ``eta = max(0, -min <g_i, g_j>)`` over pairs. The paper's own estimator is not known:
here every pair of some fixed mini-batches is taken, at the same weights, and cosines beside the inner products,
because networks with other gradient norms are compared.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from nascope.datasets.images import Dataset, channels_last
from nascope.errors import NascopeError
from nascope.networks.mixes import Mixture
from nascope.search.one_shot.cells import Groups, representatives, winners
from nascope.search.one_shot.one_level import OneLevel
from nascope.search.one_shot.spaces import CellSpace
from nascope.spaces import Genotype
from nascope.training.protocol import Protocol
from nascope.training.trainer import Trainer

#: Decimals of cosines and significant digits of inner products: what the summation order cannot reach.
_DECIMALS = 5


def pairwise(gradients: np.ndarray) -> dict[str, float]:
    """Inner products and cosines of all pairs of gradients, (batches, parameters), summarised."""
    gram = gradients @ gradients.T
    norms = np.sqrt(np.diag(gram))
    above = np.triu_indices(len(gradients), k=1)
    inner, cosines = gram[above], (gram / np.outer(norms, norms))[above]
    return {
        "confusion": float(np.format_float_scientific(max(0.0, -inner.min()), _DECIMALS)),
        "lowest_cosine": round(float(cosines.min()), _DECIMALS),
        "mean_cosine": round(float(cosines.mean()), _DECIMALS),
        "low_cosine": round(float(np.quantile(cosines, 0.05)), _DECIMALS),
        "negative": float((cosines < 0).mean()),
    }


def batch_gradients(
    loss: Callable[[Tensor, Tensor], Tensor], network: nn.Module, dataset: Dataset, batches: int, size: int
) -> np.ndarray:
    """Gradients of the first training images, cut into mini-batches, without augmentation; (batches, parameters).

    Args:
        loss: mean loss of normalised images and labels; BatchNorm takes the batch's statistics.
        network: whose parameters.
        dataset: images.
        batches: how many mini-batches.
        size: images of each.
    """
    parameters = [parameter for parameter in network.parameters() if parameter.requires_grad]
    device, rows = parameters[0].device, []
    for start in range(0, batches * size, size):
        images = channels_last(dataset.normalise(dataset.train.images[start : start + size].to(device)))
        labels = dataset.train.labels[start : start + size].to(device)
        found = torch.autograd.grad(loss(images, labels), parameters, allow_unused=True)
        parts = [torch.zeros_like(p) if g is None else g for p, g in zip(parameters, found, strict=True)]
        rows.append(torch.cat([part.flatten() for part in parts]).double().cpu().numpy())
    return np.stack(rows)


def confusion_table(
    dataset: Dataset,
    space: CellSpace,
    groups: Groups,
    options: Mapping[str, Any],
    final: Protocol,
    *,
    device: str = "cpu",
) -> pd.DataFrame:
    """Confusion of stage 1 and 2 at several depths and of the final network, after as many epochs each.

    Args:
        dataset: images.
        space: what StacNAS searches.
        groups: operator groups, members by representative.
        options: ``weights`` (of the supernets), ``first_cells``, ``second_cells`` (depths), ``batches``,
            ``batch_size``, ``seeds``.
        final: protocol of the final network, but for its epochs; the genotype is that of the first depths' two stages.
        device: torch device.

    Returns:
        A ``confusion`` table.

    Raises:
        NascopeError: there are fewer training images than the mini-batches need.
    """
    needed = options["batches"] * options["batch_size"]
    if needed > len(dataset.train):
        raise NascopeError(f"confusion needs {needed} training images, {dataset.name!r} has {len(dataset.train)}")
    rows = []
    for seed in options["seeds"]:
        one = {"options": options, "seed": seed, "device": device}
        start = representatives(space, groups)
        firsts = {cells: _searched(dataset, start, cells, **one) for cells in options["first_cells"]}
        members = winners(space, firsts[options["first_cells"][0]], groups)
        seconds = {cells: _searched(dataset, members, cells, **one) for cells in options["second_cells"]}
        found = Genotype.parse(seconds[options["second_cells"][0]].rows[-1]["genotype"])
        # As many epochs as the search networks: cosines fall as training goes on.
        as_long = replace(final, epochs=options["weights"]["epochs"])
        trainer = Trainer(found, dataset, as_long, [seed], device=device)
        trainer.run()
        stages = {"stage 1": firsts, "stage 2": seconds}
        for stage, cells, search in ((s, c, one) for s, searches in stages.items() for c, one in searches.items()):
            rows.append({"network": stage, "cells": cells, "seed": seed, **_of_search(search, options)})
        rows.append({"network": "final", "cells": final.cells, "seed": seed, **_of_training(trainer, options)})
    shape = {"batches": options["batches"], "batch_size": options["batch_size"]}
    return pd.DataFrame(rows).assign(**shape)


def _searched(
    dataset: Dataset, space: CellSpace, cells: int, *, options: Mapping[str, Any], seed: int, device: str
) -> OneLevel:
    protocol = Protocol.from_config("of confusion", {**options["weights"], "cells": cells})
    search = OneLevel(dataset, protocol, space=space, batch_norms=["batch"], seed=seed, device=device)
    search.run()
    return search


def _of_search(search: OneLevel, options: Mapping[str, Any]) -> dict[str, float]:
    mix = Mixture(search.logits().detach().softmax(dim=1))
    search.network.train()

    def loss(images: Tensor, labels: Tensor) -> Tensor:
        return F.cross_entropy(search.network(images, mix), labels)

    return _measured(loss, search.network, search.dataset, options)


def _of_training(trainer: Trainer, options: Mapping[str, Any]) -> dict[str, float]:
    trainer.network.train()

    def loss(images: Tensor, labels: Tensor) -> Tensor:
        return F.cross_entropy(trainer.network(images, None)[0][:, 0], labels)

    return _measured(loss, trainer.network, trainer.dataset, options)


def _measured(
    loss: Callable[[Tensor, Tensor], Tensor], network: nn.Module, dataset: Dataset, options: Mapping[str, Any]
) -> dict[str, float]:
    return pairwise(batch_gradients(loss, network, dataset, options["batches"], options["batch_size"]))


def members_of(groups: pd.DataFrame) -> dict[str, list[str]]:
    """Operator groups of an ``operator_groups`` table, by first member: those of the first seed, edges averaged."""
    averaged = groups[(groups["method"] == "hierarchical") & (groups["cell"] == -1)]
    rows = averaged[averaged["seed"] == averaged["seed"].min()]
    return {members.iloc[0]: list(members) for _, members in rows.groupby("group", sort=True)["operator"]}
