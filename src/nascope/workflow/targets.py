"""Targets of a command line: misspelt ones are named with what is near, before anything is planned."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from difflib import get_close_matches
from os.path import normpath
from pathlib import Path

from nascope.errors import NascopeError


def check_targets(
    asked: Iterable[str], rules: Collection[str], files: Collection[str], is_made: Callable[[str], bool]
) -> None:
    """Refuse targets that are neither rules nor files that are there or can be made.

    Args:
        asked: targets as typed.
        rules: names of targets.
        files: what users ask for by path.
        is_made: whether a file can be made.

    Raises:
        NascopeError: the first such target, with those that it may stand for.
    """
    for target in asked:
        path = normpath(target)
        if not (target in rules or Path(path).exists() or is_made(path)):
            raise NascopeError(f"there is no target {target[:150]!r}{_near(path, rules, files)}")


def is_typed(program: str) -> bool:
    """Whether a program, as ``sys.argv[0]`` has it, is Snakemake's command; jobs and other programs type no targets."""
    path = Path(program)
    return path.name == "snakemake" or path.parts[-2:] == ("snakemake", "__main__.py")


def _near(path: str, rules: Collection[str], files: Collection[str]) -> str:
    """What a misspelt target may stand for: names if it is one, else paths, by the last part where that tells."""
    if "/" not in path and "." not in path:
        by_name = {Path(file).stem: file for file in sorted(files, key=lambda file: file.endswith(".png"))}
        near = get_close_matches(path, rules, n=3) or [by_name[name] for name in get_close_matches(path, by_name, n=3)]
    else:
        near = get_close_matches(path, files, n=3)
    if near:
        return f"; did you mean {' or '.join(near)}?"
    return f"; targets are {', '.join(rules)}, and files such as results/report.html"
