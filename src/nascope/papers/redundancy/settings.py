"""The section ``redundancy`` of the configuration."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from nascope.config.section import (
    ANY_ONCE,
    SOME_ONCE,
    Natural,
    NaturalFloat,
    Positive,
    Section,
    Several,
    StudyOf,
    UserFile,
    says,
)
from nascope.spaces.published import PublishedDartsName

Fraction = Annotated[float, Meta(gt=0, le=0.5)]
Samples = Annotated[str, StudyOf(("pattern_samples",))]
Published = Annotated[str, StudyOf(("published_cells",))]
Evaluated = Annotated[str, StudyOf(("pattern_samples", "published_cells"))]
Removal = Annotated[str, StudyOf(("successive_removal",))]
Reductions = Annotated[str, StudyOf(("reduction_variants",))]
Neighbours = Annotated[str, StudyOf(("neighbourhoods",))]


class Importance(Section, frozen=True, kw_only=True):
    """Operation importance over the NAS-Bench-201 table."""

    dataset: Annotated[Literal["cifar10-valid", "cifar100", "ImageNet16-120"], says("Data set of the table.")] = (
        "cifar10-valid"
    )
    fraction: Annotated[Fraction, says("Share of the cells that count as top and as bottom.")] = 0.05
    threshold: Annotated[
        NaturalFloat,
        says("Importance (as a fraction of error) from which an operation counts, also in the DARTS space."),
    ] = 0.001


class Mining(Section, frozen=True, kw_only=True):
    """Frequent subgraphs of the important parts of top cells."""

    support: Annotated[Annotated[float, Meta(gt=0, le=1)], says("Smallest share of the cells.")] = 0.05
    fewest: Annotated[Positive, says("Smallest number of cells.")] = 5
    draws: Annotated[Positive, says("Random parts of each cell in which incidences are counted.")] = 5
    seed: Annotated[Natural, says("Seed of the random parts.")] = 0


#: Words of the configuration for what the surrogate is fitted to.
OWN, SHIPPED = "own", "nasbench301"


class Surrogate(Section, frozen=True, kw_only=True):
    """A surrogate of the DARTS space."""

    architectures: Annotated[
        UserFile,
        Meta(min_length=1),
        says(
            "nasbench301: the published predictions for 1,218 genotypes that come with nascope; own: all that were "
            "trained as the pattern groups were; or the path of NAS-Bench-301's archive, or of a table with the "
            "columns genotype, dataset, source and valid_accuracy (percent)."
        ),
    ] = SHIPPED
    split: Annotated[Literal["valid", "test"], says("Images whose accuracy is predicted.")] = "valid"
    members: Annotated[Several, says("Refits to resampled architectures, by which intervals are widened.")] = 10
    folds: Annotated[Several, says("Folds of the cross-validation.")] = 5
    population: Annotated[
        Annotated[int, Meta(ge=40)], says("Random genotypes that the best and the worst are chosen from.")
    ] = 12000
    fraction: Annotated[Fraction, says("Share of them in each set.")] = 0.05
    per_group: Annotated[Several, says("Pattern-constrained samples per group.")] = 1000
    replaced: Annotated[Several, says("Best genotypes of which operations are replaced.")] = 100
    seed: Annotated[Natural, says("Seed of the fit and of all draws.")] = 0


class Redundancy(Section, frozen=True, kw_only=True):
    """On redundancy and diversity in cell-based NAS (Wan et al. 2022)."""

    importance: Annotated[Importance, says("Operation importance over the NAS-Bench-201 table.")] = Importance()
    motifs: Annotated[Mining, says("Frequent subgraphs of the important parts of top cells.")] = Mining()
    surrogate: Annotated[Surrogate, says("A surrogate of the DARTS space.")] = Surrogate()
    groups: Annotated[Samples, says("Study that is compared by group.")] = "pattern_groups"
    published: Annotated[
        Published,
        says("Study that the groups are compared with: same data set, same protocol."),
    ] = "published"
    evaluated: Annotated[
        tuple[Evaluated, ...],
        SOME_ONCE,
        says("Studies of Table 2: samples and published cells, on one or several data sets."),
    ] = ("pattern_groups", "published")
    removal: Annotated[Removal, says("Study of what is left when operations are removed.")] = "removal"
    removal_score: Annotated[
        Literal["last_test", "best_test"],
        says("Test accuracy that is compared: after the last epoch, or the best of all epochs (as coded)."),
    ] = "last_test"
    reductions: Annotated[Reductions, says("Study of other reduction cells.")] = "reductions"
    neighbourhoods: Annotated[
        tuple[Neighbours, ...],
        ANY_ONCE,
        says("Studies on one data set and with one protocol: importance by real training."),
    ] = ()
    drawn: Annotated[
        tuple[PublishedDartsName, ...],
        SOME_ONCE,
        says("Published cells of the DARTS space that are drawn with their important parts."),
    ] = ("DARTS_V1", "DARTS_V2", "SNAS_mild", "GDAS_V1", "PDARTS", "PC_DARTS_cifar", "DrNAS_cifar10", "SGAS_Cri1_best")
