"""What a configuration asks for: studies with their set-ups, and where the tables of each stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, Generic, TypeVar

from nascope.config.section import Section
from nascope.datasets.spec import DatasetSpec
from nascope.errors import NascopeError, known
from nascope.hashing import content_hash
from nascope.papers.declare import STUDIES, Study
from nascope.papers.own.study import Own
from nascope.papers.registry import PAPERS
from nascope.schemas.column import Table
from nascope.schemas.results import Result
from nascope.schemas.trainings import CURVES, GENOTYPES, PARAMETERS, PLAN, TRAININGS
from nascope.training.numerics import NUMERICS
from nascope.training.protocol import Protocol
from nascope.words import counted
from nascope.workflow.model import Config, StudyEntry
from nascope.workflow.names import own_studies
from nascope.workflow.versions import package_version

S = TypeVar("S", bound=Section)
T = TypeVar("T", bound=Section)

#: Directory of the figures of the user's own studies, among those of papers.
OWN_PLACE = "studies"


@dataclass(frozen=True)
class Setup:
    """A data set and a protocol that networks are trained with.

    Studies with one set-up share their trainings. A study that is drawn from results waits for them. It has a set-up of
    its own, because what it waits for would otherwise wait for it.

    Attributes:
        dataset: name of the data set.
        protocol: name of the protocol.
        waiting: name of the study that waits; empty for all others.
    """

    dataset: str
    protocol: str
    waiting: str = ""

    @property
    def label(self) -> str:
        """Name in paths."""
        return f"{self.dataset}.{self.protocol}" + (f".{self.waiting}" if self.waiting else "")


@dataclass(frozen=True)
class StudyTables:
    """A study of the configuration, and its tables."""

    name: str
    entry: StudyEntry
    setup: Setup
    dataset: DatasetSpec
    protocol: Protocol

    @property
    def genotypes(self) -> Result:
        """What it trains."""
        return Result(GENOTYPES, f"results/genotypes/{self.name}.parquet")

    @property
    def parameters(self) -> Result:
        """Sizes of its networks."""
        return Result(PARAMETERS, f"results/parameters/{self.name}.parquet")

    @property
    def trainings(self) -> Result:
        """Final scores of all trainings with its set-up."""
        return self._of_setup(TRAININGS)

    @property
    def curves(self) -> Result:
        """Learning curves of all trainings with its set-up."""
        return self._of_setup(CURVES)

    @property
    def plan(self) -> Result:
        """The networks that its set-up trains."""
        return self._of_setup(PLAN)

    @property
    def trained(self) -> dict[str, str]:
        """Its data set and protocol, for notes and claims (:class:`nascope.evidence.scope.Trained`)."""
        scale = _scale(self.entry.dataset, self.dataset, self.protocol)
        names = {"dataset": self.entry.dataset, "protocol": self.entry.protocol}
        return {**names, "scale": scale, "short": self.protocol.short}

    def tables(self, *kinds: str) -> dict[str, Result | list[Result]]:
        """Tables by kind: ``genotypes``, ``parameters``, ``trainings``, ``curves``."""
        return {kind: getattr(self, kind) for kind in kinds}

    def chosen(self, *options: str) -> dict[str, Any]:
        """Some of its options by name."""
        return {option: self.entry.options[option] for option in options}

    def _of_setup(self, kind: Table) -> Result:
        return Result(kind, f"results/trainings/{self.setup.label}/{kind.name}.parquet")


def _scale(name: str, dataset: DatasetSpec, protocol: Protocol) -> str:
    """What a set-up's names stand for: source and number of the images, size of the networks, length of training."""
    parts = [f"source {dataset.source}"] if dataset.source != name else []
    kept = zip(dataset.sizes, ("training", "validation", "test"), strict=True)
    limited = [f"{images:,} {split}" for images, split in kept if images]
    parts += [f"{' and '.join(limited)} images"] if limited else []
    return ", ".join([*parts, f"C={protocol.channels}, N={protocol.cells}", counted(protocol.epochs, "epoch")])


