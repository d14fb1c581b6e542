"""Pages on people: the directory, a person with their keys, and the forms of what two guardians sign about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from accord.console.deciding.fields import Typed
from accord.console.organisation.enrolments import unentered, waiting_enrolments
from accord.console.organisation.people_forms import (
    ANYWAY,
    BY_SLUG,
    NEW_PERSON,
    PersonForm,
    answers_of,
    new_person,
    offered,
)
from accord.console.organisation.preparing import (
    ActPage,
    act_page,
    given,
    to_sign,
    waiting_change,
    waiting_confirmation,
)
from accord.console.pages.tables import handed_out, people_rows
from accord.console.pages.times import Times
from accord.console.serving.desk import Console
from accord.organisation.staffing import shortage_after, takes_away
from accord.presentation import sheets
from accord.presentation.faults import BadInput, Refused
from accord.presentation.words.codes import words_of
from accord.presentation.words.days import day_in_words
from accord.presentation.words.organisation.directory import PROFILES, changes_in_words, passkey_in_words
from accord.presentation.words.values import NamesInWords, listed, money_in_words
from accord.web.pages import page, problem
from domain.directory.directory import GUARDIANS, Directory
from domain.directory.people import DirectoryChangeProposed, Fact, StaffMember
from domain.directory.sealing import pending_change, people_of
from domain.directory.tiers import Role
from domain.partnership.state import Partnership
from domain.signatures.passkeys import PasskeyKey
from domain.streams import StreamId
from ledger.projections import ReadModel
from records.read_models.partnerships import PARTNERSHIPS

_WHO = "Two guardians, directors or auditors, sign each change: one proposes it, and another confirms it."
APPROVERS: Final = frozenset({Role.PROGRAMME_APPROVER, Role.FINANCE_APPROVER, Role.DIRECTOR})
"""The roles whose holders approve sums."""
TO_PEOPLE: Final = (("All people", "/people"),)


class PersonLine(NamedTuple):
    """A person, as the list of people shows them."""

    staff_id: str
    name: str
    roles: str
    limits: str
    """The sums up to which they approve, or '' if they approve none."""
    keys: int
    lent: str


class WaitingWords(NamedTuple):
    """A change that waits for a second guardian, in words."""

    change_id: str
    sentences: tuple[str, ...]
    proposer: str
    proposed_on: str
    closed: str
    """The reason why the reader may not confirm it, or ''."""


async def listing(request: Request) -> Response:
    """Show the people of the directory, and the changes that wait for a second guardian."""
    console: Console = request.app.state.console
    directory, reader = await console.desk.directory(), request.state.reader
    await console.looked_at(reader, "people")
    if request.query_params.get("format"):
        return handed_out(request, "people", people_rows(directory), sheets.PEOPLE)
    context = {
        "people": [_line(directory, member) for member in sorted(directory.staff, key=lambda member: member.name)],
        "unentered": await unentered(console, directory),
        "changes": [_waiting(directory, change, reader) for change in directory.pending],
        "is_guardian": _is_guardian(directory, reader),
        "funders": [(funder.funder_id, funder.name, PROFILES[funder.profile]) for funder in directory.funders],
        "who": _WHO,
        "times": Times.of(request),
    }
    return page(request, "people.html", context)


def _line(directory: Directory, member: StaffMember) -> PersonLine:
    names = NamesInWords(directory)
    keys = [held_key for held_key in directory.keys if held_key.staff_id == member.staff_id]
    loans = [
        f"{words_of(loan.role)} of {names.person(loan.lender)} until {day_in_words(loan.ends_on)}"
        for loan in directory.delegations
        if loan.borrower == member.staff_id
    ]
    approves = not APPROVERS.isdisjoint(member.roles)
    limits = listed([money_in_words(limit) for limit in member.limits]) or "any sum" if approves else ""
    roles = listed([words_of(role) for role in member.roles])
    return PersonLine(member.staff_id, member.name, roles, limits, len(keys), listed(loans))


def _is_guardian(directory: Directory, staff_id: str) -> bool:
    member = directory.person(staff_id)
    return member is not None and not GUARDIANS.isdisjoint(member.roles)


def _waiting(directory: Directory, change: DirectoryChangeProposed, reader: str) -> WaitingWords:
    statement = change.signature.statement
    return WaitingWords(
        change_id=str(change.change_id),
        sentences=changes_in_words(directory, change.changes),
        proposer=NamesInWords(directory).person(statement.actor),
        proposed_on=day_in_words(statement.at),
        closed=_closed(directory, reader, change.changes, statement.actor),
    )


def closed_to(directory: Directory, reader: str, change: DirectoryChangeProposed) -> str:
    """Return the reason why a reader may not confirm a change that waits, or ''."""
    return _closed(directory, reader, change.changes, change.signature.statement.actor)


def _closed(directory: Directory, reader: str, changes: Sequence[Fact], proposer: str = "") -> str:
    """Return the reason why somebody may not make changes, or ''."""
    if not _is_guardian(directory, reader):
        return _WHO
    if reader == proposer:
        return "You proposed it; another guardian confirms it."
    concerned = any(reader in people_of(fact) for fact in changes)
    return "It is about you; two other guardians make it." if concerned else ""


async def show(request: Request) -> Response:
    """Show a person: roles, limits, keys, loans, and what guardians can change about them."""
    console: Console = request.app.state.console
    directory, reader = await console.desk.directory(), request.state.reader
    member = directory.person(request.path_params["staff"])
    if member is None:
        return problem(request, 404, "the directory holds nobody of this name", TO_PEOPLE)
    await console.looked_at(reader, f"person {member.staff_id}")
    names, own = NamesInWords(directory), reader == member.staff_id
    enrolments = await waiting_enrolments(console, member.staff_id)
    closed = "Two other guardians change what is about you." if own else _closed(directory, reader, ())
    context = {
        "person": member,
        "line": _line(directory, member),
        "keys": keys_in_words(directory, member.staff_id),
        "made": [(made.key.name, day_in_words(made.made_at)) for made in enrolments],
        "loans": [(loan, names.person(loan.lender), names.person(loan.borrower), words_of(loan.role))
                  for loan in directory.delegations if member.staff_id in {loan.lender, loan.borrower}],
        "forms": () if closed else offered(directory, member),
        "closed": closed,
        "enrol": f"{console.settings.signing_origin}/enrol/{member.staff_id}",
        "own": own,
    }  # fmt: skip
    return page(request, "person.html", context)


def keys_in_words(directory: Directory, staff_id: str) -> list[tuple[str, str]]:
    """Return a person's keys, each by its number and in words."""
    keys = (held_key.key for held_key in directory.keys if held_key.staff_id == staff_id)
    return [
        (key.key_id, passkey_in_words(key) if isinstance(key, PasskeyKey) else "A key file, for a shell")
        for key in keys
    ]


