"""Small spaces of two-input cells and protocols of their supernets."""

from __future__ import annotations

from typing import Any

from nascope.config.section import section_of
from nascope.search.one_shot.space_spec import SpaceSpec
from nascope.search.one_shot.space_two_input import TwoInputSpace
from nascope.spaces import darts
from nascope.training.protocol import Protocol

WEIGHTS = {"channels": 4, "cells": 2, "epochs": 1, "batch_size": 250, "learning_rate": 0.05, "gradient_clip": 3.0}
WHOLE = {"nodes": 2, "primitives": [*darts.PRIMITIVES, "none"]}


def space(**spec: Any) -> TwoInputSpace:
    """Two nodes with all primitives, or what is asked for."""
    return TwoInputSpace.of(section_of(SpaceSpec, {**WHOLE, **spec}))


def protocol(**changes: Any) -> Protocol:
    """The small protocol with changes."""
    return section_of(Protocol, {**WEIGHTS, **changes})
