"""From the genotypes that studies ask for to the networks to train: each function once, in shards of equal cost."""

from __future__ import annotations

import heapq
import math

import pandas as pd

from nascope.spaces.canonical import canonical_form
from nascope.spaces.nasbench201 import NasBench201Cell
from nascope.spaces.stored import stored_genotype

#: Forward and backward time of an operation relative to a 3x3 convolution, roughly, on small maps.
_COSTS = {"sep": 4.0, "dil": 2.0, "nor": 1.0, "conv": 2.0, "max": 0.3, "avg": 0.3, "skip": 0.6, "bias": 0.1, "noise": 1}
_FIXED_COST = 4.0
#: How the cost of a network grows with the seeds that it trains side by side.
_REPLICAS_POWER = 0.6


def plan_trainings(requests: pd.DataFrame, replicas: int, shards: int) -> pd.DataFrame:
    """Merge requests for the same function and spread the networks over shards.

    Args:
        requests: ``genotypes`` tables of all studies with one protocol and data set.
        replicas: seeds that share a network. Blocks are cut from the sorted seeds of a function, so a
            result does not depend on which study asked for it.
        shards: number of shards; the largest network goes to the emptiest shard first.

    Returns:
        A ``plan`` table, ordered by shard, then by decreasing cost.
    """
    rows = []
    for key, group in requests.groupby("key", sort=True):
        representative = min(group["genotype"])
        seeds = sorted({int(seed) for seeds in group["seeds"] for seed in seeds})
        weights = bool(group["weights"].any())
        for start in range(0, len(seeds), replicas):
            block = seeds[start : start + replicas]
            rows.append((key, representative, block, network_cost(representative, len(block)), weights))
    rows.sort(key=lambda row: (-row[3], row[0], row[2]))
    loads = [(0.0, shard) for shard in range(shards)]
    placed = []
    for row in rows:
        load, shard = heapq.heappop(loads)
        placed.append((*row, shard))
        heapq.heappush(loads, (load + row[3], shard))
    plan = pd.DataFrame(placed, columns=["key", "representative", "seeds", "cost", "weights", "shard"])
    return plan.sort_values("shard", kind="stable", ignore_index=True)


def network_cost(text: str, replicas: int) -> float:
    """Relative cost of training a genotype with so many seeds side by side."""
    genotype = stored_genotype(text)
    if isinstance(genotype, NasBench201Cell):
        forms = [canonical_form(genotype)]
    else:
        forms = [canonical_form(genotype.normal), canonical_form(genotype.reduce, reduction=True)]
    operations = sum(_COSTS[instance.label.split("_")[0]] for form in forms for instance in form.instances)
    return (operations + _FIXED_COST) * math.pow(replicas, _REPLICAS_POWER)
