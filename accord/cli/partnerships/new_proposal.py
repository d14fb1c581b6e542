"""`accord new`: ask for a proposal, field by field, and write it to a file that can be checked and proposed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from pydantic import ValidationError

from accord.cli.options import run
from accord.cli.printing.output import err, out
from accord.presentation import form_content, forms
from accord.presentation.faults import BadInput, Refused
from accord.presentation.input_files import faults_of
from domain.proposal import Proposal

if TYPE_CHECKING:
    from accord.client.imported.claim import ClaimOnRecord

SCHEMA: Final = Proposal.model_json_schema(mode="validation")
FIRST: Final = ("reference", "title", "partner", "public_interest")
LEGS: Final = {
    "funds_out": "Does money go out?",
    "funds_in": "Does money come in?",
    "non_monetary": "Is there work without money?",
}


BEHIND: Final = frozenset({"principals", "nobody_owns"})
"""Fields that may be left out of a party, and are asked all the same: nobody is paid before (rules 4.3)."""


def new(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The new file, such as proposal.json.")],
    everything: Annotated[bool, typer.Option("--everything", help="Ask for what may be left out, too.")] = False,
    before: Annotated[
        str, typer.Option("--from", metavar="P-...", help="Go on from a partnership of before: its claim is offered.")
    ] = "",
) -> None:
    """Ask for a proposal, and write it to a new file. Nothing is recorded.

    What the rules would say of it: accord propose FILE --check. Example: accord new proposal.json
    Example: accord new proposal.json --from P-2026-5001
    """
    if file.exists():
        raise BadInput(f"FILE: {file} exists; name a new file")
    content = _asked(FIRST, _claimed(before) if before else {}, everything)
    for name, question in LEGS.items():
        if typer.confirm(question, default=name == "funds_out", err=True):
            content = _asked((name,), form_content.added(content, name, {}), everything)
    proposal = form_content.read(content)
    _write(file, proposal)
    out.print(f"{file} is written. What the rules would say of it:", soft_wrap=True, markup=False)
    out.print(f"  accord propose {file} --check", soft_wrap=True, markup=False)
    try:
        Proposal.model_validate_json(json.dumps(proposal))
    except ValidationError as fault:
        err.print(f"accord: it has still {faults_of(fault)}", style="yellow", soft_wrap=True, markup=False)


def _claimed(reference: str) -> dict[str, Any]:
    """Return what a claim of before says of a proposal. Raises Refused if none stands, or it goes on here already."""
    from accord.client.database import open_database
    from accord.client.imported.beginning import begun_from
    from accord.client.imported.claim import claim_on_record
    from accord.client.reading import LedgerAccess

    async def work() -> ClaimOnRecord | None:
        async with open_database() as pool:
            return await claim_on_record(LedgerAccess(pool), reference.upper())

    claim = run(work())
    if claim is None:
        raise Refused(f"no partnership of before stands as {reference}; `accord import list` shows those there are")
    if claim.here is not None:
        raise Refused(f"{claim.record.reference} goes on here already; `accord show {claim.record.reference}`")
    return begun_from(claim.record)


def _asked(names: Sequence[str], content: dict[str, Any], with_optional: bool) -> dict[str, Any]:
    """Return the content with the answers for these fields. A list grows until it is said to be enough."""
    schema = forms.Schema(SCHEMA)
    for node in schema.nodes(names, content):
        content = _answered(schema, node, content, with_optional)
    return content


def _answered(schema: forms.Schema, node: forms.Node, content: dict[str, Any], with_optional: bool) -> dict[str, Any]:
    match node.kind:
        case "group" if (
            node.is_party
            and node.path != "partner"
            and typer.confirm(f"{node.label}: is it the partner?", default=True, err=True)
        ):
            form_content.put(content, node.path, form_content.at(content, "partner"))
            return content
        case "group":
            content = form_content.added(content, node.path, {})
            for child in _children(schema, node, content):
                is_behind = node.is_party and child.path.rpartition(".")[2] in BEHIND
                if is_behind and typer.confirm(f"{child.path}: {child.hint}. Say it now?", default=True, err=True):
                    content = _answered(schema, child, content, with_optional)
                    continue
                if child.required or (
                    with_optional and not is_behind and typer.confirm(f"{child.path}?", default=False, err=True)
                ):
                    content = _answered(schema, child, content, with_optional)
            return content
        case "list":
            return _entries(schema, node, content, with_optional)
        case _:
            form_content.put(content, node.path, _answer(node))
            return content


def _entries(schema: forms.Schema, node: forms.Node, content: dict[str, Any], with_optional: bool) -> dict[str, Any]:
    more = True
    while more:
        content = form_content.added(content, node.path, schema.entry(node.path))
        [*_, entry] = _found(schema, node.path, content).children
        content = _answered(schema, entry, content, with_optional)
        more = typer.confirm(f"{node.label}: another one?", default=False, err=True)
    return content


def _children(schema: forms.Schema, node: forms.Node, content: dict[str, Any]) -> tuple[forms.Node, ...]:
    return _found(schema, node.path, content).children


def _found(schema: forms.Schema, path: str, content: dict[str, Any]) -> forms.Node:
    """Return the node at a path, as the content makes it."""
    [node] = schema.nodes((path.partition(".")[0],), content)
    while node.path != path:
        node = next(child for child in node.children if path == child.path or path.startswith(f"{child.path}."))
    return node


def _answer(node: forms.Node) -> Any:
    words = f"{node.path}{f' ({node.hint})' if node.hint else ''}"
    if node.kind == "tick":
        return typer.confirm(words, default=bool(node.value), err=True)
    if node.choices:
        words += f" [{', '.join(node.choices)}]"
    return str(typer.prompt(words, default=node.value or None, err=True)).strip()


def _write(file: Path, content: Any) -> None:
    try:
        with file.open("x", encoding="utf-8") as stream:
            stream.write(json.dumps(content, indent=2, ensure_ascii=False) + "\n")
    except OSError as fault:
        raise BadInput(f"FILE: {file} cannot be written: {fault.strerror}") from None


def register(app: typer.Typer) -> None:
    """Add the command of this module to `accord`."""
    app.command()(new)
