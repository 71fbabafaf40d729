"""The section ``stacnas`` of the configuration."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta

from nascope.config.section import SOME_ONCE, OneOf, Positive, Section, Seeds, Several, Shards, StudyOf, says
from nascope.training.protocol import Protocol

Depths = Annotated[tuple[Positive, ...], SOME_ONCE]
Found = Annotated[str, StudyOf(("found_cells",))]
Edge = Annotated[str, StudyOf(("edge_operators",))]
Primitive = Annotated[str, OneOf("nascope.spaces.genotype:known_primitive")]
Groups = Literal["measured"] | dict[Primitive, Annotated[tuple[Primitive, ...], Meta(min_length=1)]]


class Operators(Section, frozen=True, kw_only=True):
    """Correlation and clusters of operators in a trained supernet."""

    dataset: Annotated[str, says("Data set that the supernet is trained on.")] = "digits"
    space: Annotated[str, says("Space whose primitives are all candidates, a name under search_spaces.")] = "darts"
    weights: Annotated[Protocol, says("Protocol of the supernet's weights; its cells are the supernet's.")]
    settings: Annotated[dict[str, Any], says("Settings of the one-level search.")] = {}
    seeds: Annotated[Seeds, says("Seeds, each a supernet of its own, and a unit of claims.")] = (0, 1, 2, 3)
    images: Annotated[Several, says("Training images whose features are correlated.")] = 500
    groups: Annotated[Annotated[int, Meta(ge=2, le=7)], says("Number of operator groups.")] = 4


class CellAlgorithm(Section, frozen=True, kw_only=True):
    """What one algorithm does differently."""

    weights: Annotated[dict[str, Any], says("Keys of the weights' protocol that differ.")] = {}
    second_weights: Annotated[dict[str, Any], says("Keys that differ in stage 2 (StacNAS).")] = {}
    dataset: Annotated[str, says("Another data set for this algorithm (empty: the same).")] = ""
    settings: Annotated[dict[str, Any], says("Settings of the algorithm.")] = {}


class Searches(Section, frozen=True, kw_only=True):
    """Supernet searches in spaces of two-input cells."""

    dataset: Annotated[str, says("Data set that is searched on; it needs validation images.")] = "digits"
    spaces: Annotated[tuple[str, ...], SOME_ONCE, says("Names under search_spaces.")] = ("darts", "s2")
    seeds: Annotated[Seeds, says("Seeds, each a search of its own.")] = (0, 1)
    shards: Annotated[Shards, says("Jobs that the searches of a space are spread over.")] = 1
    weights: Annotated[Protocol, says("Protocol of the supernet's weights; its cells are the supernet's.")]
    groups: Annotated[
        Groups,
        says(
            "Operator groups of StacNAS: members by representative (one that is listed twice competes twice, as in the "
            "published code), or measured: those of our own clustering."
        ),
    ]
    algorithms: Annotated[
        dict[str, CellAlgorithm],
        says("Algorithms by name, each with changes to the weights' protocol and its settings."),
    ]


class Confusion(Section, frozen=True, kw_only=True):
    """Confusion of mini-batch gradients in search networks and in the final network."""

    dataset: Annotated[str, says("Data set.")] = "digits"
    space: Annotated[str, says("Name under search_spaces.")] = "darts"
    protocol: Annotated[str, says("Protocol of the final network.")] = "digits_final"
    first_cells: Annotated[
        Depths, says("Cells of stage 1's supernets; stage 2 and the final network follow the first.")
    ] = (
        3,
        5,
    )
    second_cells: Annotated[Depths, says("Cells of stage 2's supernets; the final network follows the first.")] = (3,)
    batches: Annotated[Several, says("Mini-batches whose gradients are compared.")] = 12
    batch_size: Annotated[Several, says("Images per mini-batch.")] = 64
    seeds: Annotated[Seeds, says("Seeds of searches and training.")] = (0,)
    weights: Annotated[Protocol, says("Protocol of the supernet's weights; its cells are replaced by each depth.")]


class StacNas(Section, frozen=True, kw_only=True):
    """StacNAS (Li et al. 2021)."""

    operators: Annotated[Operators, says("Correlation and clusters of operators in a trained supernet.")]
    searches: Annotated[Searches, says("Supernet searches in spaces of two-input cells.")]
    confusion: Annotated[
        Confusion, says("Confusion of mini-batch gradients in search networks and in the final network.")
    ]
    found: Annotated[
        tuple[Found, ...], SOME_ONCE, says("Studies of the cells found, one per data set and protocol.")
    ] = ("found",)
    edge: Annotated[Edge, says("Study whose accuracies are compared with architecture parameters.")] = "edge_operators"
