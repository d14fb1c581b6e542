"""Shell commands on the mappings of a bank's CSV: suggest one, sign it as two people, and list them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from accord.cli.options import ActorOption, FileArgument, JsonOption, run
from accord.cli.payments.files_out import content_of
from accord.cli.printing.output import err, out, print_json, rows_table
from accord.client.desk import open_desk
from accord.counter.statements.mappings import StatementAccount, confirm_mapping, own_accounts, propose_mapping
from accord.presentation.faults import BadInput
from accord.presentation.input_files import faults_of, parse_file, schema_hint
from domain.payment.mapping import Mappings, StatementMapping
from payments.answers.csv.suggesting import suggest_mapping
from payments.answers.elements import MessageFault

app = typer.Typer(help="How a bank's own CSV is read: mappings that two of finance sign.", no_args_is_help=True)

AccountArgument = Annotated[str, typer.Argument(metavar="BA-...", help="A funder's own account.")]


def suggest(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A CSV as the bank exports it.")],
    as_json: JsonOption = False,
) -> None:
    """Suggest a mapping for a bank's CSV, from its headings and rows. Nothing is recorded.

    Read each line of it, mend it, and propose it.
    Example: accord payments mapping suggest november.csv > mapping.toml
    """
    try:
        suggestion = suggest_mapping(content_of(file))
    except MessageFault as fault:
        raise BadInput(f"{file.name}: {fault}") from fault
    if as_json:
        return print_json({"mapping": suggestion.text, "questions": list(suggestion.questions)})
    for question in suggestion.questions:
        err.print(f"Look: {question}.", markup=False, soft_wrap=True)
    return out.print(suggestion.text, markup=False, highlight=False, soft_wrap=True, end="")


def propose(account: AccountArgument, file: FileArgument, actor: ActorOption, as_json: JsonOption = False) -> None:
    """Propose the mapping of an account's CSV. It stands once another person of finance confirms it.

    `accord schema mapping` shows every field of its file.
    Example: accord payments mapping propose BA-ABCDEFGHIJKL mapping.toml --as femi.ade
    """
    mapping = _mapping_in(file)

    async def work() -> Mappings:
        async with open_desk(acting=True) as desk:
            return await propose_mapping(desk, account, mapping, actor)

    mappings = run(work())
    if as_json:
        return print_json(_as_json("", account, mappings))
    return out.print(
        f"Mapping {mapping.sha256[:12]} of {account} waits. Next, by another person of finance: "
        f"`accord payments mapping confirm {account} {mapping.sha256[:12]} --as STAFF`",
        markup=False,
        soft_wrap=True,
    )


def _mapping_in(path: Path) -> StatementMapping:
    """Return the mapping in a file. Its `amount` is a heading, and no sum that people wrote."""
    try:
        return StatementMapping.model_validate(parse_file(path))
    except ValidationError as fault:
        raise BadInput(f"{path.name} has {faults_of(fault)}\n{schema_hint(StatementMapping)}") from None


def confirm(
    account: AccountArgument,
    digest: Annotated[str, typer.Argument(metavar="DIGEST", help="The digest of the mapping, or its beginning.")],
    actor: ActorOption,
    as_json: JsonOption = False,
) -> None:
    """Confirm the mapping of an account's CSV that another person proposed. It stands in the place of the one before.

    What it says is shown by `accord payments mapping list`.
    Example: accord payments mapping confirm BA-ABCDEFGHIJKL 3fa85f64 --as paul.nkosi
    """

    async def work() -> Mappings:
        async with open_desk(acting=True) as desk:
            return await confirm_mapping(desk, account, digest, actor)

    mappings = run(work())
    if as_json:
        return print_json(_as_json("", account, mappings))
    return out.print(
        f"The mapping of {account} stands. Next: `accord payments import FILE --account {account} --as STAFF`",
        markup=False,
        soft_wrap=True,
    )


def list_mappings(as_json: JsonOption = False) -> None:
    """List the mappings of each funder's account: the one that stands, and those that wait for a second signature.

    Example: accord payments mapping list
    """

    async def work() -> tuple[StatementAccount, ...]:
        async with open_desk() as desk:
            return await own_accounts(desk)

    accounts = run(work())
    if as_json:
        return print_json([_as_json(*account) for account in accounts])
    out.print(rows_table(("Funder", "Account", "Mapping", "State", "Signed by"), _rows(accounts)))
    for account in accounts:
        for mapping in _shown(account.mappings):
            out.print(f"{mapping.sha256[:12]}: {mapping.model_dump_json()}", markup=False, soft_wrap=True)
    return None


def _rows(accounts: tuple[StatementAccount, ...]) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for funder, reference, mappings in accounts:
        if mappings.standing:
            signers = " and ".join(mappings.signers)
            rows.append((funder, reference, mappings.standing.sha256[:12], "stands", signers))
        rows.extend((funder, reference, waiting.sha256[:12], "waits", signer) for waiting, signer in mappings.waiting)
        if not _shown(mappings):
            rows.append((funder, reference, "none", "", ""))
    return rows


def _shown(mappings: Mappings) -> tuple[StatementMapping, ...]:
    standing = (mappings.standing,) if mappings.standing else ()
    return (*standing, *(waiting for waiting, _ in mappings.waiting))


def _as_json(funder: str, reference: str, mappings: Mappings) -> dict[str, Any]:
    standing = mappings.standing
    return {
        **({"funder": funder} if funder else {}),
        "account": reference,
        "standing": standing and {**_named(standing), "signed_by": list(mappings.signers)},
        "waiting": [{**_named(waiting), "signed_by": [signer]} for waiting, signer in mappings.waiting],
    }


def _named(mapping: StatementMapping) -> dict[str, Any]:
    return {"sha256": mapping.sha256, "mapping": mapping.model_dump(mode="json")}


app.command()(suggest)
app.command()(propose)
app.command()(confirm)
app.command("list")(list_mappings)


def register(outer: typer.Typer) -> None:
    """Add the commands of this module to those on payments."""
    outer.add_typer(app, name="mapping")
