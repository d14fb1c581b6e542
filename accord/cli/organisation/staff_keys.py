"""Shell commands on the keys of staff: a key file or a passkey is made, enrolled and revoked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Final

import typer
from pydantic import TypeAdapter, ValidationError

from accord.cli.options import EmergencyOption, FileArgument, JsonOption, run
from accord.cli.organisation.changes import (
    SignerOption,
    StaffArgument,
    change_and_print,
    print_changed,
    require_on_record,
)
from accord.cli.printing.output import out, print_json
from accord.client.desk import Desk, local_keyring, open_desk
from accord.organisation.governance import (
    DirectoryChange,
    change_directory,
)
from accord.presentation.faults import BadInput, Refused
from accord.presentation.input_files import line_of, lines_of, read_file
from accord.presentation.words.organisation.directory import passkey_in_words
from domain.directory.directory import Directory
from domain.directory.people import (
    Fact,
    KeyEnrolled,
    KeyRevoked,
)
from domain.signatures.signing import PublicKey
from domain.values import StaffId
from ledger import clock
from records.keys.keyring import KeyFolderUnusable, KeyUnusable

SPKI_PREFIX: Final = "MCowBQYDK2VwAyEA"
"""The base64 prefix of an Ed25519 public key in a PEM file (RFC 8410)."""


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
        require_on_record(directory, staff)
        return () if directory.key(staff, public.key_id) else (fact,)

    change_and_print(facts, actor, as_json)


def passkey(file: FileArgument, actor: SignerOption = None, as_json: JsonOption = False) -> None:
    """Enter in the directory a passkey that its owner made on the console's page (/enrol/STAFF).

    Ask its owner for the key's id first, by a way that you trust: it is printed here. The id is what the page told
    them, so let them enrol at a console that you trust as well. Their other keys stay in force.
    Example: accord staff passkey noor.haddad.PK-ABCDEFGHIJKLMNOP.passkey.json --as dora.kim
    """
    from accord.organisation.passkeys import Registration, passkey_of, word_on

    registration = read_file(file, Registration)
    public = passkey_of(registration)
    if not as_json:
        out.print(f"{public.key_id}  {passkey_in_words(public)}", soft_wrap=True, markup=False)

    def facts(directory: Directory) -> tuple[Fact, ...]:
        require_on_record(directory, registration.staff_id)
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

    change_and_print(facts, actor, as_json)


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

    change_and_print(facts, actor, as_json, emergency)


async def _enrol(desk: Desk, staff: list[str], actor: str | None) -> DirectoryChange:
    directory = await desk.directory()
    require_on_record(directory, *staff)
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


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module to a group."""
    app.command()(enrol)
    app.command()(make)
    app.command()(key)
    app.command()(passkey)
    app.command()(revoke)
