"""The changes of the directory in the shell: made, told in words, and left to a second person to confirm."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from accord.cli.options import decider, run
from accord.cli.organisation.staffing import require_no_work_left
from accord.cli.printing.output import out, print_json
from accord.client.desk import open_desk
from accord.organisation.governance import (
    DirectoryChange,
    change_directory,
)
from accord.presentation.faults import Refused
from accord.presentation.numbers import count_in_words
from accord.presentation.words.organisation.directory import passkey_in_words, rules_in_words
from domain.directory.directory import Directory
from domain.directory.people import (
    ApiTokenEnrolled,
    ApiTokenRevoked,
    DelegationEnded,
    EndpointEnrolled,
    EndpointRevoked,
    EpochBegun,
    EventSetAside,
    Fact,
    FunderRegistered,
    HouseRulesSet,
    KeyEnrolled,
    KeyRevoked,
    LossAccepted,
    RoleDelegated,
    StaffLeft,
    StaffRegistered,
)
from domain.signatures.passkeys import PasskeyKey

StaffArgument = Annotated[str, typer.Argument(metavar="STAFF", help="An id of the staff directory.")]
SignerOption = Annotated[
    str | None,
    typer.Option("--as", metavar="STAFF", envvar="ACCORD_AS", help="Who signs, once the directory is sealed."),
]


def change_and_print(
    facts: Any, actor: str | None, as_json: bool, emergency: bool = False, anyway: bool = False
) -> None:
    """Have facts recorded in the directory, and print the outcome. `facts`: or a function that makes them of it."""

    async def work() -> DirectoryChange:
        async with open_desk(decider(emergency)) as desk:
            changes = facts(await desk.directory()) if callable(facts) else facts
            await require_no_work_left(desk, changes, anyway)
            return await change_directory(desk, changes, actor)

    print_changed(run(work()), as_json, "Done.")


async def read_directory() -> Directory:
    """Return the directory."""
    async with open_desk() as desk:
        return await desk.directory()


def require_on_record(directory: Directory, *names: str) -> None:
    """Raise Refused if the directory holds no person of a name."""
    if unknown := [name for name in names if directory.person(name) is None]:
        raise Refused(
            f"{', '.join(unknown)} is not in the staff directory; `accord directory load` enters people", "Unknown"
        )


def fact_in_words(fact: Fact) -> str:
    """Return a change in words, with everything that the person who confirms it must know."""
    match fact:
        case StaffRegistered(member=member):
            limits = f", up to {', '.join(map(str, member.limits))}" if member.limits else ""
            return f"{member.staff_id} ({member.name}) as {', '.join(member.roles)}{limits}"
        case KeyEnrolled(staff_id=staff_id, key=public):
            passkey_text = f" ({passkey_in_words(public)})" if isinstance(public, PasskeyKey) else ""
            return f"key {public.key_id} of {staff_id}{passkey_text}"
        case RoleDelegated(delegation=delegation):
            return (
                f"{delegation.lender} lends {delegation.role} to {delegation.borrower}, {delegation.starts_on} to"
                f" {delegation.ends_on}"
            )
        case DelegationEnded(delegation=delegation):
            return f"{delegation.lender} no longer lends {delegation.role} to {delegation.borrower}"
        case FunderRegistered(funder=funder):
            return f"funder {funder.funder_id} ({funder.name}), {funder.profile}, account {funder.account}"
        case HouseRulesSet(rules=rules):
            return f"rules: {'; '.join(rules_in_words(rules))}"
        case StaffLeft(staff_id=staff_id):
            return f"{staff_id} leaves"
        case KeyRevoked(staff_id=staff_id, key_id=key_id):
            return f"key {key_id} of {staff_id} is revoked"
        case EpochBegun(log=log, position=position, root=root):
            return f"epoch {log.epoch} of {log.origin} begins after event {position}, whose root is {root}"
        case LossAccepted(partnership_id=partnership_id, version=version, lost=losses):
            return (
                f"{partnership_id} goes on from version {version}, without {', '.join(losses)}, which the ledger forgot"
            )
        case EventSetAside(position=position, freezes=freezes):
            addition = f", and {', '.join(freezes)} may not act until it is judged anew" if freezes else ""
            return f"event {position} of the ledger counts for nothing{addition}"
        case EndpointEnrolled() | EndpointRevoked() | ApiTokenEnrolled() | ApiTokenRevoked():
            return _reader_in_words(fact)


def _reader_in_words(fact: EndpointEnrolled | EndpointRevoked | ApiTokenEnrolled | ApiTokenRevoked) -> str:
    """Return in words who reads from outside: an endpoint of webhooks, or the holder of a token."""
    match fact:
        case EndpointEnrolled(endpoint=endpoint):
            return (
                f"endpoint {endpoint.name}: {', '.join(endpoint.hears)} after event {endpoint.after} to {endpoint.url},"
                f" until {endpoint.last_day}, with secret {endpoint.sha256[:12]}"
            )
        case EndpointRevoked(endpoint_name=name, endpoint_sha256=digest):
            return f"endpoint {name} with secret {digest[:12]} is revoked"
        case ApiTokenEnrolled(token=token):
            scopes = ", ".join(token.scopes)
            cosigns = f", and cosigns with {token.witness}" if token.witness else ""
            return f"token {token.token_id} for {token.holder}: {scopes}, until {token.last_day}{cosigns}"
        case ApiTokenRevoked(token_id=token_id):
            return f"token {token_id} is revoked"


def print_changed(change: DirectoryChange, as_json: bool, message: str) -> None:
    """Print the outcome of a change to the directory: `message` if it is in force, else that it waits or is empty."""
    if as_json:
        return print_json({"changed": change.number, "change_id": str(change.change_id) if change.change_id else None})
    if change.change_id is None:
        out.print(message if change.number else "Nothing to change; it stands already.")
        return None
    return print_proposed(change)


def print_proposed(change: DirectoryChange) -> None:
    """Print a waiting change, and the command with which another person confirms it."""
    out.print(f"Proposed: {count_in_words(change.number, 'change')}. Next, by another director or auditor:")
    out.print(f"  accord staff confirm {change.change_id} --as STAFF", soft_wrap=True)
