"""The forms of the directory: what each asks about a person, and the facts that it makes of the answers."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from accord.console.deciding.fields import Field, Typed, plain, said
from accord.console.organisation.enrolments import key_told, without_making
from accord.console.organisation.fault_words import faults_in_words
from accord.console.serving.desk import Console
from accord.organisation.passkeys import Registration, passkey_of
from accord.presentation.faults import BadInput
from accord.presentation.input_files import places_of
from accord.presentation.sums import read_sum
from accord.presentation.times.moments import moment_of
from accord.presentation.words.codes import words_of
from accord.presentation.words.days import day_in_words
from accord.presentation.words.organisation.directory import passkey_in_words
from accord.presentation.words.values import NamesInWords
from domain.directory.directory import GUARDIANS, Directory
from domain.directory.people import (
    Delegation,
    DelegationEnded,
    Fact,
    KeyEnrolled,
    KeyRevoked,
    RoleDelegated,
    StaffLeft,
    StaffMember,
    StaffRegistered,
)
from domain.directory.tiers import Role
from domain.signatures.passkeys import PasskeyKey
from ledger import clock

Facts = tuple[Fact, ...]

ANYWAY: Final = Field("anyway", "Although nobody could do that work then", kind="tick")
_ROLES: Final = Field(
    "roles", "Roles", kind="choices",
    choices=tuple((role.value, words_of(role) + (", a guardian" if role in GUARDIANS else "")) for role in Role),
)  # fmt: skip
_NAME: Final = Field("name", "Name", kind="line")
_LIMITS: Final = Field(
    "limits", "May approve up to", "A sum for each currency, such as USD 20,000.00; empty for any sum.", "line"
)
_TOLD: Final = Field(
    "key", "The id of their passkey, as they tell it to you", "PK- and sixteen letters and digits: ask them by voice.",
    "line", fills=("passkey",),
)  # fmt: skip
_FILE: Final = Field("file", "Or the content of the file that they handed to you", fills=("staff_id", "client_data"))


@dataclass(frozen=True, slots=True)
class PersonForm:
    """A change of the directory that is about one person."""

    slug: str
    words: str
    fields: Callable[[Directory, StaffMember], tuple[Field, ...]]
    facts: Callable[[Console, Directory, StaffMember, Typed], Awaitable[Facts]]
    lead: str
    suits: Callable[[Directory, StaffMember], bool] = lambda directory, member: True
    """True for a person of whom this can be asked."""


NEW_PERSON: Final = (
    Field("staff_id", "Their id", "Small letters, such as amara.okello, as they sign in.", "line"),
    _NAME, _ROLES, _LIMITS,
    Field("key", "The id of their passkey, if they made one", "As they tell it to you, by voice.", "line"),
)  # fmt: skip


async def new_person(console: Console, directory: Directory, answers: Typed) -> Facts:
    """Return the facts that enter a person, with their passkey if its id is told. Raises BadInput for a wrong field."""
    staff_id = said(answers, "staff_id")
    if directory.person(staff_id) is not None:
        raise BadInput(f"staff_id: the directory holds {staff_id} already; change their roles on their page")
    member = member_of(staff_id, answers)
    if not (told := said(answers, "key")):
        return (StaffRegistered(member=member),)
    key = await key_told(console, staff_id, told)
    return (StaffRegistered(member=member), KeyEnrolled(staff_id=staff_id, key=key))


def member_of(staff_id: str, answers: Typed) -> StaffMember:
    """Return the person that answers describe. Raises BadInput for a wrong field."""
    roles = [plain(role) for role in answers.get("roles", ())]
    content = {"staff_id": staff_id, "name": said(answers, "name"), "roles": roles, "limits": _limits(answers)}
    member: StaffMember = _valid(StaffMember, content)
    return member


def _valid(model: Any, content: Mapping[str, Any]) -> Any:
    try:
        return TypeAdapter(model).validate_python(content)
    except ValidationError as wrong:
        raise BadInput(faults_in_words(wrong)) from None


def _limits(answers: Typed) -> list[dict[str, str]]:
    limits = []
    for text in filter(None, re.split(r"\s*(?:;|\band\b|,\s)\s*", said(answers, "limits"))):
        currency = text[:3].upper()
        try:
            limits.append({"currency": currency, "amount": read_sum(text[3:], currency, places_of(currency))})
        except BadInput as fault:
            raise BadInput(f"limits: {fault}; write USD 20,000.00") from None
    return limits


def answers_of(member: StaffMember) -> dict[str, list[str]]:
    """Return the content of the form of a person before anybody typed."""
    limits = "; ".join(f"{limit.currency} {limit.amount:,.2f}" for limit in member.limits)
    return {"name": [member.name], "roles": [role.value for role in member.roles], "limits": [limits]}


async def _changed(console: Console, directory: Directory, member: StaffMember, answers: Typed) -> Facts:
    changed = member_of(member.staff_id, answers)
    same = set(changed.roles) == set(member.roles)
    changed = changed.model_copy(update={"roles": member.roles}) if same else changed
    return (StaffRegistered(member=changed),) if changed != member else ()


async def _left(console: Console, directory: Directory, member: StaffMember, answers: Typed) -> Facts:
    return (StaffLeft(staff_id=member.staff_id),)


def _lending(directory: Directory, member: StaffMember) -> tuple[Field, ...]:
    people = sorted((other for other in directory.staff if other != member), key=lambda other: other.name)
    return (
        Field("role", "Role", kind="choice", choices=tuple((role.value, words_of(role)) for role in member.roles)),
        Field("borrower", "To", kind="choice", choices=tuple((other.staff_id, other.name) for other in people)),
        Field("starts_on", "From", kind="day"),
        Field("ends_on", "To the end of", kind="day"),
    )


async def _lent(console: Console, directory: Directory, member: StaffMember, answers: Typed) -> Facts:
    content = {name: said(answers, name) for name in ("role", "borrower", "ends_on")}
    starts = said(answers, "starts_on") or str(clock.today())
    loan = _valid(Delegation, {**content, "lender": member.staff_id, "starts_on": starts})
    if loan.role not in member.roles or directory.person(loan.borrower) is None:
        raise BadInput("role: choose a role that they hold, and somebody of the directory")
    return (RoleDelegated(delegation=loan),) if loan not in directory.delegations else ()


def _loans(directory: Directory, member: StaffMember) -> list[Delegation]:
    return [loan for loan in directory.delegations if loan.lender == member.staff_id]


def _loan_fields(directory: Directory, member: StaffMember) -> tuple[Field, ...]:
    names = NamesInWords(directory)
    choices = tuple(
        (str(place), f"{words_of(loan.role)} to {names.person(loan.borrower)}, until {day_in_words(loan.ends_on)}")
        for place, loan in enumerate(_loans(directory, member))
    )
    return (Field("loan", "Which", kind="choice", choices=choices), ANYWAY)


async def _called_back(console: Console, directory: Directory, member: StaffMember, answers: Typed) -> Facts:
    loans = {str(place): loan for place, loan in enumerate(_loans(directory, member))}
    if said(answers, "loan") not in loans:
        raise BadInput("loan: choose one of those that are lent")
    return (DelegationEnded(delegation=loans[said(answers, "loan")]),)


async def _entered(console: Console, directory: Directory, member: StaffMember, answers: Typed) -> Facts:
    key = await _passkey(console, member, answers)
    if directory.key(member.staff_id, key.key_id) is not None:
        return ()
    return (KeyEnrolled(staff_id=member.staff_id, key=key),)


async def _passkey(console: Console, member: StaffMember, answers: Typed) -> PasskeyKey:
    told = said(answers, "key")
    if not told:
        raise BadInput("key: ask them for the id of their passkey, and type it; what does not match is not theirs")
    if not said(answers, "file"):
        return await key_told(console, member.staff_id, told)
    try:
        registration = Registration.model_validate_json(said(answers, "file"))
    except ValidationError:
        raise BadInput("file: this is not the file that the page made; paste all of it") from None
    key = passkey_of(registration)
    if (registration.staff_id, key.key_id) != (member.staff_id, told.upper().replace(" ", "")):
        raise BadInput("file: it holds another passkey than the one whose id they told; enter nothing that differs")
    return await without_making(console, key)


def _keys(directory: Directory, member: StaffMember) -> tuple[tuple[str, str], ...]:
    keys = (held_key.key for held_key in directory.keys if held_key.staff_id == member.staff_id)
    return tuple(
        (key.key_id, f"{key.key_id}, {passkey_in_words(key) if isinstance(key, PasskeyKey) else 'a key file'}")
        for key in keys
    )


def _key_fields(directory: Directory, member: StaffMember) -> tuple[Field, ...]:
    since = "For cause alone: day and time (UTC), such as 2026-11-20T09:00. What was recorded with it since then falls."
    return (
        Field("key_id", "Which", kind="choice", choices=_keys(directory, member)),
        Field("since", "Others may have used it since", since, "line", fills=("compromised_since",)),
    )


async def _revoked(console: Console, directory: Directory, member: StaffMember, answers: Typed) -> Facts:
    key_id = said(answers, "key_id")
    if directory.key(member.staff_id, key_id) is None:
        raise BadInput("key_id: choose one of their keys")
    since = _since(said(answers, "since"))
    return (KeyRevoked(staff_id=member.staff_id, key_id=key_id, compromised_since=since),)


def _since(text: str) -> datetime | None:
    since = moment_of(text or None, "since")
    if since is not None and since > clock.now():
        raise BadInput("since: this lies ahead; name the time from which it is in doubt")
    return since


FORMS: Final = (
    PersonForm("roles", "Change roles", lambda *_: (_NAME, _ROLES, _LIMITS, ANYWAY), _changed,
               "What is ticked is what they hold then."),
    PersonForm("passkey", "Enter a passkey", lambda *_: (_TOLD, _FILE), _entered,
               "They make it on a page of their own, and tell you its id by voice. What you type must be the id of a "
               "passkey that waits here, or of the file."),
    PersonForm("revoke", "Revoke a key", _key_fields, _revoked, "What was signed with it before stays, but for cause.",
               lambda directory, member: bool(_keys(directory, member))),
    PersonForm("lend", "Lend a role", _lending, _lent, "For a time, both days included, with their limits."),
    PersonForm("call-back", "End a loan", _loan_fields, _called_back, "The role is theirs alone again.",
               lambda directory, member: bool(_loans(directory, member))),
    PersonForm("leave", "They leave", lambda *_: (ANYWAY,), _left,
               "Their roles, keys and loans of roles end. What they decided stays. Who comes back makes a new key."),
)  # fmt: skip
"""What can be changed about a person, the most usual first."""

BY_SLUG: Final[Mapping[str, PersonForm]] = {form.slug: form for form in FORMS}


def offered(directory: Directory, member: StaffMember) -> Sequence[PersonForm]:
    """Return the changes that can be made of a person."""
    return [form for form in FORMS if form.suits(directory, member)]
