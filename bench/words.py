"""`python -m bench.words [FOLDER] [--beside PACKAGE] [--list]`: how plain a checkout's names and docstrings are.

A bound name is what a function takes, or what is assigned, looped over or imported under another name; each counts once
in each function. It is vague if its last word is a pronoun or a participle, which do not say what a thing is. A
docstring opens with a relative clause if its first line says "Return whether", "what", "who" and the like. `--list`
prints where such docstrings stand, and those with a semicolon in their first line.
"""

from __future__ import annotations

import argparse
import ast
from collections import Counter
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Final, NamedTuple

from rich.console import Console
from rich.table import Table

BESIDE: Final = {"tests", "bench", "docs", "examples", ".venv"}
"""What is not shipped."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


PRONOUNS: Final = _words(
    """
    one ones each other others another it its this that these those theirs ours mine own both either neither all
    some any none what who whom whose which everything everybody everyone something somebody someone nothing
    nobody anything anybody same rest
    """
)
PARTICIPLES: Final = _words(
    """
    known found told said held made given seen kept left sent shown done gone begun come taken lent meant
    brought written wrought chosen spoken drawn thrown grown broken hidden bought sold paid read met put cut
    lost built bound understood stood
    """
)
"""Irregular ones; a word that ends in "ed" is one unless it is a noun or a term."""

NO_PARTICIPLES: Final = _words(
    """
    bed need needed speed feed seed deed breed greed shed embed exceed proceed succeed fed red id shared fixed
    advanced hundred indeed
    """
)
"""Words that end in "ed" and are nouns, adjectives of the field or numbers."""

RELATIVE: Final = ("whether", "what", "who", "whose", "whom", "which", "how", "why", "where", "when", "until", "that")
"""The words with which a relative clause opens, after an optional verb such as Return."""

out = Console(highlight=False, soft_wrap=True)


class Words(NamedTuple):
    """The counts of the names and docstrings of some files."""

    names: int
    vague: Counter[str]
    docstrings: int
    relative: int
    spliced: int
    """Docstrings whose first line is two sentences with a semicolon between them."""

    @property
    def vague_share(self) -> float:
        """The share of bound names that are vague."""
        return self.vague.total() / self.names if self.names else 0.0

    @property
    def relative_share(self) -> float:
        """The share of docstrings that open with a relative clause."""
        return self.relative / self.docstrings if self.docstrings else 0.0


def is_vague(name: str) -> bool:
    """True if the last word of a name is a pronoun or a participle."""
    word = name.strip("_").lower().rsplit("_", 1)[-1]
    regular = word.endswith("ed") and len(word) > 3 and word not in NO_PARTICIPLES
    return word in PRONOUNS or word in PARTICIPLES or regular


def is_relative(docstring: str) -> bool:
    """True if a docstring opens with a relative clause."""
    words = docstring.strip().lower().replace(",", " ").split()[:2]
    return bool(words) and (words[0] in RELATIVE or words[-1] in RELATIVE)


def bound_in(tree: ast.Module) -> Iterator[str]:
    """Yield each name that each function, class or module binds, once."""
    for scope in _scopes(tree):
        yield from sorted({name for node in _own(scope) for name in _bound(node)})


def docstrings_in(tree: ast.Module) -> Iterator[str]:
    """Yield the first line of each docstring of a module, a class or a function."""
    yield from (line for _, line in _docstrings(tree))


def places_in(path: Path, tree: ast.Module) -> Iterator[str]:
    """Yield each docstring of a file that opens with a relative clause or has a semicolon there, as path:line: text."""
    for number, line in _docstrings(tree):
        if is_relative(line) or ";" in line:
            yield f"{path}:{number}: {line}"


def _docstrings(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield (line number, first line) of each docstring."""
    for scope in _scopes(tree):
        if text := ast.get_docstring(scope):
            yield scope.body[0].lineno, text.splitlines()[0]