async def person_form(request: Request) -> Response:
    """Show the form of a new person."""
    return act_page(request, _NEW, {})


_NEW = ActPage("Add a person", NEW_PERSON, "/people", (_WHO,))


async def prepare_person(request: Request) -> Response:
    """Prepare the entry of a new person, and lead to the page that signs it."""
    console, answers = request.app.state.console, await given(request)
    try:
        facts = await new_person(console, await console.desk.directory(), answers)
        return await to_sign(console, await waiting_change(console, request.state.reader, facts))
    except (BadInput, Refused) as fault:
        return act_page(request, _NEW, answers, fault)


async def change_form(request: Request) -> Response:
    """Show the form of a change about a person."""
    directory = await request.app.state.console.desk.directory()
    member, form = directory.person(request.path_params["staff"]), BY_SLUG.get(request.path_params["change"])
    if member is None or form is None or not form.suits(directory, member):
        return problem(request, 404, "this cannot be changed about them; their page shows what can")
    return _shown(request, directory, member, form, answers_of(member))


def _shown(
    request: Request, directory: Directory, member: StaffMember, form: PersonForm, answers: Typed,
    fault: Exception | None = None,
) -> Response:  # fmt: skip
    title = f"{form.words}: {member.name}"
    fields = tuple(field for field in form.fields(directory, member) if field != ANYWAY or "anyway:" in str(fault))
    shown = ActPage(title, fields, f"/people/{member.staff_id}", (form.lead, _WHO))
    return act_page(request, shown, {name: list(texts) for name, texts in answers.items()}, fault)


async def prepare_change(request: Request) -> Response:
    """Prepare a change about a person, and lead to the page that signs it."""
    console: Console = request.app.state.console
    directory, answers = await console.desk.directory(), await given(request)
    member, form = directory.person(request.path_params["staff"]), BY_SLUG.get(request.path_params["change"])
    if member is None or form is None:
        return problem(request, 404, "this cannot be changed about them; their page shows what can")
    try:
        facts = await form.facts(console, directory, member, answers)
        waiting = await waiting_change(console, request.state.reader, facts)
        await _require_no_work_left(console, directory, facts, answers)
        return await to_sign(console, waiting)
    except (BadInput, Refused) as fault:
        return _shown(request, directory, member, form, answers, fault)


async def _require_no_work_left(
    console: Console, directory: Directory, facts: Sequence[Fact], answers: Mapping[str, Any]
) -> None:
    """Raise BadInput, which names it, if nobody could do some work any more, unless that is meant."""
    taking = takes_away(facts)
    if not taking or answers.get("anyway"):
        return
    shortage = shortage_after(directory, taking, await _portfolio(console))
    if lines := [*shortage.roles, *shortage.steps]:
        last = "give the roles to somebody else first, or tick that it is meant"
        raise BadInput("\n".join(f"anyway: {line}" for line in [*lines, last]))


async def _portfolio(console: Console) -> list[Partnership]:
    documents = await ReadModel(console.desk.ledger, PARTNERSHIPS.name).documents()
    states = (document["state"] for stream_id, document in documents if StreamId(stream_id).is_partnership)
    partnerships = map(Partnership.model_validate, states)
    return [partnership for partnership in partnerships if partnership.proposal is not None]


async def change(request: Request) -> Response:
    """Show a change that waits for a second guardian."""
    console: Console = request.app.state.console
    directory, reader = await console.desk.directory(), request.state.reader
    waits = pending_change(directory, _id(request))
    if waits is None:
        return problem(request, 404, "no such change waits: it was confirmed, or never proposed", TO_PEOPLE)
    await console.looked_at(reader, "the directory")
    return page(request, "change.html", {"change": _waiting(directory, waits, reader)})


async def prepare_confirmation(request: Request) -> Response:
    """Prepare the confirmation of a change, and lead to the page that signs it."""
    console: Console = request.app.state.console
    return await to_sign(console, await waiting_confirmation(console, request.state.reader, _id(request)))


def _id(request: Request) -> UUID:
    """Return the id of a change that an address names, or one that no change has."""
    try:
        return UUID(request.path_params["change"])
    except ValueError:
        return UUID(int=0)
