"""How a paper declares its figures, claims and studies: beside the functions that make and test them.

A figure's function takes tables (parameters annotated with a kind of :mod:`nascope.schemas`, or lists of them) and
named options, and returns a :class:`~nascope.drawing.style.Drawing`. Its declaration says where both come from, as
functions of the workflow's :class:`~nascope.workflow.plan.Plan`. :mod:`nascope.workflow.check` refuses what does not
fit together when the workflow is read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from nascope.config.section import Section

if TYPE_CHECKING:
    from nascope.evidence.kinds import Evidence
    from nascope.schemas.results import Result
    from nascope.workflow.plan import Plan

S = TypeVar("S", bound=Section)
F = TypeVar("F", bound=Callable[..., Any])
Reads = Callable[["Plan[S]"], Mapping[str, "Result | list[Result]"]]
Options = Callable[["Plan[S]"], Mapping[str, Any]]


def _nothing(plan: Plan[Any]) -> Mapping[str, Any]:
    return {}


@dataclass(frozen=True)
class Made(Generic[S]):
    """A function with the tables that it reads and the options that it is given."""

    function: Callable[..., Any]
    tables: Reads[S]
    options: Options[S]

    @property
    def name(self) -> str:
        """Name of the function."""
        return self.function.__name__

    @property
    def module(self) -> str:
        """Module of the function, where the version of its jobs starts."""
        return self.function.__module__


@dataclass(frozen=True)
class Figure(Made[S]):
    """A figure or table of a paper.

    Attributes:
        title: what is shown, without a full stop.
        number: what it regenerates in the paper, such as ``Fig. 3 and 13``; empty where the paper has none.
        where: whether a config asks for it.
    """

    title: str
    number: str
    where: Callable[[Plan[S]], bool]

    @property
    def caption(self) -> str:
        """Number and title in one line."""
        return f"{self.number}: {self.title}." if self.number else f"{self.title}."


@dataclass(frozen=True)
class ClaimTest(Made[S]):
    """A test of a claim on one kind of evidence.

    Its function turns tables into an :class:`~nascope.evidence.estimate.Estimate`.

    Attributes:
        evidence: the kind of evidence that its tables are, by the configuration.
        figure: name of the figure that it belongs to.
        measure: what is measured, signed so that the paper expects it to be positive.
        unit: what the independent units of the test are, in the plural.
    """

    evidence: Callable[[Plan[S]], Evidence]
    figure: str
    measure: str
    unit: str


@dataclass(frozen=True)
class Claim(Generic[S]):
    """A statement of a paper, which is tested on each kind of evidence that can speak to it.

    Attributes:
        title: short name of the claim.
        statement: what the paper says.
        tests: one per kind of evidence.
    """

    title: str
    statement: str
    tests: list[ClaimTest[S]] = field(default_factory=list)

    def test(
        self,
        evidence: Evidence | Callable[[Plan[S]], Evidence],
        *,
        figure: str,
        measure: str,
        unit: str,
        tables: Reads[S] = _nothing,
        options: Options[S] = _nothing,
    ) -> Callable[[F], F]:
        """Declare the decorated function as a test of the claim (see :class:`ClaimTest`)."""
        kind = evidence if callable(evidence) else lambda plan: evidence

        def declare(function: F) -> F:
            self.tests.append(ClaimTest(function, tables, options, kind, figure, measure, unit))
            return function

        return declare


def _accept(**options: Any) -> None:  # noqa: ANN401 - any options
    """Options that each fit their types need nothing else."""


@dataclass(frozen=True)
class Study(Made[Any]):
    """A way of drawing genotypes that are trained; options come from the config's entry of the study.

    The function takes the study's name, then tables and options by keyword, and returns a ``genotypes`` table without
    its column ``weights``. A study that reads tables waits for the jobs that make them.

    Attributes:
        check: takes the options and raises a NascopeError where they do not go together.
    """

    check: Callable[..., None] = _accept


#: Every way of drawing genotypes, by name of its function (``kind`` in the config).
STUDIES: dict[str, Study] = {}


def _refuse_another(made: Mapping[str, Made[Any]], function: Callable[..., Any]) -> None:
    """Refuse a second function of a name, which would silently take the first one's place."""
    name = function.__name__
    if name in made and made[name].module != function.__module__:
        raise ValueError(f"{name} is declared in {made[name].module} and again in {function.__module__}")


@dataclass(frozen=True)
class Paper(Generic[S]):
    """A paper: its target's name, what it is, the class of its section of the config, its figures and claims.

    Attributes:
        name: of the package, the target and the section of the config.
        year: of its publication, by which papers are ordered.
        citation: authors, title, year, where.
        settings: class of the section.
        targets: further results that the paper's target makes.
    """

    name: str
    year: int
    citation: str
    settings: type[S]
    targets: Callable[[Plan[S]], list[Result]] = lambda plan: []
    figures: dict[str, Figure[S]] = field(default_factory=dict)
    claims: list[Claim[S]] = field(default_factory=list)

    def figure(
        self,
        title: str,
        *,
        number: str = "",
        tables: Reads[S] = _nothing,
        options: Options[S] = _nothing,
        where: Callable[[Plan[S]], bool] = lambda plan: True,
    ) -> Callable[[F], F]:
        """Declare the decorated function as a figure (see :class:`Figure`)."""

        def declare(function: F) -> F:
            _refuse_another(self.figures, function)
            self.figures[function.__name__] = Figure(function, tables, options, title, number, where)
            return function

        return declare

    def claim(self, title: str, statement: str) -> Claim[S]:
        """Declare a claim; its tests are declared on what is returned."""
        if any(claim.title == title for claim in self.claims):
            raise ValueError(f"{self.name}: there are two claims {title!r}")
        self.claims.append(Claim(title, statement))
        return self.claims[-1]

    @property
    def tests(self) -> list[ClaimTest[S]]:
        """All tests of all claims."""
        return [test for claim in self.claims for test in claim.tests]


def study_kind(tables: Reads[Any] = _nothing, check: Callable[..., None] = _accept) -> Callable[[F], F]:
    """Declare the decorated function as a kind of study (see :class:`Study`)."""

    def declare(function: F) -> F:
        _refuse_another(STUDIES, function)
        STUDIES[function.__name__] = Study(function, tables, _nothing, check)
        return function

    return declare
