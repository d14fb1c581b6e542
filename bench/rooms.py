"""`python -m bench.rooms [FOLDER] [--beside PACKAGE]`: the size and the order of a checkout's rooms, beside another's.

An arrow from one package to another is any import of the second by the first; a circle is a set of files that import
each other, directly or by way of others. The worker stands beside the packages, and what imports it points upward.
"""

from __future__ import annotations

import argparse
import ast
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from itertools import permutations
from pathlib import Path
from typing import Final, NamedTuple

import grimp
from rich.console import Console
from rich.table import Table

BESIDE: Final = {"tests", "bench", "docs", "examples"}
"""What is not shipped: nothing imports it."""

LONG: Final = 60
"""Lines of a function beyond which it is counted as long."""

out = Console(highlight=False, soft_wrap=True)


class Rooms(NamedTuple):
    """The counts of a checkout, or of an installed package."""

    packages: int
    arrows: int
    mutual: int
    circles: int
    upward: int
    """Imports of the worker by a package."""
    modules: int
    longest_folder: tuple[int, str]
    """How many modules, and which; `__init__` is none."""
    longest_file: tuple[int, str]
    longest_function: tuple[int, str]
    long_functions: int


def counted(folder: Path, packages: Sequence[str]) -> Rooms:
    """Count the packages in a folder, from which they are importable."""
    graph = grimp.build_graph(*packages, cache_dir=None, include_external_packages=True)
    tied = {
        pair for pair in permutations(packages, 2)
        if graph.direct_import_exists(importer=pair[0], imported=pair[1], as_packages=True)
    }  # fmt: skip
    files = sorted(path for package in packages for path in (folder / package).rglob("*.py"))
    modules = Counter(path.parent.relative_to(folder).as_posix() for path in files if path.stem != "__init__")
    functions = [found for path in files for found in _functions(path, path.relative_to(folder).as_posix())]
    return Rooms(
        packages=len(packages),
        arrows=len(tied),
        mutual=len({pair for pair in tied if pair[::-1] in tied}) // 2,
        circles=_circles(graph),
        upward=len(graph.find_modules_that_directly_import("worker")) if "worker" in graph.modules else 0,
        modules=modules.total(),
        longest_folder=max((count, name) for name, count in modules.items()),
        longest_file=max((_lines(path), path.relative_to(folder).as_posix()) for path in files),
        longest_function=max(functions),
        long_functions=sum(lines > LONG for lines, _ in functions),
    )


def _lines(path: Path) -> int:
    return len(path.read_text("utf-8").splitlines())


def _functions(path: Path, name: str) -> Iterator[tuple[int, str]]:
    """Yield the number of lines and the name of each function of a file, its decorators and docstring included."""
    for found in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(found, ast.FunctionDef | ast.AsyncFunctionDef):
            yield (found.end_lineno or found.lineno) - found.lineno + 1, f"{name} {found.name}"


def _circles(graph: grimp.ImportGraph) -> int:
    """Return the number of sets of files that import each other."""
    left, circles = set(graph.modules), 0
    while left:
        module = left.pop()
        circle = (graph.find_downstream_modules(module) & graph.find_upstream_modules(module)) - {module}
        left -= circle
        circles += bool(circle)
    return circles


def rooms_in(folder: Path) -> Rooms:
    """Count a checkout."""
    sys.path.insert(0, str(folder))
    return counted(folder, sorted({path.parent.name for path in folder.glob("*/__init__.py")} - BESIDE))


def installed(package: str) -> Rooms:
    """Count an installed package. Raises SystemExit if there is none of that name."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise SystemExit(f"--beside: no package {package} is installed here")
    return counted(Path(spec.origin).parents[1], [package])


def main() -> None:
    """Print the counts of a checkout, by default of this one, beside an installed package."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=Path(), help="a checkout; by default this one")
    parser.add_argument("--beside", metavar="PACKAGE", help="an installed package, such as eventsourcing")
    chosen = parser.parse_args()
    columns = {"here": rooms_in(chosen.folder.resolve())}
    if chosen.beside:
        columns[chosen.beside] = installed(chosen.beside)
    table = Table("what", *columns)
    for name in Rooms._fields:
        table.add_row(name.replace("_", " "), *(_said(getattr(one, name)) for one in columns.values()))
    out.print(table)


def _said(value: int | tuple[int, str]) -> str:
    return f"{value[0]}: {value[1]}" if isinstance(value, tuple) else str(value)


if __name__ == "__main__":
    main()