_Scope = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
_BLOCKS: Final = ("body", "orelse", "finalbody", "handlers", "cases")
"""The parts of a statement that hold statements: nothing else holds a scope."""


def _scopes(node: ast.AST) -> Iterator[_Scope]:
    if isinstance(node, _Scope):
        yield node
    for block in _BLOCKS:
        for child in getattr(node, block, ()):
            yield from _scopes(child)


def _own(scope: _Scope) -> Iterator[ast.AST]:
    """Yield the nodes of a scope without those of the scopes within it."""
    left: list[ast.AST] = list(ast.iter_child_nodes(scope))
    while left:
        node = left.pop()
        yield node
        if not isinstance(node, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            left += ast.iter_child_nodes(node)


def _bound(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name) | ast.alias(asname=str(name)):
            yield name
        case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)) | ast.ExceptHandler(name=str(name)):
            yield name


def parsed(files: Iterable[Path]) -> Iterator[ast.Module]:
    """Yield the tree of each file, of which no more than one is kept at a time."""
    for path in files:
        yield ast.parse(path.read_text("utf-8"))


def counted(trees: Iterable[ast.Module]) -> Words:
    """Count the names and docstrings of files."""
    names, vague, docstrings, relative, spliced = 0, Counter[str](), 0, 0, 0
    for tree in trees:
        bound, lines = list(bound_in(tree)), list(docstrings_in(tree))
        names += len(bound)
        vague.update(name for name in bound if is_vague(name))
        docstrings += len(lines)
        relative += sum(map(is_relative, lines))
        spliced += sum(";" in line for line in lines)
    return Words(names, vague, docstrings, relative, spliced)


def shipped(folder: Path) -> list[Path]:
    """Return the files that a checkout ships."""
    packages = sorted({path.parent for path in folder.glob("*/__init__.py")} - {folder / name for name in BESIDE})
    return [*sorted(folder.glob("*.py")), *(file for package in packages for file in sorted(package.rglob("*.py")))]


def installed(package: str) -> Words:
    """Count an installed package. Raises SystemExit if there is none of that name."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise SystemExit(f"--beside: no package {package} is installed here")
    return counted(parsed(sorted(Path(spec.origin).parent.rglob("*.py"))))


def print_counts(columns: dict[str, Words], most: int) -> None:
    """Print counts beside each other, and the most frequent vague names of the first of them."""
    table = Table("what", *columns)
    table.add_row("bound names", *(f"{words.names:,}" for words in columns.values()))
    table.add_row("of these pronouns or participles", *(f"{words.vague_share:.1%}" for words in columns.values()))
    table.add_row("docstrings", *(f"{words.docstrings:,}" for words in columns.values()))
    table.add_row("that open with a relative clause", *(f"{words.relative_share:.1%}" for words in columns.values()))
    table.add_row("two sentences with a semicolon", *(str(words.spliced) for words in columns.values()))
    out.print(table)
    frequent = next(iter(columns.values())).vague.most_common(most)
    out.print(f"The most frequent here: {', '.join(f'{name} {count}' for name, count in frequent)}")


def main() -> None:
    """Print the counts of a checkout, by default of this one, beside an installed package, or each place."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=Path(), help="a checkout; by default this one")
    parser.add_argument("--beside", metavar="PACKAGE", help="an installed package, such as httpx")
    parser.add_argument("--list", action="store_true", help="print each such docstring, as path:line: text")
    parser.add_argument("--most", type=int, default=15, help="how many of the vague names to list")
    chosen = parser.parse_args()
    files = shipped(chosen.folder)
    if chosen.list:
        trees = zip(files, parsed(files), strict=True)
        out.print("\n".join(place for file, tree in trees for place in places_in(file, tree)), markup=False)
    else:
        others = {chosen.beside: installed(chosen.beside)} if chosen.beside else {}
        print_counts({"here": counted(parsed(files))} | others, chosen.most)


if __name__ == "__main__":
    main()
