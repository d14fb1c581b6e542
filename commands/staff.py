"""Shell commands on staff: keys, delegations, departures, and the second signature that changes need."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

import typer
from pydantic import ValidationError

from commands.desk import Desk, open_desk
from commands.faults import BadInput, Refused
from commands.files import faults_of
from commands.governance import Changed, change_directory, confirm_change
from commands.options import ActorOption, JsonOption, run
from commands.screen import out, print_json, rows_table
from domain.people import (
    Delegation,
    DelegationEnded,
    Directory,
    Fact,
    KeyEnrolled,
    KeyRevoked,
    RoleDelegated,
    StaffLeft,
    people_of,
)
from domain.signing import PublicKey
from domain.tiers import Role
from signatures.keyring import KeyExists

app = typer.Typer(no_args_is_help=True, help="Staff: keys, roles lent for a time, and changes that two people sign.")

StaffArgument = Annotated[str, typer.Argument(metavar="STAFF", help="An id of the staff directory.")]
SignerOption = Annotated[
    str | None,
    typer.Option("--as", metavar="STAFF", envvar="ACCORD_AS", help="Who signs, once the directory is sealed."),
]


@app.command()
def enrol(
    staff: Annotated[list[str], typer.Argument(metavar="STAFF...", help="Ids of the staff directory.")],
    actor: SignerOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a key for each person, here, and put the public half into the directory.

    The private half stays in the key folder ($ACCORD_KEYS, else keys/ in the data folder), under the passphrase
    of $ACCORD_KEY_PASSPHRASE if that is set. Once a director has a key the directory is sealed: a director or an
    auditor signs (--as) and another confirms.

    Example: accord staff enrol pia.berg vera.lind
    """

    async def work() -> Changed:
        async with open_desk() as desk:
            return await _enrol(desk, staff, actor)

    _tell(run(work()), as_json, f"Enrolled: {', '.join(staff)}.")


@app.command()
def key(staff: StaffArgument, public_key: str, actor: ActorOption, as_json: JsonOption = False) -> None:
    """Put the public key of somebody who works elsewhere into the directory.

    Example: accord staff key noor.haddad MCowBQ... --as dora.kim
    """
    try:
        fact = KeyEnrolled(staff_id=staff, key=PublicKey(ed25519=public_key))
    except ValidationError as fault:
        raise BadInput(f"the key has {faults_of(fault)}") from None
    _change((fact,), actor, as_json)


@app.command()
def revoke(staff: StaffArgument, actor: SignerOption = None, as_json: JsonOption = False) -> None:
    """Stop believing a person's key, from now on; what she signed before stands."""

    def facts(directory: Directory) -> tuple[Fact, ...]:
        held = [one for one in directory.keys if one.staff_id == staff]
        if not held:
            raise Refused(f"the directory holds no key of {staff}", "Unknown")
        return (KeyRevoked(staff_id=staff, key_id=held[0].key.key_id),)

    _change(facts, actor, as_json)


@app.command()
def leave(staff: StaffArgument, actor: SignerOption = None, as_json: JsonOption = False) -> None:
    """Take a person out of the directory: roles, key and delegations end, what she decided stands."""

    def facts(directory: Directory) -> tuple[Fact, ...]:
        _known(directory, staff)
        return (StaffLeft(staff_id=staff),)

    _change(facts, actor, as_json)


@app.command()
def delegate(
    lender: StaffArgument,
    to: Annotated[str, typer.Option("--to", metavar="STAFF", help="Who may act in the role.")],
    role: Annotated[Role, typer.Option("--role", help="Which of the lender's roles.")],
    until: Annotated[datetime, typer.Option("--until", formats=["%Y-%m-%d"], help="The last day.")],
    since: Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="Else today.")] = None,
    end: Annotated[bool, typer.Option("--end", help="End this delegation before its time.")] = False,
    actor: SignerOption = None,
    as_json: JsonOption = False,
) -> None:
    """Lend a role to another person for a time; the lender's limit goes with it.

    Example: accord staff delegate ana.silva --to rosa.lund --role PROGRAMME_APPROVER --until 2026-12-31 --as dora.kim
    """
    starts = since.date() if since else date.today()  # noqa: DTZ011 - the house's own day
    try:
        lent = Delegation(lender=lender, borrower=to, role=role, starts_on=starts, ends_on=until.date())
    except ValidationError as fault:
        raise BadInput(f"the delegation has {faults_of(fault)}") from None

    def facts(directory: Directory) -> tuple[Fact, ...]:
        _known(directory, lender, to)
        if end:
            return tuple(DelegationEnded(delegation=one) for one in directory.delegations if _same(one, lent))
        return (RoleDelegated(delegation=lent),)

    _change(facts, actor, as_json)


