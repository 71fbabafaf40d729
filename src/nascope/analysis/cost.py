"""What a config's trainings and searches will cost, before anything starts: steps counted, and some of them timed."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import pandas as pd
import torch
from tqdm import tqdm

from nascope.datasets.images import Dataset, Split
from nascope.datasets.shapes import EXTENTS, shape_of
from nascope.datasets.sources import DIGITS_SIZES
from nascope.datasets.splits import split_indices
from nascope.search.one_shot import cells, run
from nascope.search.one_shot.base import OneShotSearch
from nascope.search.one_shot.spaces import CellSpace, NasBench201Space, SearchedSpace
from nascope.spaces import Genotype, parse_genotype
from nascope.spaces.published import published_cell
from nascope.spaces.removal import ORDERS
from nascope.training.plan import network_cost, plan_trainings
from nascope.training.protocol import Protocol
from nascope.training.trainer import Trainer

#: Networks whose steps are timed, for cells of both kinds.
_CELLS = published_cell("DARTS_V2").genotype
_NASBENCH201 = parse_genotype(
    "|nor_conv_3x3~0|+|nor_conv_3x3~0|avg_pool_3x3~1|+|skip_connect~0|nor_conv_3x3~1|skip_connect~2|"
)
#: Studies of NAS-Bench-201 cells; the others have two-input cells, but those that list the user's.
_NASBENCH201_KINDS = ("whole_space", "sampled_space")
#: On CPUs a step of so many pixels is timed, and scaled: one of the papers' batches takes minutes there.
_CPU_PIXELS = 8 * 32 * 32
#: A forward pass alone, beside a training step of as many images.
_EVALUATION_SHARE = 1 / 3
_PAPERS = ("nasbench201", "understanding", "redundancy", "stacnas")
#: Where papers' sections name studies, or lists of them.
_STUDY_KEYS = (
    *("own_space", "further_spaces", "convergence", "families", "operations", "rates", "generalisation"),
    *("groups", "published", "evaluated", "removal", "reductions", "neighbourhoods", "found", "edge"),
)

Timer = Callable[[str, int], float]


@dataclass(frozen=True)
class Work:
    """Trainings or searches of one kind.

    Attributes:
        paper: whose.
        part: study, or algorithm and space.
        timed: name of the step that is timed for it.
        networks: networks or supernets trained.
        relative: cost of their steps beside that of the timed one.
        epochs: of each.
        steps: of an epoch; evaluations count as a third of a step of as many images.
        timer: seconds of a step, given a torch device and how many steps to time.
    """

    paper: str
    part: str
    timed: str
    networks: int
    relative: float
    epochs: int
    steps: float
    timer: Timer


def estimate(
    config: Mapping[str, Any], genotypes: Mapping[str, pd.DataFrame], *, device: str, name: str
) -> pd.DataFrame:
    """An ``estimate`` table of a config: trainings of all studies, one-shot searches, searches of cells.

    Landscapes, gradients, the Hessian, operator correlation and confusion are not in it. Functions that several studies
    ask for are counted in each.

    Args:
        config: checked and filled with defaults; ``config["estimate"]`` says how many steps are timed, after a first
            one, and gives the time of those that are not to be.
        genotypes: ``genotypes`` tables of the studies that wait for no training; others are counted by their options.
        device: torch device that steps are timed on.
        name: of the device, for the table.
    """
    works = [*trainings(config, genotypes), *one_shot_searches(config), *cell_searches(config)]
    given, steps = config["estimate"]["seconds"], config["estimate"]["steps"]
    timers = {work.timed: work.timer for work in works if work.timed not in given}
    seconds = {timed: timer(device, steps) for timed, timer in tqdm(timers.items(), desc="timed steps", mininterval=5)}
    rows = []
    for work in works:
        step = given.get(work.timed, seconds.get(work.timed))
        hours = work.networks * work.relative * work.epochs * work.steps * step / 3600
        source = "given" if work.timed in given else f"measured on {name}"
        counted = {
            "networks": work.networks,
            "relative_cost": work.relative,
            "epochs": work.epochs,
            "steps": work.steps,
        }
        what = {"paper": work.paper, "part": work.part, "timed": work.timed}
        rows.append({**what, **counted, "seconds": step, "source": source, "hours": hours})
    return pd.DataFrame(rows)


def summary(table: pd.DataFrame) -> str:
    """An ``estimate`` table as text: parts by paper, and sums."""
    lines = []
    for paper in [paper for paper in _PAPERS if paper in set(table["paper"])]:
        own = table[table["paper"] == paper]
        lines.append(f"{paper}: {own['hours'].sum():,.1f} device-hours")
        for row in own.sort_values("hours", ascending=False).itertuples():
            each = f"{row.epochs} epochs x {row.steps:,.0f} steps of {row.seconds * row.relative_cost:.3g} s"
            lines.append(f"  {row.hours:>12,.2f}  {row.part}: {row.networks:,} x {each} ({row.timed}, {row.source})")
    total = f"in all: {table['hours'].sum():,.1f} device-hours"
    lines.append(f"{total}, without landscapes, gradients, Hessian, operator correlation and confusion")
    return "\n".join(lines) + "\n"


def trainings(config: Mapping[str, Any], genotypes: Mapping[str, pd.DataFrame]) -> Iterator[Work]:
    """The trainings of each study that a paper's section names."""
    for study, how in config["studies"].items():
        protocol = Protocol.from_config(how["protocol"], config["protocols"][how["protocol"]])
        spec, setup = config["datasets"][how["dataset"]], f"{how['dataset']}.{how['protocol']}"
        timed = _NASBENCH201 if how["kind"] in _NASBENCH201_KINDS else _CELLS
        if study in genotypes:
            plan = plan_trainings(genotypes[study], protocol.replicas, 1)
            if len(plan) and not isinstance(parse_genotype(plan["representative"][0]), Genotype):
                timed = _NASBENCH201
            count, cost = len(plan), plan["cost"].mean()
        else:
            count, cost = _count(config, how), network_cost(str(timed), 1)
        relative = cost / network_cost(str(timed), protocol.replicas)
        steps = _steps(spec, protocol, evaluated=True)
        timer = partial(time_training, timed, protocol, spec)
        for paper in _papers_of(config, study):
            yield Work(paper, study, setup, count, relative, protocol.epochs, steps, timer)


