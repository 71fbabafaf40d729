"""What is declared fits together: checked when the workflow is read, before anything runs."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from importlib.util import find_spec
from typing import Any

import msgspec

from nascope.config.section import UserFile, plain
from nascope.errors import NascopeError, one_line, suggestion
from nascope.loading import load
from nascope.papers.call import kind_of, parameters_of
from nascope.papers.declare import STUDIES, Figure, Made, Paper, Study
from nascope.papers.own.study import OWN
from nascope.papers.registry import declared
from nascope.schemas.column import Table
from nascope.schemas.results import Result
from nascope.workflow.model import Config
from nascope.workflow.names import check_names
from nascope.workflow.paths import check_paths
from nascope.workflow.plan import Plan, own_plans, plans
from nascope.workflow.read import checked


def check_config(config: Config) -> None:
    """Check the studies' options against their kinds, and all declarations against the configuration.

    Raises:
        NascopeError: the first that does not fit; the message names it.
    """
    try:
        _check_all(config)
    except NascopeError as error:
        raise NascopeError(one_line(str(error))) from None


def _check_all(config: Config) -> None:
    papers = declared()
    check_paths(config)
    views = plans(config)
    any_plan = next(iter(views.values()))
    for name in config.studies:
        any_plan.study(name)
        _check_options(STUDIES[config.studies[name].kind], config, name)
    check_names(config)
    for paper in papers.values():
        jobs = f"nascope.papers.{paper.name}.jobs"
        if find_spec(jobs):  # a paper without stages of its own has none
            load(f"{jobs}:check")(views[paper.name])
        for test in paper.tests:
            if test.figure not in paper.figures:
                hint = suggestion(test.figure, paper.figures)
                raise NascopeError(f"{paper.name}, {test.name}: there is no figure {test.figure!r}{hint}")
        _check_declared(paper, views[paper.name])
    for view in own_plans(config).values():
        _check_declared(OWN, view)


def _check_declared(paper: Paper[Any], plan: Plan[Any]) -> None:
    for made in [*paper.figures.values(), *paper.tests]:
        if not isinstance(made, Figure) or made.where(plan):
            check_made(made, plan, paper)


def _check_options(kind: Study, config: Config, name: str) -> None:
    place = f"config, studies.{name}.options"
    options = options_of(kind, config.studies[name].options, place)
    try:
        kind.check(**options)
    except NascopeError as error:
        raise NascopeError(f"{place}: {error}") from None


def check_made(made: Made[Any], plan: Plan[Any], paper: Paper[Any]) -> None:
    """Check that a function's parameters are the tables and options that its declaration gives.

    Raises:
        NascopeError: parameters without a value, values without a parameter, or a table of another kind.
    """
    place = f"{paper.name}, {made.name}"
    parameters = parameters_of(made.function)
    try:
        tables, options = made.tables(plan), made.options(plan)
    except AttributeError as error:
        raise NascopeError(f"{place}: its declaration names what is not there: {error}") from None
    given = {*tables, *options}
    for name in sorted(given - set(parameters)):
        raise NascopeError(
            f"{place}: takes no {name!r}{suggestion(name, parameters)}; it takes {', '.join(parameters)}"
        )
    defaults = {n for n, p in inspect.signature(made.function).parameters.items() if p.default is not p.empty}
    for name in sorted(set(parameters) - given - defaults):
        raise NascopeError(f"{place}: its declaration gives no {name!r}")
    for name, value in options.items():
        checked(parameters[name], plain(value), f"{place}, {name}")
    for name, result in tables.items():
        for one in result if isinstance(result, list) else [result]:
            _check_kind(f"{place}, {name}", kind_of(parameters[name]), one)


def _check_kind(place: str, kind: Table | None, result: Result) -> None:
    if kind != result.kind:
        wanted = f"a {kind.name} table" if kind else "no table"
        raise NascopeError(f"{place}: is {wanted}, but {result.path} is a {result.kind.name} table")


def user_files(config: Config, name: str) -> dict[str, str]:
    """Files of the user's that a study's options name, by option."""
    made = STUDIES[config.studies[name].kind]
    options = options_of(made, config.studies[name].options, f"config, studies.{name}.options")
    return {option: options[option] for option, kind in parameters_of(made.function).items() if kind == UserFile}


def options_of(made: Made[Any], values: Mapping[str, Any], place: str) -> dict[str, Any]:
    """Options converted to the types of a function's parameters.

    Raises:
        NascopeError: an unknown, missing or mistyped option.
    """
    defaults = {name: p.default for name, p in inspect.signature(made.function).parameters.items()}
    fields: list[Any] = []
    for name, annotation in parameters_of(made.function).items():
        if kind_of(annotation) is None and name != "study":
            has_default = defaults[name] is not inspect.Parameter.empty
            fields.append((name, annotation, defaults[name]) if has_default else (name, annotation))
    kind = msgspec.defstruct(made.name, fields, kw_only=True, forbid_unknown_fields=True)
    found = checked(kind, dict(values), place)
    return {name: getattr(found, name) for name, *_ in fields}


def check_made_by_rules(paths: Iterable[str], is_made: Callable[[str], bool]) -> None:
    """Refuse tables that no rule makes.

    Raises:
        NascopeError: the first one.
    """
    for path in paths:
        if not is_made(path):
            raise NascopeError(f"no rule makes {path}, which a figure or claim reads")