class Plan(Generic[S]):
    """A configuration as seen by one paper.

    Args:
        config: the whole configuration.
        section: the paper's own.
    """

    def __init__(self, config: Config, section: S) -> None:
        self.config, self.section = config, section

    def of(self, section: type[T]) -> Plan[T]:
        """The same configuration as another paper sees it, by the class of its section."""
        return Plan(self.config, self.config.section(section))

    def study(self, name: str) -> StudyTables:
        """A study by its name.

        Raises:
            NascopeError: the configuration has no such study, or it names an unknown data set, protocol or kind.
        """
        entry = known(self.config.studies, name, "studies")
        place = f"studies.{name}"
        dataset = known(self.config.datasets, entry.dataset, "datasets", f"{place}.dataset")
        protocol = known(self.config.protocols, entry.protocol, "protocols", f"{place}.protocol")
        waits = bool(self._kind(name, entry).tables(self))
        return StudyTables(name, entry, Setup(entry.dataset, entry.protocol, name if waits else ""), dataset, protocol)

    def studies(self, names: Sequence[str]) -> list[StudyTables]:
        """Several studies by name."""
        return [self.study(name) for name in names]

    def tables(self, names: Sequence[str], *kinds: str) -> dict[str, Result | list[Result]]:
        """Lists of the tables of several studies, by kind (see :meth:`StudyTables.tables`)."""
        return {kind: [getattr(study, kind) for study in self.studies(names)] for kind in kinds}

    def trained(self, names: Sequence[str]) -> list[dict[str, str]]:
        """Data sets and protocols of several studies, for notes."""
        return [study.trained for study in self.studies(names)]

    def drawn_from(self, name: str) -> dict[str, Result | list[Result]]:
        """Tables that a study's genotypes are drawn from; none for most."""
        return dict(self._kind(name, self.config.studies[name]).tables(self))

    def setups(self) -> dict[str, list[StudyTables]]:
        """Set-ups by label, each with its studies."""
        return self._setups

    def setup(self, label: str) -> list[StudyTables]:
        """The studies of a set-up."""
        return self._setups[label]

    @cache  # noqa: B019 - plans live as long as the process
    def store(self, label: str) -> str:
        """Directory of a set-up's finished trainings.

        It changes with the values of protocol and data set, with :data:`~nascope.training.numerics.NUMERICS` and with
        torch's version, but not when code is refactored.
        """
        return f"results/store/{label}-{content_hash([self.setup_hash(label), NUMERICS, package_version('torch')])}"

    def setup_hash(self, label: str) -> str:
        """Hash of what decides a set-up's results, code left aside."""
        first = self._setups[label][0]
        return content_hash([first.dataset.content(), first.protocol.given()])

    def shards(self, label: str) -> int:
        """Jobs that a set-up's trainings are spread over: the most that one of its studies asks for."""
        return max(study.entry.shards or self.config.shards for study in self._setups[label])

    def alike(self, names: Sequence[str]) -> list[StudyTables]:
        """Studies that are compared, so that they need one data set and protocol.

        Raises:
            NascopeError: they have several.
        """
        studies = self.studies(names)
        if len({(study.entry.dataset, study.entry.protocol) for study in studies}) > 1:
            listed = ", ".join(f"{study.name} on {study.setup.label}" for study in studies)
            raise NascopeError(f"config: studies that are compared need one data set and one protocol: {listed}")
        return studies

    @cached_property
    def _setups(self) -> dict[str, list[StudyTables]]:
        found: dict[str, list[StudyTables]] = {}
        for name in self.config.studies:
            study = self.study(name)
            found.setdefault(study.setup.label, []).append(study)
        return dict(sorted(found.items()))

    def _kind(self, name: str, entry: StudyEntry) -> Study:
        return known(STUDIES, entry.kind, "kinds of studies", f"studies.{name}.kind")


def own_plans(config: Config) -> dict[str, Plan[Own]]:
    """The plan of each of the user's own studies, by the place of its figures among those of papers."""
    return {f"{OWN_PLACE}/{name}": Plan(config, Own(study=name)) for name in own_studies(config)}


def plans(config: Config) -> dict[str, Plan[Any]]:
    """The plan of each paper, by its name."""
    return {name: Plan(config, getattr(config, name)) for name in PAPERS}
