"""Shell commands on staff: delegations, departures, and the confirmation of changes by a second person."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import typer
from pydantic import ValidationError

from accord.cli.options import ActorOption, EmergencyOption, JsonOption, decider, run
from accord.cli.organisation import staff_keys
from accord.cli.organisation.changes import (
    SignerOption,
    StaffArgument,
    change_and_print,
    fact_in_words,
    print_changed,
    read_directory,
    require_on_record,
)
from accord.cli.organisation.staffing import AnywayOption
from accord.cli.printing.output import out, print_json, rows_table
from accord.cli.typed_days import typed_day
from accord.client.desk import open_desk
from accord.organisation.affected import signal_affected_partnerships
from accord.organisation.governance import (
    DirectoryChange,
    confirm_change,
)
from accord.presentation.faults import BadInput, Refused
from accord.presentation.input_files import lines_of
from domain.directory.directory import Directory
from domain.directory.people import (
    Delegation,
    DelegationEnded,
    Fact,
    RoleDelegated,
    StaffLeft,
    StaffMember,
)
from domain.directory.tiers import Role

app = typer.Typer(no_args_is_help=True, help="Staff: keys, roles lent for a time, and changes that two people sign.")
staff_keys.add_to(app)


@app.command()
def leave(
    staff: StaffArgument,
    actor: SignerOption = None,
    anyway: AnywayOption = False,
    emergency: EmergencyOption = False,
    as_json: JsonOption = False,
) -> None:
    """Remove a person from the directory: their roles, key and delegations end. Their decisions remain valid.

    Open work that nobody could do any more is named first, and refuses it unless --anyway; `accord work` lists it then.
    Example: accord staff leave femi.ade --as dora.kim
    """

    def facts(directory: Directory) -> tuple[Fact, ...]:
        require_on_record(directory, staff)
        return (StaffLeft(staff_id=staff),)

    change_and_print(facts, actor, as_json, emergency, anyway)


@app.command()
def delegate(
    lender: StaffArgument,
    to: Annotated[str, typer.Option("--to", metavar="STAFF", help="Who may act in the role.")],
    role: Annotated[Role, typer.Option("--role", help="Which of the lender's roles.")],
    until: Annotated[
        datetime | None,
        typer.Option("--until", metavar="DAY", parser=typed_day, help="The last day; needed unless --end."),
    ] = None,
    since: Annotated[
        datetime | None, typer.Option("--from", metavar="DAY", parser=typed_day, help="Else today.")
    ] = None,
    end: Annotated[bool, typer.Option("--end", help="End this delegation before its time.")] = False,
    actor: SignerOption = None,
    anyway: AnywayOption = False,
    as_json: JsonOption = False,
) -> None:
    """Lend a role to another person for a time, with the lender's approval limits. --end ends it early.

    Example: accord staff delegate ana.silva --to rosa.lund --role PROGRAMME_APPROVER --until 2026-12-31 --as dora.kim
    """
    if end:
        return change_and_print(lambda directory: _ended(directory, lender, to, role), actor, as_json, anyway=anyway)
    if until is None:
        raise BadInput("say until when the role is lent: --until 2026-12-31")
    starts = since.date() if since else date.today()  # noqa: DTZ011 - the organisation's own day
    try:
        delegation = Delegation(lender=lender, borrower=to, role=role, starts_on=starts, ends_on=until.date())
    except ValidationError as fault:
        raise BadInput(lines_of(fault)) from None
    return change_and_print(lambda directory: _lent(directory, delegation), actor, as_json)


def _lent(directory: Directory, delegation: Delegation) -> tuple[Fact, ...]:
    require_on_record(directory, delegation.lender, delegation.borrower)
    member = directory.person(delegation.lender)
    if member is not None and delegation.role not in member.roles:
        roles = ", ".join(member.roles)
        raise Refused(
            f"{delegation.lender} does not hold {delegation.role} and so cannot lend it; they hold {roles}",
            "NotAuthorised",
        )
    return (RoleDelegated(delegation=delegation),)


def _ended(directory: Directory, lender: str, borrower: str, role: Role) -> tuple[Fact, ...]:
    delegations = (
        delegation
        for delegation in directory.delegations
        if (delegation.lender, delegation.borrower, delegation.role) == (lender, borrower, role)
    )
    facts = tuple(DelegationEnded(delegation=delegation) for delegation in delegations)
    if not facts:
        raise Refused("no such delegation; see `accord staff list`", "Unknown")
    return facts


@app.command("list")
def list_staff(as_json: JsonOption = False) -> None:
    """List the staff with their roles, limits, keys and delegations, and whether changes need two signatures.

    Example: accord staff list --json
    """
    directory = run(read_directory())
    if as_json:
        return print_json(directory)
    rows = (_row(directory, member) for member in directory.staff)
    out.print(rows_table(("Staff", "Name", "Roles", "Approves up to", "Keys"), rows))
    for delegation in directory.delegations:
        out.print(
            f"{delegation.lender} lends {delegation.role} to {delegation.borrower}, {delegation.starts_on} to "
            f"{delegation.ends_on}"
        )
    out.print(
        "Sealed: every change needs two signatures." if directory.sealed else "Not sealed: no director has a key yet."
    )
    _print_doubts(directory)
    return None


def _row(directory: Directory, member: StaffMember) -> tuple[str, ...]:
    keys = [held_key.key.key_id for held_key in directory.keys if held_key.staff_id == member.staff_id]
    limits = ", ".join(map(str, member.limits))
    return member.staff_id, member.name, ", ".join(member.roles), limits or "-", ", ".join(keys) or "none"


def _print_doubts(directory: Directory) -> None:
    """Print the versions that are disregarded, and the people who can do nothing as things are."""
    if directory.disregarded:
        out.print(
            f"Disregarded, since they lack a signature or break a rule: versions {_listed(directory.disregarded)}"
        )
    for event in directory.unreadable:
        out.print(f"Disregarded: {event.reason}", markup=False, soft_wrap=True)
    for member in directory.staff:
        if why := directory.freezing(member.staff_id):
            out.print(why, markup=False, soft_wrap=True)


def _listed(numbers: Iterable[int]) -> str:
    return ", ".join(map(str, numbers))


@app.command()
def pending(as_json: JsonOption = False) -> None:
    """List the changes to the directory that wait for another person's confirmation."""
    changes = run(read_directory()).pending
    if as_json:
        return print_json(list(changes))
    if not changes:
        out.print("No change waits for a confirmation.")
        return None
    rows = (
        (
            str(change.change_id),
            change.signature.statement.actor,
            "; ".join(fact_in_words(fact) for fact in change.changes),
        )
        for change in changes
    )
    out.print(rows_table(("Change", "Proposed by", "What"), rows))
    return None


@app.command()
def confirm(
    change: Annotated[UUID, typer.Argument(metavar="CHANGE", help="As `accord staff pending` lists it.")],
    actor: ActorOption,
    emergency: EmergencyOption = False,
    as_json: JsonOption = False,
) -> None:
    """Confirm a proposed change to the directory as the second person. It is then in force.

    Example: accord staff confirm 0b6b1c52-6a0c-5d5e-9d57-0a7c1f7f6b11 --as otto.audit
    """

    async def work() -> tuple[int, list[str]]:
        async with open_desk(decider(emergency)) as desk:
            facts = await confirm_change(desk, change, actor)
            return len(facts), await signal_affected_partnerships(desk, facts)

    number, partnership_ids = run(work())
    addition = f" Asked to look again: {', '.join(partnership_ids)}." if partnership_ids else ""
    print_changed(DirectoryChange(number), as_json, f"Confirmed; it is in force.{addition}")


def register(outer: typer.Typer) -> None:
    """Add the commands of this module to `accord`."""
    outer.add_typer(app, name="staff")