def _papers_of(config: Mapping[str, Any], study: str) -> list[str]:
    """Papers whose section names a study."""

    def names(entry: str | list[str] | None) -> bool:
        return study in entry if isinstance(entry, list) else study == entry

    return [paper for paper in _PAPERS if any(names(config[paper].get(key)) for key in _STUDY_KEYS)]


def _count(config: Mapping[str, Any], how: Mapping[str, Any]) -> int:
    """Networks of a study that is drawn from results; functions that turn out equal are counted twice."""
    options, searches = how["options"], config["stacnas"]["searches"]
    if how["kind"] == "successive_removal":
        return options["cells"] * (1 + len(ORDERS) * len(options["steps"])) * len(options["seeds"])
    return len(searches["spaces"]) * len(searches["algorithms"]) * len(searches["seeds"])


def one_shot_searches(config: Mapping[str, Any]) -> Iterator[Work]:
    """Searches of NAS-Bench-201 cells, by algorithm."""
    shared = config["nasbench201"]["one_shot"]
    spec, space = config["datasets"][shared["dataset"]], NasBench201Space(shared["nodes"])
    for name, own in shared["algorithms"].items():
        build = run.ALGORITHMS[name]
        protocol = Protocol.from_config(name, {**shared["weights"], **own["weights"]})
        count = len(shared["seeds"]) * (len(shared["batch_norm"]) if build.feeds_back else 1)
        timer = partial(time_search, build, space, protocol, own["settings"], spec)
        steps = _steps(spec, protocol)
        yield Work("nasbench201", name, f"one_shot.{name}", count, 1.0, protocol.epochs, steps, timer)


