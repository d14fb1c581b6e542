"""The shell command that checks a possible payee by itself, before anybody proposes anything."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from pydantic import ValidationError

from accord.cli.options import JsonOption, run
from accord.cli.printing.findings import end_by, print_findings
from accord.cli.printing.output import out, print_json
from accord.cli.registers.kept import look_on_disk
from accord.client.database import open_database
from accord.client.reading import LedgerAccess
from accord.presentation.faults import BadInput
from activities.evidence import verify
from domain.parties import Address, Party, PartyKind
from domain.policy.findings import Assessment
from domain.policy.payee_alone import LEFT, on_payee_alone, question_about
from domain.policy.rulebook import RULE_BOOK, assess
from domain.proposal import Funding
from domain.screening.evidence import Verification
from domain.screening.screened import who_is_screened


def verify_recipient(
    name: Annotated[str, typer.Option("--name", help="The organisation's name.")],
    funder: Annotated[str, typer.Option("--funder", help="The funder entity that would pay.")],
    kind: Annotated[PartyKind, typer.Option("--kind", help="What it says it is.")],
    ein: Annotated[str | None, typer.Option("--ein", help="Its EIN, where it has one.")] = None,
    country: Annotated[str, typer.Option("--country", help="ISO 3166-1 alpha-2.")] = "US",
    central_name: Annotated[
        str | None, typer.Option("--central-name", help="For a member of a group: its central organisation.")
    ] = None,
    central_ein: Annotated[str | None, typer.Option("--central-ein", help="That organisation's EIN.")] = None,
    address: Annotated[
        str | None, typer.Option("--address", help="Its city and state, or its whole address: tells namesakes apart.")
    ] = None,
    postcode: Annotated[str, typer.Option("--postcode", help="Its postal code.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Check a possible payee against the registers, the lists and the rules on payees. Nothing is recorded.

    The exit code is 1 if the rules refuse it, and 0 if they pass it or leave it to a verifier.

    Example: accord verify-recipient --name "Internet Society" --kind NONPROFIT --ein 54-1650477 --funder ISOC
    """
    party = _with_address(_party(name, kind, country, ein, central_name, central_ein), address, postcode)
    assessment, verification = run(_assess(party, funder))
    if as_json:
        parties = who_is_screened(question_about(party, funder), verification)
        scoring = {"near_from": RULE_BOOK.near_from, "manner": RULE_BOOK.manner}
        evidence = {"parties": list(parties), "payee": party, "verification": verification, **scoring}
        result = {"outcome": assessment.outcome.value, **assessment.model_dump(mode="json"), "not_asked": list(LEFT)}
        print_json({**result, "evidence": evidence})
        return end_by(assessment)
    print_findings(assessment, f"{name}, paid by {funder}")
    out.print(f"Not asked: {'; '.join(LEFT)}. A proposal says them.", soft_wrap=True)
    return end_by(assessment)


async def _assess(party: Party, funder_id: str) -> tuple[Assessment, Verification]:
    look_on_disk()
    async with open_database() as pool:
        desk = LedgerAccess(pool)
        directory = await desk.directory()
        funder = directory.funder(funder_id)
        if funder is None:
            raise BadInput(f"the directory holds no funder {funder_id}; see `accord directory show`")
        proposal = question_about(party, funder_id)
        async with pool.acquire() as connection:
            verification = await verify(connection, desk.reader, proposal)
        funding = Funding(funders=(funder,), others=directory.funders_beside([funder_id]))
        return on_payee_alone(assess(proposal, funding, verification)), verification


def _party(
    name: str, kind: PartyKind, country: str, ein: str | None, central_name: str | None, central_ein: str | None
) -> Party:
    if (central_name is None) is not (central_ein is None):
        raise BadInput("--central-name, --central-ein: give both, or neither")
    central = {"central": {"name": central_name, "ein": central_ein}} if central_name else {}
    try:
        return Party.model_validate({"name": name, "kind": kind, "country": country, "ein": ein, **central})
    except ValidationError as fault:
        raise BadInput("; ".join(map(_told, fault.errors()))) from None


def _with_address(party: Party, address: str | None, postcode: str) -> Party:
    if address is None:
        if postcode:
            raise BadInput("--postcode: give the city and state too (--address)")
        return party
    try:
        postal_address = Address.model_validate({"lines": [address], "postcode": postcode})
    except ValidationError as fault:
        raise BadInput("; ".join(f"--address: {error['msg']}" for error in fault.errors())) from None
    return party.model_copy(update={"address": postal_address})


def _told(error: Any) -> str:
    option = "-".join(map(str, error["loc"]))
    return f"--{option}: {error['msg'].removeprefix('Value error, ')}"


def register(app: typer.Typer) -> None:
    """Add the command of this module to `accord`."""
    app.command("verify-recipient")(verify_recipient)
