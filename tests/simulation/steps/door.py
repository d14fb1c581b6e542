"""Steps at the grantee's door: the honest, the careless, a thief who holds the mailbox, and staff who believe them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from accord.client.submissions import HandedInFor, submission_numbered
from accord.grantee.store import GranteeLink, OpenForm
from accord.organisation.governance import confirm_account, vouch
from accord.presentation.faults import Refused
from domain.partnership import commands as c
from domain.partnership.state import Partnership
from domain.payment.called_numbers import NumberFrom
from domain.plans import ReportKind
from domain.submissions.kinds import DoorForm, SubmissionKind
from payments.accounts import AccountDetails, find_account, record_account
from records.submissions.forms import close_form
from records.submissions.seals import seal_submissions
from tests.doors import content
from tests.simulation.draw import Draw
from tests.simulation.grounds.world import World
from tests.simulation.people.acts import role_holders
from tests.simulation.people.grantee import (
    THEIR_ADDRESS,
    THEIR_IBAN,
    THEIR_TELEPHONE,
    WORDS,
    Acknowledged,
    Place,
    code_in_mail,
    mail_a_link,
)
from tests.simulation.steps.shared import Idle, account_of, decided, some_partnership, tried

_WAITING: Final = """
SELECT s.number FROM grantee.submissions s JOIN grantee.forms f ON f.id = s.form
 WHERE NOT EXISTS (SELECT FROM ledger.readable r WHERE r.stream_id = 'partnership/' || f.subject
                      AND r.payload #>> '{submission,sha256}' = encode(s.sha256, 'hex')) ORDER BY s.number
"""
OUTAGE: Final = "The workers stood still, as the log of the day says"
CALLERS: Final = ("noor.haddad", "vito.rana", "vera.lind")


async def come_to_the_door(world: World, draw: Draw) -> str:
    """Whoever has the mailbox comes by a link, in one of two browsers, and does something."""
    known = await some_partnership(world, draw, lambda one: one.proposal is not None)
    place = Place(known.partnership_id, draw.one(tuple(DoorForm)), draw.one(("1", "2")))
    if place not in world.mailbox.links or draw.number(1, 8) == 1:
        await mail_a_link(world.pool, world.mailbox, place)
    link = GranteeLink(world.pool, world.mailbox.links[place], draw.one(("at work", "at home")))
    form = await link.look() if await link.enter() else None
    who = f"the grantee of {place.partnership_id}, {place.kind.value.lower()} {place.about}"
    if form is None:
        return f"{who}: the link opens nothing"
    match draw.weighted({"writes": 6, "hands in": 8, "says": 4, "chooses": 2, "invites": 1, "ends the link": 1}):
        case "writes":
            return f"{who} {await _write(world, draw, link, form, place)}"
        case "hands in":
            return f"{who} {await _hand_in(world, draw, link, form, place)}"
        case "says":
            return f"{who} {await _say(world, draw, link, form, place)}"
        case "chooses":
            return f"{who} {await _choose(world, draw, link, form, place)}"
        case "invites":
            code = await code_in_mail(world.pool, link, form, "INVITE") or "00000000"
            return f"{who} invites: {await link.invite(form, THEIR_ADDRESS, 'FILL', code) or 'done'}"
        case _:
            return f"{who} ends the link: {await link.revoke()}"


async def _write(world: World, draw: Draw, link: GranteeLink, form: OpenForm, place: Place) -> str:
    """Save a text, read before it or not: what was said to be saved is there until somebody chose."""
    name, text = draw.one(("summary", "problems")), draw.one(WORDS)
    texts = world.mailbox.saved.setdefault((place, name), {})
    newest = max(texts, default=0)
    base = draw.weighted({newest: 3, max(newest - 1, 0): 1})
    saved = await link.save(form, name, text, base)
    if saved is None:
        return f"writes {name}: refused"
    if newest == base:
        texts.pop(newest, None)
    texts[saved.revision] = text
    return f"writes {name}: revision {saved.revision}{', beside another' if saved.beside else ''}"


async def _choose(world: World, draw: Draw, link: GranteeLink, form: OpenForm, place: Place) -> str:
    del form
    name = draw.one(("summary", "problems"))
    texts = world.mailbox.saved.get((place, name), {})
    if len(texts) < 2:
        raise Idle
    chosen, seen = draw.one(sorted(texts)), draw.one(sorted(texts)[-2:])
    done = await link.choose(name, chosen, seen)
    if done:
        world.mailbox.saved[place, name] = {chosen: texts[chosen]}
    return f"chooses revision {chosen} of {name}, having seen {seen}: {'done' if done else 'refused'}"


async def _hand_in(world: World, draw: Draw, link: GranteeLink, form: OpenForm, place: Place) -> str:
    """Ask for a code and hand in, while something happens between the two, and sometimes twice."""
    await world.pass_to(world.clock.at + timedelta(seconds=1))  # a code of its own moment is the newest
    code = await code_in_mail(world.pool, link, form, "SUBMIT")
    if code is None:
        return "asks for a code: refused"
    happens = draw.weighted({"nothing": 8, "an edit": 1, "an hour": 1, "the form closes": 1, "the link ends": 1})
    match happens:
        case "an edit":
            await _write(world, draw, link, form, place)
        case "an hour":
            await world.pass_to(world.clock.at + timedelta(hours=1))
        case "the form closes":
            async with world.pool.acquire() as connection:
                await close_form(connection, form.form)
        case "the link ends":
            await GranteeLink(world.pool, world.mailbox.links[place], "elsewhere").revoke()
        case _:
            pass
    words = draw.one(WORDS)
    submission = content(form, answers={"words": words})
    said = []
    for _ in range(draw.weighted({1: 4, 2: 1})):
        at, fault = await link.submit(form, submission, code)
        if at is not None:
            world.mailbox.received.append(Acknowledged(place, submission.sha256, at, words))
        said.append(fault or "received")
    return f"hands in after {happens}: {', '.join(said)}"


async def _say(world: World, draw: Draw, link: GranteeLink, form: OpenForm, place: Place) -> str:
    kind = draw.one((SubmissionKind.QUESTION, SubmissionKind.WITHDRAWAL, SubmissionKind.WRONG_PERSON))
    words = draw.one(WORDS)
    said = content(form, kind, answers={"words": words})
    at = await link.say(form, said)
    if at is not None:
        world.mailbox.received.append(Acknowledged(place, said.sha256, at, words))
    return f"says {kind.value.lower()}: {'received' if at else 'refused'}"


async def seal(world: World, draw: Draw) -> str:
    """A worker seals what was handed in."""
    del draw
    return f"a worker seals what was handed in: {await seal_submissions(world.office.desk.ledger, world.pool)}"


async def judge_submission(world: World, draw: Draw) -> str:
    """Somebody of staff takes over what was handed in, or returns it. Some do what they may not."""
    numbers = [row["number"] for row in await world.pool.fetch(_WAITING)]
    if not numbers:
        raise Idle
    if draw.number(1, 3) > 1:
        await seal(world, draw)
    try:
        found = await submission_numbered(world.pool, world.office.desk.ledger, draw.one(numbers))
    except Refused as fault:
        return f"somebody opens a submission: refused, {fault}"
    known = await world.office.desk.partnership(found.partnership_id)
    if known is None or known.ended or known.proposal is None:
        raise Idle
    return await _judged(world, draw, found, known)


async def _judged(world: World, draw: Draw, found: HandedInFor, known: Partnership) -> str:
    kind, said = await _act(world, draw, found.kind, known)
    reference, partnership_id = found.reference.model_copy(update={"outage": OUTAGE}), known.partnership_id
    match draw.weighted({"right": 6, "elsewhere": 2, "another digest": 2, "another time": 2, "twice": 3}):
        case "elsewhere":
            partnership_id = (await some_partnership(world, draw)).partnership_id
        case "another digest":
            reference = reference.model_copy(update={"sha256": "ab" * 32})
        case "another time":
            reference = reference.model_copy(update={"at": reference.at - timedelta(days=40)})
        case "twice":
            await decided(world, partnership_id, kind, await _somebody(world, draw, kind), submission=reference, **said)
        case _:
            pass
    return await decided(world, partnership_id, kind, await _somebody(world, draw, kind), submission=reference, **said)


async def _act(
    world: World, draw: Draw, kind: SubmissionKind, known: Partnership
) -> tuple[type[c.StaffCommand], dict[str, Any]]:
    """Return the act that a submission becomes, or another one."""
    if draw.number(1, 5) == 1:
        return c.ReturnSubmission, {"reason": "which of the courses?"}
    match kind if draw.number(1, 8) > 1 else draw.one(tuple(SubmissionKind)):
        case SubmissionKind.REPORT:
            owed = [plan for plan, _ in known.reporting.owed()]
            planned = {"planned": owed[0].number, "report_kind": owed[0].kind} if owed else {}
            return c.Report, {"summary": "what was done", "report_kind": ReportKind.PROGRESS, **planned}
        case SubmissionKind.CHANGE:
            proposal = known.proposed.model_copy(update={"title": f"{known.proposed.title[:60]} anew"})
            return c.Amend, {"proposal": proposal, "reason": "they asked for it"}
        case SubmissionKind.ACCEPTANCE:
            account = await account_of(world, known) if known.proposed.funds_out else None
            return c.SignAgreement, {"account": account, "signed_on": world.clock.at.date()}
        case SubmissionKind.PAPERS if known.open_conditions():
            return c.Satisfy, {"condition": known.open_conditions()[0], "note": "it is on file"}
        case SubmissionKind.WITHDRAWAL if draw.number(1, 4) == 1:
            return c.Withdraw, {"reason": "they withdrew"}
        case _:
            return c.Comment, {"text": "They wrote to us"}


async def _somebody(world: World, draw: Draw, kind: type[c.StaffCommand]) -> str:
    return draw.one(role_holders(kind, await world.office.desk.directory()))


async def believe_the_thief(world: World, draw: Draw) -> str:
    """Staff believe what was handed in. Whoever they call on record says no, so they can name nobody who said yes."""
    known = await some_partnership(world, draw, lambda one: bool(one.proposal and one.proposal.contacts))
    if draw.number(1, 3) == 1:
        return await _change_the_contact(world, draw, known)
    named = await some_partnership(world, draw, lambda one: world.mailbox.names_their_number(one.partnership_id))
    return await _confirm_the_account(world, draw, named)


async def _change_the_contact(world: World, draw: Draw, known: Partnership) -> str:
    """An amendment names the thief's number or address, and a call to nobody, to the new one, or to another."""
    [ida, *_] = known.proposed.contacts
    changes: tuple[dict[str, Any], ...] = (
        {"phone": THEIR_TELEPHONE}, {"email": THEIR_ADDRESS}, {"name": "Tilda Moss", "phone": THEIR_TELEPHONE},
    )  # fmt: skip
    contact = ida.model_copy(update=draw.one(changes))
    contacts = draw.one(((contact,), (ida, contact)))
    proposal = known.proposed.model_copy(update={"contacts": contacts})
    said = {"proposal": proposal, "reason": "they wrote to us", "called": draw.one((None, 2, 9))}
    return await decided(world, known.partnership_id, c.Amend, "pia.berg", **said)


async def _confirm_the_account(world: World, draw: Draw, known: Partnership) -> str:
    """Two record the thief's account, and call back on the number that was handed in for its payee."""
    if known.proposal is None or known.proposal.funds_out is None:
        raise Idle
    async with world.pool.acquire() as connection:
        details = AccountDetails(
            holder=known.proposed.funds_out.payee.name, iban=THEIR_IBAN, bic="COBADEFFXXX", town="Berlin", country="DE"
        )
        account = await record_account(connection, details, "pia.berg")
        assert await find_account(connection, account.reference) is not None
    places: tuple[NumberFrom | None, ...] = (
        None,
        NumberFrom(register_entry="The page that they sent", number=THEIR_TELEPHONE),
        NumberFrom(partnership=known.partnership_id, contact=2),
        NumberFrom(partnership=draw.one(world.partnerships), contact=1),
    )
    place, caller = draw.one(places), draw.one(CALLERS)
    if place is not None and place.contact == 1:
        return "a contact on record is called, and says no"
    await tried("recorded", vouch(world.office.desk, account, "vera.lind"))
    note = "called the number that they gave us"
    wanted = confirm_account(world.office.desk, account, caller, note, number_from=place)
    return await tried(f"{caller} confirms the thief's account by {'nothing' if place is None else 'a number'}", wanted)
