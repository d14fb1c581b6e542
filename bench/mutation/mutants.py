"""Mutants of a package, by default the rule book: each is one of its files with one change, made on the syntax tree."""

from __future__ import annotations

import ast
import runpy
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple

ROOT: Final = Path(__file__).resolve().parents[2]
POLICY: Final = Path("domain", "policy")
WORKFLOWS: Final = Path("workflows")

FLIPPED: Final[dict[type[ast.cmpop], type[ast.cmpop]]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
"""Each comparison with the one that differs from it at the boundary, or with its opposite if there is none."""

WEIGHTY: Final = frozenset({"FAIL", "REFER", "CONDITION"})
"""The outcomes that weigh more than PASS."""

PROFILES: Final = ("P", "F", "X")
"""The columns of a path table, by the names they have in its file."""


class Mutant(NamedTuple):
    """A file with one change."""

    kind: str
    path: str
    line: int
    scope: str
    change: str
    source: str

    @property
    def key(self) -> str:
        """The mutant's name, which stays the same when its line moves but is not rewritten."""
        return f"{self.path.removeprefix('domain/policy/')} {self.scope}: {self.change}"

    @property
    def title(self) -> str:
        """The mutant for a reader to find: file, line, the function or table, and the change."""
        return f"{self.path}:{self.line} {self.scope}: {self.change}"


class Edit(NamedTuple):
    """One field of one node of the tree, set to another value."""

    kind: str
    node: ast.AST
    field: str
    value: Any
    line: int
    scope: str
    change: str


class Place(NamedTuple):
    """A node and its surroundings: the function or table, whether it is compared, whether it is in a Final."""

    node: ast.AST
    scope: str = ""
    compared: bool = False
    final: bool = False


def all_mutants(root: Path = ROOT, rules_only: bool = False, package: Path = POLICY) -> tuple[Mutant, ...]:
    """Return every mutant of a package: those of whole rules first, and last those of steps, which workflows have."""
    files = sorted((root / package).rglob("*.py"))
    rules = [mutant for path in files for mutant in _mutants(root, path, _rules)]
    finer = [] if rules_only else [mutant for path in files for mutant in _mutants(root, path, _finer)]
    steps = [mutant for path in files for mutant in _mutants(root, path, _steps)] if package == WORKFLOWS else []
    return (*rules, *finer, *steps)


def unchanged(root: Path = ROOT, package: Path = POLICY) -> tuple[Mutant, ...]:
    """Return every file of a package, parsed and unparsed without a change, for comparison with the mutants."""
    paths = sorted((root / package).rglob("*.py"))
    files = ((path.relative_to(root).as_posix(), ast.unparse(ast.parse(path.read_text()))) for path in paths)
    return tuple(Mutant("unchanged", path, 1, "", "", source) for path, source in files)


def _mutants(root: Path, path: Path, edits: Callable[[Path, ast.Module], Iterator[Edit]]) -> Iterator[Mutant]:
    tree = ast.parse(path.read_text())
    where = path.relative_to(root).as_posix()
    for edit in list(edits(path, tree)):
        yield Mutant(edit.kind, where, edit.line, edit.scope, edit.change, _edited(tree, edit))


def _edited(tree: ast.Module, edit: Edit) -> str:
    before = getattr(edit.node, edit.field)
    setattr(edit.node, edit.field, edit.value)
    source = ast.unparse(ast.fix_missing_locations(tree))
    setattr(edit.node, edit.field, before)
    return source


def _finer(path: Path, tree: ast.Module) -> Iterator[Edit]:
    for place in _places(Place(tree)):
        for make in (_outcome, _comparisons, _connective, _negation, _constant):
            yield from make(place)
    if path.name == "paths.py":
        yield from _cells(tree)
    if path.name == "codes.py":
        yield from _codes(path, tree)


def _places(place: Place) -> Iterator[Place]:
    yield place
    for child in ast.iter_child_nodes(place.node):
        yield from _places(_within(place, child))


def _within(place: Place, child: ast.AST) -> Place:
    scope = place.scope
    if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        scope = f"{scope}.{child.name}".strip(".")
    elif not scope:
        scope = _assigned(child)
    final = place.final or (isinstance(child, ast.AnnAssign) and "Final" in ast.unparse(child.annotation))
    return Place(child, scope, place.compared or isinstance(place.node, ast.Compare), final)


def _assigned(node: ast.AST) -> str:
    match node:
        case ast.AnnAssign(target=ast.Name(id=name)) | ast.Assign(targets=[ast.Name(id=name)]):
            return name
        case _:
            return ""


def _edit(kind: str, place: Place, node: ast.expr, field: str, value: Any) -> Edit:
    edit = partial(Edit, kind, node, field, value, node.lineno, place.scope)
    before, kept = ast.unparse(node), getattr(node, field)
    setattr(node, field, value)
    after = ast.unparse(node)
    setattr(node, field, kept)
    return edit(f"{before} -> {after}")


def _outcome(place: Place) -> Iterator[Edit]:
    match place.node:
        case ast.Attribute(value=ast.Name(id="Outcome"), attr=name) as node if name in WEIGHTY and not place.compared:
            yield _edit("outcome", place, node, "attr", "PASS")


def _comparisons(place: Place) -> Iterator[Edit]:
    node = place.node
    if not isinstance(node, ast.Compare):
        return
    for index, operator in enumerate(node.ops):
        flipped = FLIPPED[type(operator)]()
        yield _edit("comparison", place, node, "ops", [*node.ops[:index], flipped, *node.ops[index + 1 :]])


def _connective(place: Place) -> Iterator[Edit]:
    if isinstance(place.node, ast.BoolOp):
        swapped = ast.Or() if isinstance(place.node.op, ast.And) else ast.And()
        yield _edit("connective", place, place.node, "op", swapped)


def _negation(place: Place) -> Iterator[Edit]:
    """Negate the operand once more, which is to remove the `not`."""
    match place.node:
        case ast.UnaryOp(op=ast.Not(), operand=operand) as node:
            change = f"{ast.unparse(node)} -> {ast.unparse(operand)}"
            yield _edit("negation", place, node, "operand", ast.UnaryOp(ast.Not(), operand))._replace(change=change)


def _constant(place: Place) -> Iterator[Edit]:
    """Change a number by one unit of its last place, up and down."""
    if not place.final:
        return
    match place.node:
        case ast.Constant(value=int() | float() as number) as node if not isinstance(number, bool):
            yield from (_edit("constant", place, node, "value", number + step) for step in (1, -1))
        case ast.Call(func=ast.Name(id="Decimal"), args=[ast.Constant(value=str() as text) as node]):
            unit = Decimal(1).scaleb(int(Decimal(text).as_tuple().exponent))
            yield from (_edit("constant", place, node, "value", str(Decimal(text) + step)) for step in (unit, -unit))


def _steps(path: Path, tree: ast.Module) -> Iterator[Edit]:
    """Leave a step of a function out, or take a branch where another one is taken."""
    for place in _places(Place(tree)):
        if "." in place.scope or not isinstance(place.node, ast.Module | ast.ClassDef):
            yield from _omitted(place)
        yield from _branch(place)


def _omitted(place: Place) -> Iterator[Edit]:
    """Leave one statement out, of those without which the others can still be run."""
    for field in ("body", "orelse", "finalbody"):
        held: Any = getattr(place.node, field, None)
        steps: list[ast.stmt] = held if isinstance(held, list) else []
        for index, step in enumerate(steps):
            if _may_be_omitted(step):
                left = [*steps[:index], ast.Pass(), *steps[index + 1 :]]
                what = " ".join(ast.unparse(step).split())
                yield Edit("step", place.node, field, left, step.lineno, place.scope, f"without {what}")


def _may_be_omitted(step: ast.stmt) -> bool:
    match step:
        case ast.Expr(value=ast.Constant()):
            return False
        case ast.Expr() | ast.AugAssign() | ast.Raise() | ast.Assign(targets=[ast.Attribute() | ast.Subscript()]):
            return True
        case ast.Return(value=None | ast.Await()):
            return True
        case _:
            return False


def _branch(place: Place) -> Iterator[Edit]:
    """Take a branch exactly where it is not taken. What is compared, joined or negated has finer changes."""
    match place.node:
        case ast.If(test=test) | ast.While(test=test) | ast.IfExp(test=test) as node if _is_plain(test):
            negated = ast.UnaryOp(ast.Not(), test)
            change = f"{ast.unparse(test)} -> {ast.unparse(negated)}"
            yield Edit("branch", node, "test", negated, node.lineno, place.scope, change)
        case _:
            return


def _is_plain(test: ast.expr) -> bool:
    match test:
        case ast.Compare() | ast.BoolOp() | ast.UnaryOp(op=ast.Not()) | ast.Constant():
            return False
        case _:
            return True


def _appended(kind: str, tree: ast.Module, statement: str, line: int, scope: str, change: str) -> Edit:
    return Edit(kind, tree, "body", [*tree.body, *ast.parse(statement).body], line, scope, change)


def _values(tree: ast.Module) -> dict[str, ast.expr]:
    found = {}
    for node in tree.body:
        if (name := _assigned(node)) and isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value:
            found[name] = node.value
    return found


def _cells(tree: ast.Module) -> Iterator[Edit]:
    """Make one cell of the path table allow, for each cell that does not."""
    values = _values(tree)
    table = values["PATHS"]
    assert isinstance(table, ast.Dict)
    for row, cells in zip(table.keys, table.values, strict=True):
        for profile, cell in _row(cells):
            helper, where = _helper(cell, values), f"PATHS[{ast.unparse(row or table)}][{profile}]"
            if helper != "allow":
                statement = f"{where} = {where}._replace(outcome=Outcome.PASS)"
                yield _appended("cell", tree, statement, cell.lineno, where, f"{helper} -> allow")


def _row(cells: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    """Yield (profile, cell) for each cell of a row, which is written out or is one cell for all profiles."""
    match cells:
        case ast.Dict(keys=keys, values=values):
            yield from ((ast.unparse(key or cells), value) for key, value in zip(keys, values, strict=True))
        case ast.Call(args=[*_, cell]):
            yield from ((profile, cell) for profile in PROFILES)


def _helper(cell: ast.expr, values: dict[str, ast.expr]) -> str:
    """Return the name of the function that made a cell: allow, condition, refer or deny."""
    match cell:
        case ast.Name(id=name):
            return _helper(values[name], values)
        case ast.Call(func=ast.Name(id=name)):
            return name.strip("_")
        case _:
            raise ValueError(f"line {cell.lineno} of a path table is not made by a helper")


def _codes(path: Path, tree: ast.Module) -> Iterator[Edit]:
    """Remove one element of a code table."""
    tables = runpy.run_path(str(path), run_name="codes")
    for name, node in _values(tree).items():
        for element, statement in _removals(name, tables[name]):
            lines = (one.lineno for one in ast.walk(node) if isinstance(one, ast.Constant) and one.value == element)
            yield _appended("code", tree, statement, next(lines, node.lineno), name, f"without {element!r}")


def _removals(name: str, table: Any) -> Iterator[tuple[str, str]]:
    match table:
        case dict():
            for key, value in table.items():
                yield key, f"{name}.pop({key!r})"
                yield from _removals(f"{name}[{key!r}]", value)
        case frozenset():
            yield from ((element, f"{name} = {name} - {{{element!r}}}") for element in sorted(table))
        case tuple():
            for index, (code, _) in enumerate(table):
                yield code, f"{name} = {name}[:{index}] + {name}[{index + 1}:]"


class _Revision(NamedTuple):
    """A revision of a rule, as `Rule(...)` or `Rule(...).revised(...)` makes it."""

    name: str
    test: str


def _revision(node: ast.AST) -> _Revision | None:
    match node:
        case ast.Call(func=ast.Name(id="Rule"), args=[rule, *_, ast.Name(id=test)]):
            return _Revision(_name_of(rule), test)
        case ast.Call(
            func=ast.Attribute(value=before, attr="revised"),
            args=[ast.Constant(value=str() as since), _, ast.Name(id=test)],
        ):
            return _Revision(f"{_rule_of(before)} since {since}", test)
        case _:
            return None


def _name_of(node: ast.expr) -> str:
    """Return a rule's name, which is written at its place or is one of the names that matches have."""
    from domain.screening import matches

    match node:
        case ast.Constant(value=str() as rule):
            return rule
        case ast.Name(id=name):
            return str(getattr(matches, name))
        case _:
            raise ValueError(f"line {node.lineno}: a rule's name is neither written here nor among the matches")


def _rule_of(node: ast.expr) -> str:
    """Return the name of the rule of which a call makes a revision, however many were made before."""
    match node:
        case ast.Call(func=ast.Name(id="Rule"), args=[rule, *_]):
            return _name_of(rule)
        case ast.Call(func=ast.Attribute(value=before)):
            return _rule_of(before)
        case _:
            return ""


def _rules(path: Path, tree: ast.Module) -> Iterator[Edit]:
    """Make one rule pass whatever its finding would be. Where it has no finding, it still has none."""
    for node in ast.walk(tree):
        if (revision := _revision(node)) is not None and isinstance(node, ast.Call):
            args = [_passing(one) if _is_name(one, revision.test) else one for one in node.args]
            yield Edit("rule", node, "args", args, node.lineno, revision.name, "always passes")


def _is_name(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _passing(test: ast.expr) -> ast.expr:
    return ast.Call(ast.Name("passing", ast.Load()), [test], [])