def cell_searches(config: Mapping[str, Any]) -> Iterator[Work]:
    """Searches of two-input cells, by space, algorithm and stage; stage 2 is timed with all candidates."""
    shared = config["stacnas"]["searches"]
    for space, (name, own) in [(s, a) for s in shared["spaces"] for a in shared["algorithms"].items()]:
        searched = CellSpace.from_config(space, config["search_spaces"][space])
        spec = config["datasets"][own["dataset"] or shared["dataset"]]
        stages = [{}, own["second_weights"]] if name == "StacNAS" else [{}]
        for number, changes in enumerate(stages, start=1):
            protocol = Protocol.from_config(name, {**shared["weights"], **own["weights"], **changes})
            timer = partial(time_search, cells.ALGORITHMS[name], searched, protocol, own["settings"], spec)
            part = f"{space} {name}" + (f", stage {number}" if len(stages) > 1 else "")
            timed, seeds, steps = f"{space}.{name}.{number}", len(shared["seeds"]), _steps(spec, protocol)
            yield Work("stacnas", part, timed, seeds, 1.0, protocol.epochs, steps, timer)


def _steps(spec: Mapping[str, Any], protocol: Protocol, *, evaluated: bool = False) -> float:
    train, valid, test = _sizes(spec)
    images = train + valid if protocol.train_on == "train+valid" else train
    steps = math.ceil(images / protocol.batch_size)
    return steps + (_EVALUATION_SHARE * (valid + test) / protocol.batch_size if evaluated else 0)


def _sizes(spec: Mapping[str, Any]) -> list[int]:
    """Images of train, valid and test."""
    _, images, test = EXTENTS[spec["source"]]
    train, valid = DIGITS_SIZES[:2] if spec["source"] == "digits" else map(len, split_indices(spec["split"], images))
    return [asked or there for asked, there in zip(spec["sizes"], (train, valid, test), strict=True)]


def random_images(spec: Mapping[str, Any], count: int) -> Dataset:
    """A data set of noise of a config entry's shape: time does not depend on what is seen."""
    classes, channels = shape_of(spec)
    side, generator = EXTENTS[spec["source"]][0], torch.Generator().manual_seed(0)

    def split(size: int) -> Split:
        images = torch.randint(256, (size, channels, side, side), dtype=torch.uint8, generator=generator)
        return Split(images, torch.randint(classes, (size,), generator=generator))

    scale = {"mean": (0.5,) * channels, "std": (0.25,) * channels}
    return Dataset("noise", classes, split(count), split(count), split(2), **scale)


class _Clock:
    """Notes when steps end, in the place of the guard that a trainer asks after each."""

    def __init__(self) -> None:
        self.times: list[float] = []

    def check(self) -> None:
        self.times.append(time.perf_counter())

    def median(self) -> float:
        return statistics.median(after - before for before, after in zip(self.times, self.times[1:], strict=False))


def time_training(genotype: Any, protocol: Protocol, spec: Mapping[str, Any], device: str, steps: int) -> float:  # noqa: ANN401
    """Seconds of a training step, all replicas together; images are at hand."""
    batch = _timed_batch(protocol, spec, device)
    at_hand = {"resized_crop": False, "jitter": False, "schedule": "cosine", "train_on": "train"}
    short = replace(protocol, batch_size=batch, epochs=1, **at_hand)
    clock = _Clock()
    dataset = random_images(spec, batch * (steps + 1))
    Trainer(genotype, dataset, short, range(protocol.replicas), device=device, guard=clock).run()  # type: ignore[arg-type]
    return clock.median() * protocol.batch_size / batch


def time_search(
    build: type[OneShotSearch],
    space: SearchedSpace,
    protocol: Protocol,
    settings: Mapping[str, Any],
    spec: Mapping[str, Any],
    device: str,
    steps: int,
) -> float:
    """Seconds of a search's step, weights and architecture."""
    batch = _timed_batch(protocol, spec, device)
    dataset = random_images(spec, batch)
    search = build(dataset, protocol, space=space, batch_norms=["batch"], seed=0, device=device, **settings)
    search.network.train()
    pair = [(dataset.normalise(s.images), s.labels) for s in (search.train_split, search.valid_split)]
    clock = _Clock()
    for step in range(steps + 1):
        search.train_step(*pair, torch.Generator().manual_seed(step))
        clock.check()
    return clock.median() * protocol.batch_size / batch


def _timed_batch(protocol: Protocol, spec: Mapping[str, Any], device: str) -> int:
    side = EXTENTS[spec["source"]][0]
    return protocol.batch_size if device == "cuda" else min(protocol.batch_size, max(2, _CPU_PIXELS // side**2))
