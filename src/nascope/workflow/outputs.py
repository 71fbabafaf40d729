"""What the jobs of figures, claims, studies and the report are given, and what each target makes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from nascope.config.section import plain
from nascope.papers.declare import STUDIES, Figure, Made, Paper
from nascope.papers.own.study import OWN
from nascope.papers.registry import PAPERS
from nascope.schemas.results import Result
from nascope.workflow.check import options_of, user_files
from nascope.workflow.plan import OWN_PLACE, Plan, StudyTables, own_plans

Paths = dict[str, str | list[str]]


def paper_at(place: str) -> Paper[Any]:
    """The paper whose figures stand at a place: by its name, or what a study of the user's own has in its stead."""
    return PAPERS.get(place, OWN)


def figures_of(plan: Plan[Any], paper: Paper[Any]) -> dict[str, Figure[Any]]:
    """Figures that a configuration asks for, by name: numbered figures, then numbered tables, then others."""
    asked = {name: figure for name, figure in paper.figures.items() if figure.where(plan)}
    return dict(sorted(asked.items(), key=lambda item: _place(item[1].number)))


def _place(number: str) -> tuple[int, int]:
    """Where a figure stands in a report: figures before tables, both by their first number."""
    found = re.match(r"(Fig\.|Tables?) (\d+)", number)
    return (("Fig.", "Table", "Tables").index(found[1]), int(found[2])) if found else (9, 0)


def report_job(plans: Mapping[str, Plan[Any]]) -> dict[str, Any]:
    """Papers and the user's own studies by place, each with its title and the captions of its figures."""
    return {
        place: {
            "title": _title(place, plan),
            "figures": {key: figure.caption for key, figure in figures_of(plan, paper_at(place)).items()},
        }
        for place, plan in plans.items()
    }


def _title(place: str, plan: Plan[Any]) -> str:
    return PAPERS[place].citation if place in PAPERS else f"{OWN.citation}: {plan.section.study}"


def paths_of(results: Mapping[str, Result | list[Result]]) -> Paths:
    """Paths of tables."""
    return {
        name: [one.path for one in result] if isinstance(result, list) else result.path
        for name, result in results.items()
    }


def made_job(made: Made[Any], plan: Plan[Any]) -> dict[str, Any]:
    """A declared function as a job knows it: its name, and its options as plain values."""
    return {
        "function": f"{made.module}:{made.name}",
        "options": plain(dict(made.options(plan))),
    }


def claims_job(paper: Paper[Any], plan: Plan[Any]) -> list[dict[str, Any]]:
    """All tests of a paper's claims: what each claim says, and each test's evidence, function, options and tables."""
    return [
        {
            "title": claim.title,
            "statement": claim.statement,
            "evidence": test.evidence(plan),
            "figure": test.figure,
            "measure": test.measure,
            "unit": test.unit,
            **made_job(test, plan),
            "tables": paths_of(test.tables(plan)),
        }
        for claim in paper.claims
        for test in claim.tests
    ]


def claims_inputs(paper: Paper[Any], plan: Plan[Any]) -> list[str]:
    """Tables that a paper's claims read, each once."""
    paths = [path for test in paper.tests for path in paths_of(test.tables(plan)).values()]
    return sorted({one for path in paths for one in ([path] if isinstance(path, str) else path)})


def claims_modules(paper: Paper[Any]) -> list[str]:
    """Modules of a paper's claims."""
    return sorted({test.module for test in paper.tests})


def study_inputs(plan: Plan[Any], name: str) -> Paths:
    """What a study's genotypes are drawn from: tables, and the user's own files."""
    return {**paths_of(plan.drawn_from(name)), **user_files(plan.config, name)}


def study_job(plan: Plan[Any], name: str) -> dict[str, Any]:
    """A study's function and options."""
    entry = plan.config.studies[name]
    kind = STUDIES[entry.kind]
    options = options_of(kind, entry.options, f"config, studies.{name}.options")
    return {"function": f"{kind.module}:{kind.name}", "options": plain(options)}


def drawn(place: str, plan: Plan[Any]) -> list[str]:
    """Page, picture and data of all figures of a paper, or of a study of the user's own."""
    names = figures_of(plan, paper_at(place))
    return [f"results/figures/{place}/{name}.{suffix}" for name in names for suffix in ("pdf", "png", "parquet")]


def outputs_of(paper: str, plan: Plan[Any]) -> list[str]:
    """All that a paper's target makes: figures, claims and further results."""
    further = [result.path for result in PAPERS[paper].targets(plan)]
    return [*drawn(paper, plan), f"results/claims/{paper}.parquet", *further]


def everything(plans: Mapping[str, Plan[Any]]) -> list[str]:
    """All that a user reads: the report, outputs of every paper, trainings of every study, figures of own studies."""
    shared = next(iter(plans.values()))
    trained = [path for study in shared.setups().values() for path in _trained(study[0])]
    papers = [path for name, plan in plans.items() for path in outputs_of(name, plan)]
    own = [path for place, plan in own_plans(shared.config).items() for path in drawn(place, plan)]
    return ["results/report.html", "results/claims.csv", "results/config.yaml", *papers, *trained, *own]


def outputs_of_study(plan: Plan[Any], name: str) -> list[str]:
    """What a study's own target makes: its genotypes, the sizes of its networks, its trainings, and its own figures."""
    study = plan.study(name)
    place = f"{OWN_PLACE}/{name}"
    own = own_plans(plan.config).get(place)
    figures = drawn(place, own) if own else []
    return [study.genotypes.path, study.parameters.path, *_trained(study), *figures]


def _trained(study: StudyTables) -> list[str]:
    return [study.curves.path, study.trainings.path]


def tables_read(plans: Mapping[str, Plan[Any]]) -> Iterator[str]:
    """Every table that a figure or claim reads, figures of the user's own studies included."""
    shared = next(iter(plans.values()))
    for place, plan in {**plans, **own_plans(shared.config)}.items():
        paper = paper_at(place)
        for made in [*figures_of(plan, paper).values(), *paper.tests]:
            for path in paths_of(made.tables(plan)).values():
                yield from [path] if isinstance(path, str) else path