@app.command("list")
def list_staff(as_json: JsonOption = False) -> None:
    """Show who works here: roles, limits, keys, roles lent, and whether the directory is sealed."""
    found = run(_directory())
    if as_json:
        return print_json(found)
    keys = {held.staff_id: held.key.key_id for held in found.keys}
    rows = (
        (m.staff_id, m.name, ", ".join(m.roles), ", ".join(map(str, m.limits)) or "-", keys.get(m.staff_id, "none"))
        for m in found.staff
    )
    out.print(rows_table(("Staff", "Name", "Roles", "Approves up to", "Key"), rows))
    for lent in found.delegations:
        out.print(f"{lent.lender} lends {lent.role} to {lent.borrower}, {lent.starts_on} to {lent.ends_on}")
    out.print(
        "Sealed: every change needs two signatures." if found.sealed else "Not sealed: no director has a key yet."
    )
    if found.disregarded:
        out.print(f"Disregarded, for want of signatures: versions {', '.join(map(str, found.disregarded))}")
    return None


@app.command()
def pending(as_json: JsonOption = False) -> None:
    """Show the changes that wait for another person's confirmation."""
    found = run(_directory()).pending
    if as_json:
        return print_json(list(found))
    if not found:
        out.print("No change waits for a confirmation.")
        return None
    rows = (
        (str(one.change_id), one.signature.statement.actor, "; ".join(_said(fact) for fact in one.changes))
        for one in found
    )
    out.print(rows_table(("Change", "Proposed by", "What"), rows))
    return None


@app.command()
def confirm(change: UUID, actor: ActorOption, as_json: JsonOption = False) -> None:
    """Put a proposed change in force, as a second person.

    Example: accord staff confirm 0b6b1c52-6a0c-5d5e-9d57-0a7c1f7f6b11 --as otto.audit
    """

    async def work() -> int:
        async with open_desk() as desk:
            return len(await confirm_change(desk, change, actor))

    _tell(Changed(run(work())), as_json, "Confirmed; it is in force.")


async def _enrol(desk: Desk, staff: list[str], actor: str | None) -> Changed:
    directory = await desk.directory()
    _known(directory, *staff)
    if directory.sealed and actor is None:
        raise Refused(
            "the directory is sealed: a director or an auditor signs the enrolment (--as), another confirms it"
        )
    facts, made = [], []
    try:
        for name in staff:
            if not desk.keyring.holds(name):
                desk.keyring.make(name)
                made.append(name)
            facts.append(KeyEnrolled(staff_id=name, key=desk.keyring.public(name)))
        held = {(one.staff_id, one.key.key_id) for one in directory.keys}
        new = tuple(fact for fact in facts if (fact.staff_id, fact.key.key_id) not in held)
        return await change_directory(desk, new, actor)
    except (Refused, KeyExists):
        for name in made:
            desk.keyring.discard(name)
        raise


def _change(facts: Any, actor: str | None, as_json: bool) -> None:
    async def work() -> Changed:
        async with open_desk() as desk:
            wanted = facts(await desk.directory()) if callable(facts) else facts
            return await change_directory(desk, wanted, actor)

    _tell(run(work()), as_json, "Done.")


async def _directory() -> Directory:
    async with open_desk() as desk:
        return await desk.directory()


def _known(directory: Directory, *names: str) -> None:
    if unknown := [name for name in names if directory.person(name) is None]:
        raise Refused(
            f"{', '.join(unknown)} not in the staff directory; `accord directory load` enters people", "Unknown"
        )


def _same(one: Delegation, other: Delegation) -> bool:
    return (one.lender, one.borrower, one.role) == (other.lender, other.borrower, other.role)


def _said(fact: Fact) -> str:
    concerned = ", ".join(sorted(people_of(fact)))
    return f"{fact.event_type} {concerned}".strip()


def _tell(changed: Changed, as_json: bool, done: str) -> None:
    if as_json:
        return print_json(
            {"changed": changed.number, "change_id": str(changed.change_id) if changed.change_id else None}
        )
    if changed.change_id is None:
        out.print(done if changed.number else "Nothing to change; it stands already.")
        return None
    return print_proposed(changed)


def print_proposed(changed: Changed) -> None:
    """Say that a change waits, and how another person puts it in force."""
    many = "1 change" if changed.number == 1 else f"{changed.number} changes"
    out.print(f"Proposed: {many}. Next, by another director or auditor:")
    out.print(f"  accord staff confirm {changed.change_id} --as STAFF", soft_wrap=True)
