"""Mutated configurations: each makes a plan, or is refused by one message; ``NASCOPE_FUZZ=long`` tries 2,000."""

from copy import deepcopy
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from nascope.errors import NascopeError
from nascope.papers.registry import PAPERS
from nascope.workflow import outputs
from nascope.workflow.check import check_config
from nascope.workflow.plan import plans
from nascope.workflow.read import read_config
from tests.helpers import LONG
from tests.unit.test_config import CONFIG, overlaid

_LONGEST = 600
BASES = [CONFIG, overlaid("smoke.yaml"), overlaid("paper.yaml")]
ODD = [
    *(None, True, False, 0, 1, -1, 2, 7, 10**6, 2**63, 10**30, 0.5, 1.1, -0.0, 1e308, float("nan"), float("inf")),
    *("", "x", "1", "1e-3", "nan", "null", "own", "~", "~nouser/x", "a\n", "ä" * 3000, "\0", "\ud800", "\x1b[31m"),
    *("Genotype(normal=[", "|nor_conv_3x3~0|", date(2020, 1, 1), b"x", [], {}, [[]], [None], [1, 1], ["x"] * 9),
    *({"x": None}, {1: 2}, {None: {}}, {"": {}}, [{"x": 1}], {"x": {"x": {"x": {}}}}),
]


def places(value, path=()):
    """Every place of a configuration."""
    yield path
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in children:
        yield from places(inner, (*path, key))


def at(config, path):
    for key in path:
        config = config[key]
    return config


PLACES = {number: [path for path in places(base) if path] for number, base in enumerate(BASES)}


@st.composite
def configurations(draw):
    """A real configuration with one to four changes; values and names of other places are among those put in."""
    number = draw(st.integers(0, len(BASES) - 1))
    config = deepcopy(BASES[number])
    for _ in range(draw(st.integers(1, 4))):
        path = draw(st.sampled_from(PLACES[number]))
        try:
            parent = at(config, path[:-1])
            old = parent[path[-1]]
        except (KeyError, IndexError, TypeError):
            continue  # an earlier change took it away
        other = draw(st.sampled_from(PLACES[number]))
        new = draw(
            st.sampled_from([*ODD, [old], {"x": old}, [old, old], str(old), at(BASES[number], other), other[-1]])
            | st.integers()
            | st.floats()
            | st.text(max_size=5)
        )
        change = draw(st.sampled_from(["put", "put", "put", "delete", "rename", "add"]))
        if change == "put" or isinstance(parent, list):
            parent[path[-1]] = deepcopy(new)
        elif change == "add":
            parent[new if isinstance(new, str | int | float | bool | None) else other[-1]] = deepcopy(old)
        else:
            del parent[path[-1]]
            if change == "rename":
                parent[f"{path[-1]}s"] = old
    return config


def planned(raw):
    """All that the workflow works out before anything runs."""
    config = read_config(raw)
    check_config(config)
    views = plans(config)
    paths = [*outputs.everything(views), *outputs.tables_read(views)]
    for name in config.studies:
        any_view = next(iter(views.values()))
        outputs.study_inputs(any_view, name)
        outputs.study_job(any_view, name)
    for name, plan in views.items():
        outputs.claims_job(PAPERS[name], plan)
        for figure in outputs.figures_of(plan, PAPERS[name]).values():
            outputs.made_job(figure, plan)
    return paths


def refusal(config):
    """The message that refuses a configuration; None for one that makes a plan."""
    try:
        planned(config)
    except NascopeError as error:
        return str(error)
    return None


@settings(max_examples=2000 if LONG else 200)
@given(configurations())
def test_any_configuration_makes_a_plan_or_is_refused_by_one_message(config):
    message = refusal(config)
    assert message is None or (len(message) <= _LONGEST and message.isprintable())
    assert message is None or message.startswith(("config", *PAPERS))


def test_what_is_not_changed_makes_a_plan():
    assert [refusal(base) for base in BASES] == [None] * len(BASES)
