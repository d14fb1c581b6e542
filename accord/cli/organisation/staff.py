"""Shell commands on staff: keys, delegations, departures, and the confirmation of changes by a second person."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime
from typing import Annotated, Any, Final
from uuid import UUID

import typer
from pydantic import TypeAdapter, ValidationError

from accord.cli.options import ActorOption, EmergencyOption, FileArgument, JsonOption, decider, run
from accord.cli.organisation.staffing import AnywayOption, require_no_work_left
from accord.cli.printing.output import out, print_json, rows_table
from accord.client.desk import Desk, local_keyring, open_desk
from accord.organisation.governance import (
    DirectoryChange,
    change_directory,
    confirm_change,
    signal_affected_partnerships,
)
from accord.presentation.faults import BadInput, Refused
from accord.presentation.input_files import line_of, lines_of, read_file
from domain.directory.directory import Directory
from domain.directory.people import (
    Delegation,
    DelegationEnded,
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
from domain.directory.tiers import HouseRules, Role
from domain.passkeys import PasskeyKey
from domain.signing import PublicKey
from domain.values import StaffId
from ledger import clock
from records.keys.keyring import KeyFolderUnusable, KeyUnusable

app = typer.Typer(no_args_is_help=True, help="Staff: keys, roles lent for a time, and changes that two people sign.")

SPKI_PREFIX: Final = "MCowBQYDK2VwAyEA"
"""The base64 prefix of an Ed25519 public key in a PEM file (RFC 8410)."""

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
    """Make a signing key for each person on this machine, and enter the public half in the directory.

    The private half stays in the key folder ($ACCORD_KEYS, else keys/ in the data folder), encrypted with the
    passphrase in $ACCORD_KEY_PASSPHRASE if that is set. Once a director has a key the directory is sealed: a director
    or an auditor must sign each change (--as) and another must confirm it.

    Example: accord staff enrol pia.berg vera.lind
    """

    async def work() -> DirectoryChange:
        async with open_desk() as desk:
            return await _enrol(desk, staff, actor)

    print_changed(run(work()), as_json, f"Enrolled: {', '.join(staff)}.")


@app.command()
def make(staff: StaffArgument, as_json: JsonOption = False) -> None:
    """Make a person's key on this machine, unless there is one, and print the public half to enter in the directory.

    Example: accord staff make noor.haddad, then elsewhere: accord staff key noor.haddad KEY --as dora.kim
    """
    _require_name(staff)
    keyring = local_keyring()
    public = _usable(lambda: keyring.public(staff) if keyring.holds(staff) else keyring.make(staff))
    if as_json:
        return print_json({"staff_id": staff, "key_id": public.key_id, "ed25519": public.ed25519})
    return out.print(f"{public.key_id}  {public.ed25519}", soft_wrap=True)


@app.command()
def key(
    staff: StaffArgument,
    public_key: Annotated[str, typer.Argument(metavar="KEY", help="Their Ed25519 public key: 32 bytes in base64.")],
    actor: SignerOption = None,
    as_json: JsonOption = False,
) -> None:
    """Enter in the directory a public key that `accord staff make` printed on another machine.

    Example: accord staff key noor.haddad 11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo= --as dora.kim
    """
    try:
        public = PublicKey(ed25519=public_key.removeprefix(SPKI_PREFIX))
    except ValidationError:
        raise BadInput("KEY is not an Ed25519 public key; give its 32 bytes as 44 characters of base64") from None
    try:
        fact = KeyEnrolled(staff_id=staff, key=public)
    except ValidationError as fault:
        raise BadInput(lines_of(fault)) from None

    def facts(directory: Directory) -> tuple[Fact, ...]:
        _known(directory, staff)
        return () if directory.key(staff, public.key_id) else (fact,)

    _change(facts, actor, as_json)


@app.command()
def passkey(file: FileArgument, actor: SignerOption = None, as_json: JsonOption = False) -> None:
    """Enter in the directory a passkey that its owner made on the console's page (/enrol/STAFF).

    Ask its owner for the key's id first, by a way that you trust: it is printed here. The id is what the page told
    them, so let them enrol at a console that you trust as well. Their other keys stay in force.
    Example: accord staff passkey noor.haddad.passkey.json --as dora.kim
    """
    from accord.organisation.passkeys import Registration, passkey_of, word_on

    registration = read_file(file, Registration)
    public = passkey_of(registration)
    if not as_json:
        out.print(f"{public.key_id}  {describe_passkey(public)}", soft_wrap=True, markup=False)

    def facts(directory: Directory) -> tuple[Fact, ...]:
        _known(directory, registration.staff_id)
        models = directory.rules.models if directory.rules is not None else ()
        if models and not as_json:
            out.print(word_on(registration.staff_id, public, models), soft_wrap=True, markup=False)
        # How it was made goes on record where models are listed: else nobody ever looks at it.
        key = public if models else public.model_copy(update={"made": None})
        return (
            ()
            if directory.key(registration.staff_id, key.key_id)
            else (KeyEnrolled(staff_id=registration.staff_id, key=key),)
        )

    _change(facts, actor, as_json)


@app.command()
def revoke(
    staff: StaffArgument,
    key_id: Annotated[
        str | None, typer.Option("--key", metavar="ID", help="Which of their keys; needed if they have several.")
    ] = None,
    compromised_since: Annotated[
        datetime | None,
        typer.Option(
            "--compromised-since",
            formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M"],
            help="For cause: from when on (UTC) others may have used it. What was recorded with it since then falls.",
        ),
    ] = None,
    actor: SignerOption = None,
    emergency: EmergencyOption = False,
    as_json: JsonOption = False,
) -> None:
    """Revoke a person's key. Their earlier signatures remain valid, except those recorded since --compromised-since.

    Example: accord staff revoke femi.ade --compromised-since 2026-11-20T09:00 --as dora.kim
    """
    since = compromised_since.replace(tzinfo=UTC) if compromised_since is not None else None
    if since is not None and since > clock.now():
        raise BadInput(
            f"--compromised-since {since:%Y-%m-%d %H:%M} lies ahead; name the time from which it is in doubt"
        )

    def facts(directory: Directory) -> tuple[Fact, ...]:
        return (KeyRevoked(staff_id=staff, key_id=_one_key(directory, staff, key_id), compromised_since=since),)

    _change(facts, actor, as_json, emergency)


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
        _known(directory, staff)
        return (StaffLeft(staff_id=staff),)

    _change(facts, actor, as_json, emergency, anyway)


@app.command()
def delegate(
    lender: StaffArgument,
    to: Annotated[str, typer.Option("--to", metavar="STAFF", help="Who may act in the role.")],
    role: Annotated[Role, typer.Option("--role", help="Which of the lender's roles.")],
    until: Annotated[
        datetime | None, typer.Option("--until", formats=["%Y-%m-%d"], help="The last day; needed unless --end.")
    ] = None,
    since: Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="Else today.")] = None,
    end: Annotated[bool, typer.Option("--end", help="End this delegation before its time.")] = False,
    actor: SignerOption = None,
    anyway: AnywayOption = False,
    as_json: JsonOption = False,
) -> None:
    """Lend a role to another person for a time, with the lender's approval limits. --end ends it early.

    Example: accord staff delegate ana.silva --to rosa.lund --role PROGRAMME_APPROVER --until 2026-12-31 --as dora.kim
    """
    if end:
        return _change(lambda directory: _ended(directory, lender, to, role), actor, as_json, anyway=anyway)
    if until is None:
        raise BadInput("say until when the role is lent: --until 2026-12-31")
    starts = since.date() if since else date.today()  # noqa: DTZ011 - the organisation's own day
    try:
        delegation = Delegation(lender=lender, borrower=to, role=role, starts_on=starts, ends_on=until.date())
    except ValidationError as fault:
        raise BadInput(lines_of(fault)) from None
    return _change(lambda directory: _lent(directory, delegation), actor, as_json)


def _lent(directory: Directory, delegation: Delegation) -> tuple[Fact, ...]:
    _known(directory, delegation.lender, delegation.borrower)
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
    directory = run(_directory())
    if as_json:
        return print_json(directory)
    keys = {
        m.staff_id: [held_key.key.key_id for held_key in directory.keys if held_key.staff_id == m.staff_id]
        for m in directory.staff
    }
    rows = (
        (
            m.staff_id,
            m.name,
            ", ".join(m.roles),
            ", ".join(map(str, m.limits)) or "-",
            ", ".join(keys[m.staff_id]) or "none",
        )
        for m in directory.staff
    )
    out.print(rows_table(("Staff", "Name", "Roles", "Approves up to", "Keys"), rows))
    for delegation in directory.delegations:
        out.print(
            f"{delegation.lender} lends {delegation.role} to {delegation.borrower}, {delegation.starts_on} to "
            f"{delegation.ends_on}"
        )
    out.print(
        "Sealed: every change needs two signatures." if directory.sealed else "Not sealed: no director has a key yet."
    )
    if directory.disregarded:
        out.print(
            f"Disregarded, since they lack a signature or break a rule: versions {_listed(directory.disregarded)}"
        )
    for event in directory.unreadable:
        out.print(f"Disregarded: {event.reason}", markup=False, soft_wrap=True)
    for member in directory.staff:
        if why := directory.freezing(member.staff_id):
            out.print(why, markup=False, soft_wrap=True)
    return None


def _listed(numbers: Iterable[int]) -> str:
    return ", ".join(map(str, numbers))


@app.command()
def pending(as_json: JsonOption = False) -> None:
    """List the changes to the directory that wait for another person's confirmation."""
    changes = run(_directory()).pending
    if as_json:
        return print_json(list(changes))
    if not changes:
        out.print("No change waits for a confirmation.")
        return None
    rows = (
        (str(change.change_id), change.signature.statement.actor, "; ".join(_said(fact) for fact in change.changes))
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


async def _enrol(desk: Desk, staff: list[str], actor: str | None) -> DirectoryChange:
    directory = await desk.directory()
    _known(directory, *staff)
    if directory.sealed and actor is None:
        raise Refused(
            "the directory is sealed: a director or an auditor signs the enrolment (--as), another confirms it"
        )
    new_names = [name for name in staff if not desk.keyring.holds(name)]
    try:
        for name in new_names:
            _usable(lambda: desk.keyring.make(name))  # noqa: B023 - called at once
        facts = [KeyEnrolled(staff_id=name, key=_usable(lambda: desk.keyring.public(name))) for name in staff]  # noqa: B023
        enrolments = {(held_key.staff_id, held_key.key.key_id) for held_key in directory.keys}
        new = tuple(fact for fact in facts if (fact.staff_id, fact.key.key_id) not in enrolments)
        return await change_directory(desk, new, actor)
    except (Refused, BadInput):  # but not Unreachable: after an outage the keys may be enrolled already
        for name in new_names:
            desk.keyring.discard(name)
        raise


def _require_name(staff: str) -> None:
    """Raise BadInput unless a name can be an id in the directory. The key's file is named after it."""
    try:
        TypeAdapter(StaffId).validate_python(staff)
    except ValidationError as fault:
        raise BadInput("; ".join(f"STAFF: {line_of(error)}" for error in fault.errors())) from None


def _one_key(directory: Directory, staff: str, key_id: str | None) -> str:
    """Return the id of the key of a person that is meant. Raises Refused if there is none, or it is not clear which."""
    key_ids = [held_key.key.key_id for held_key in directory.keys if held_key.staff_id == staff]
    if not key_ids or (key_id is not None and key_id not in key_ids):
        raise Refused(f"the directory holds no key {key_id or ''} of {staff}".replace("  ", " "), "Unknown")
    if key_id is None and len(key_ids) > 1:
        raise BadInput(f"--key: {staff} has {', '.join(key_ids)}; name the one that is revoked")
    return key_id or key_ids[0]


def _usable(use: Callable[[], PublicKey]) -> PublicKey:
    """Return the public key from `use`. Raise Refused or BadInput, with the remedy, if the key cannot be used."""
    try:
        return use()
    except KeyUnusable as fault:
        remedy = "set ACCORD_KEY_PASSPHRASE to its passphrase, or unset it where it has none"
        raise Refused(f"{fault}; {remedy}", "NotSigned") from fault
    except KeyFolderUnusable as fault:
        raise BadInput(f"{fault}; set ACCORD_KEYS to a folder of yours") from fault


def _change(facts: Any, actor: str | None, as_json: bool, emergency: bool = False, anyway: bool = False) -> None:
    async def work() -> DirectoryChange:
        async with open_desk(decider(emergency)) as desk:
            changes = facts(await desk.directory()) if callable(facts) else facts
            await require_no_work_left(desk, changes, anyway)
            return await change_directory(desk, changes, actor)

    print_changed(run(work()), as_json, "Done.")


async def _directory() -> Directory:
    async with open_desk() as desk:
        return await desk.directory()


def _known(directory: Directory, *names: str) -> None:
    if unknown := [name for name in names if directory.person(name) is None]:
        raise Refused(
            f"{', '.join(unknown)} is not in the staff directory; `accord directory load` enters people", "Unknown"
        )


def _said(fact: Fact) -> str:
    """Return a change in words, with everything that the person who confirms it must know."""
    match fact:
        case StaffRegistered(member=member):
            limits = f", up to {', '.join(map(str, member.limits))}" if member.limits else ""
            return f"{member.staff_id} ({member.name}) as {', '.join(member.roles)}{limits}"
        case KeyEnrolled(staff_id=staff_id, key=public):
            passkey_text = f" ({describe_passkey(public)})" if isinstance(public, PasskeyKey) else ""
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
            return f"rules: {'; '.join(_rules_said(rules))}"
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


def describe_passkey(key: PasskeyKey) -> str:
    """Return the facts on a passkey that a guardian must know, in words."""
    binding = "bound to its device" if key.device_bound else "it may be copied to other devices"
    return f"{key.name}, {binding}, for {key.origin}"


def _rules_said(rules: HouseRules) -> Iterator[str]:
    """Yield every rule in words: also those that are off, since a change may have turned them off."""
    for tier in rules.tiers:
        yield f"{tier.currency} to {tier.up_to or 'any sum'}: {', '.join(tier.quorum)}"
    yield f"cooling-off {rules.cooling_off_days} days"
    yield f"a second person {'signs' if rules.second_at_hand_over else 'does not sign'} before a file is handed over"
    yield f"a file {'waits' if rules.stop_without_balance else 'does not wait'} for money on the account"
    yield f"the banks' days end at {rules.bank_offset or '+00:00'} from UTC"
    yield f"keys bound to their device: {', '.join(rules.device_bound) or 'nobody needs one'}"
    yield f"such keys are bound {'as their makers attest' if rules.attested_only else 'by their own word'}"
    for model in rules.models:
        yield f"key model {model.name} ({model.aaguid}), roots with SHA-256 {', '.join(model.fingerprints)}"
    yield f"objectives: {', '.join(objective.code for objective in rules.objectives) or 'none'}"


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
    many = "1 change" if change.number == 1 else f"{change.number} changes"
    out.print(f"Proposed: {many}. Next, by another director or auditor:")
    out.print(f"  accord staff confirm {change.change_id} --as STAFF", soft_wrap=True)


def register(outer: typer.Typer) -> None:
    """Add the commands of this module to `accord`."""
    outer.add_typer(app, name="staff")
