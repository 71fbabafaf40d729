"""Configuration files as texts: what Snakemake would read without a word, and what is refused."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from nascope.errors import NascopeError

#: Nodes of a file with its aliases written out; the papers' whole configuration has some thousands.
_MOST_NODES = 200_000


def check_files(files: Iterable[Path | str]) -> None:
    """Check the texts of configuration files.

    Raises:
        NascopeError: a missing file, broken YAML, no keys, a key that is given twice (the first would be dropped
            silently), a template that runs Python (``__use_yte__``), anchors that refer to themselves or multiply; the
            message names file and line.
    """
    for file in files:
        path = Path(file)
        try:
            root = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
            if not isinstance(root, MappingNode):
                raise NascopeError(f"{path}: has no keys at its top level, such as shards: 4")
            _size(path, root, {}, ())
        except FileNotFoundError:
            raise NascopeError(
                f"{path}: there is no such configuration file; name targets before --configfile, which takes all words "
                "up to the next option"
            ) from None
        except OSError as error:
            raise NascopeError(f"{path}: cannot be read ({error.strerror})") from None
        except UnicodeDecodeError:
            raise NascopeError(f"{path}: not UTF-8 text") from None
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else "?"
            raise NascopeError(f"{path}, line {line}: not valid YAML ({error.problem})") from None
        except yaml.YAMLError as error:
            raise NascopeError(f"{path}: not valid YAML ({str(error).splitlines()[0]})") from None
        except RecursionError:
            raise NascopeError(f"{path}: nested too deeply") from None


def check_command(arguments: Sequence[str]) -> None:
    """End with one message where a configuration file on Snakemake's command line is refused.

    Profiles call this, because they are read first. Snakemake reads configuration files before any Snakefile: it runs
    the code of templates, and names neither file nor line where YAML is broken.

    Args:
        arguments: of the command line, without the program's name.
    """
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    parser.add_argument("--configfile", "--configfiles", nargs="+", default=[])
    try:
        files = parser.parse_known_args(list(arguments))[0].configfile
    except argparse.ArgumentError:
        return  # no file is named, which Snakemake says itself
    try:
        check_files(files)
    except NascopeError as error:
        sys.exit(f"nascope: {error}")


def _size(path: Path, node: Node, sizes: dict[int, int], above: tuple[int, ...]) -> int:
    """Nodes below a node, aliases written out."""
    if id(node) in above:
        raise NascopeError(f"{_place(path, node)}: an anchor refers to itself")
    if id(node) not in sizes:
        if isinstance(node, MappingNode):
            _check_keys(path, node)
        size = 1 + sum(_size(path, child, sizes, (*above, id(node))) for child in _children(node))
        if size > _MOST_NODES:
            raise NascopeError(f"{_place(path, node)}: anchors multiply this to more than {_MOST_NODES:,} values")
        sizes[id(node)] = size
    return sizes[id(node)]


def _children(node: Node) -> list[Node]:
    if isinstance(node, MappingNode):
        return [child for pair in node.value for child in pair]
    return list(node.value) if isinstance(node, SequenceNode) else []


def _check_keys(path: Path, node: MappingNode) -> None:
    lines: dict[str, int] = {}
    for key, _ in node.value:
        if not isinstance(key, ScalarNode) or key.value == "<<":
            continue
        if key.value == "__use_yte__":
            raise NascopeError(
                f"{_place(path, key)}: templates (__use_yte__) run Python code; write plain YAML instead"
            )
        if key.value in lines:
            raise NascopeError(f"{_place(path, key)}: {key.value!r} is given twice, first in line {lines[key.value]}")
        lines[key.value] = key.start_mark.line + 1


def _place(path: Path, node: Node) -> str:
    return f"{path}, line {node.start_mark.line + 1}"
