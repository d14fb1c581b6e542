"""A draft is kept field by field: on top of what other windows kept, and of what was kept before this form."""

from __future__ import annotations

import asyncio
import html
import json
import re
from collections.abc import Callable
from uuid import uuid4

import asyncpg
import pytest

from accord.client.desk import Desk
from accord.console.proposing.drafts import _NONCE, COOKIE, Draft, Drafts
from accord.web.sessions import digest_of
from domain.directory.people import KeyEnrolled
from domain.directory.tiers import Role
from tests.accord.console.proposing.drafting import FIRST, THIRD, Visit, author, begun, complete, press
from tests.authenticators.passkeys import Authenticator
from tests.builders import funds_out, proposal
from tests.governing import decree, hire
from tests.lives import Life


async def test_two_windows_keep_what_was_typed_in_each(visit: Visit) -> None:
    """Given one draft in many windows, when each keeps another field at once, then all of them are kept."""
    visitor = await author(visit)
    draft = await begun(visitor)
    fields = {name: text for name, text in THIRD.items() if name != "public_interest.community.number"}
    sent = (visitor.post(draft, {"step": "3", "do": "save", name: text}) for name, text in fields.items())
    assert {answer.status_code for answer in await asyncio.gather(*sent)} == {303}
    shown = html.unescape((await visitor.get(f"{draft}?step=3")).text)
    for text in (THIRD["public_interest.community_served"], THIRD["public_interest.statement"], "United States"):
        assert text in shown


@pytest.mark.slow
async def test_a_field_that_is_sent_alone_changes_nothing_else(visit: Visit) -> None:
    """Given a complete draft, when one tick is sent as the script sends it, then every other tick stands."""
    visitor = await author(visit)
    draft = await complete(visitor)
    await press(visitor, draft, 1, "save", **{"on": "partner.nobody_owns", "partner.nobody_owns": "yes"})
    await press(visitor, draft, 2, "save", **{"funds_out.purpose": "Training of trainers"})
    shown = html.unescape((await visitor.get(f"{draft}?step=5")).text)
    for words in ("Nobody owns a quarter", "None of the eight is true", "The programme itself", "Training of trainers"):
        assert words in shown


async def test_a_draft_sealed_before_this_form_still_opens(visit: Visit, console_pool: asyncpg.Pool) -> None:
    drafts = Drafts(console_pool, "pia.berg", "a-secret-of-this-browser")
    fields = {"name": "old", "content": {"title": "An older title", "partner": {"kind": "NONPROFIT"}}, "amends": "",
              "base": "", "reason": "", "answer": ""}  # fmt: skip
    await drafts.save(Draft("old", {}))
    sealed = b"0" * _NONCE + drafts._key.encrypt(b"0" * _NONCE, json.dumps(fields).encode(), b"pia.berg")
    await console_pool.execute("UPDATE console.drafts SET sealed = $1 WHERE digest = $2", sealed, digest_of("old"))
    visitor = await author(visit)
    for step in range(1, 6):
        shown = await visitor.get(f"/propose/old?step={step}")
        assert (shown.status_code, "An older title" in shown.text) == (200, True)


@pytest.mark.slow
async def test_who_must_approve_is_said_with_the_sums_of_the_year(
    visit: Visit, desk: Desk, new_reference: Callable[[], str]
) -> None:
    """Given an approved grant to a payee, when another is drafted, then the sum of both says who must approve."""
    reference = new_reference()
    await Life(desk, reference).approved(proposal(reference, funds_out=funds_out("90000.00")))
    visitor = await author(visit)
    draft = await complete(visitor, reference=new_reference())
    await press(visitor, draft, 2, "save", **{"funds_out.tranches.0.money.amount": "20,000.00"})
    shown = html.unescape((await visitor.get(f"{draft}?step=5")).text)
    assert "Who must approve, and why" in shown
    assert "Director" in shown
    assert "The payee gets more than USD" in shown
    assert reference in shown or "and others" in shown


@pytest.mark.slow
async def test_a_new_proposal_begins_at_once_for_whoever_has_no_draft_and_can_sign(visit: Visit, desk: Desk) -> None:
    """Given no passkey, or a draft, then its page of drafts is shown; given a passkey and no draft, then it begins."""
    person = await hire(desk, f"pia.{uuid4().hex[:8]}", Role.PROPOSER)
    visitor = await author(visit, person, f"; {COOKIE}=another-browser")
    assert 'name="at" value="once"' in (await visitor.get("/")).text
    assert await begun(visitor, at="once") == "/propose"
    made = Authenticator(origin=visitor.settings.signing_origin, party="localhost")
    await decree(desk, KeyEnrolled(staff_id=person, key=made.key))
    assert (await begun(visitor, at="once")).startswith("/propose/")
    assert await begun(visitor, at="once") == "/propose"


@pytest.mark.slow
async def test_what_closes_it_is_said_where_it_is_planned_and_checked(visit: Visit) -> None:
    """Given money out, then the plan and the check say the final report that is signed; given a tick, then without."""
    visitor = await author(visit)
    draft = await complete(visitor)
    assert "It closes only after a final report" in (await visitor.get(f"{draft}?step=4")).text
    assert "Only after a final report" in (await visitor.get(f"{draft}?step=5")).text
    without = {"on": "is:funds_out.final_report", "is:funds_out.final_report": "yes"}
    await press(visitor, draft, 2, "save", **without)
    assert "It closes without a final report, as you said" in (await visitor.get(f"{draft}?step=4")).text
    checked = (await visitor.get(f"{draft}?step=5")).text
    assert ("It closes without a final report" in checked, "Only after" in checked) == (True, False)


async def test_a_page_is_ticked_once_something_is_said_on_it_or_it_was_passed(visit: Visit) -> None:
    """Given a draft of which nobody opened the plan, then that page is not ticked before it is left behind."""
    visitor = await author(visit)
    draft = await begun(visitor)
    await press(visitor, draft, 1, "go 2", **FIRST)
    done = [_ticked((await visitor.get(f"{draft}?step={step}")).text) for step in (2, 5)]
    assert done == [["Who"], ["Who", "Plan"]]
    await press(visitor, draft, 4, "save", **{"period.starts": "2027-01-01", "period.ends": "2027-12-31"})
    assert _ticked((await visitor.get(f"{draft}?step=2")).text) == ["Who", "Plan"]


def _ticked(page: str) -> list[str]:
    return re.findall(r'<li class="done".*?\d (Who|Money|Public interest|Plan)</button>', page)


async def test_what_may_stay_without_an_answer_is_marked_as_long_as_it_has_none(visit: Visit) -> None:
    visitor = await author(visit)
    draft = await begun(visitor)
    optional = re.compile(r'<(?:label|legend)[^>]*>([^<]+) <span class="opt">optional</span>')
    assert optional.findall((await visitor.get(draft)).text) == ["US tax number"]
    asked = optional.findall((await visitor.get(f"{draft}?step=3")).text)
    assert "Which of our objectives does it serve?" not in asked
    assert "Why does no company and no person gain from it?" not in asked
    plan = optional.findall((await visitor.get(f"{draft}?step=4")).text)
    assert plan[:2] == ["From when to when?", "Which reports are due?"]
    await press(visitor, draft, 1, "save", **FIRST)
    assert optional.findall((await visitor.get(draft)).text) == []


@pytest.mark.slow
async def test_a_person_in_two_parts_is_named_once_where_answers_are_checked(visit: Visit) -> None:
    """Given somebody who governs the payee and signs for it, then they stand in one line, with both."""
    visitor = await author(visit)
    draft = await complete(visitor)
    for place, role in enumerate(("DIRECTOR", "SIGNATORY")):
        await press(visitor, draft, 1, "add partner.principals")
        person = f"partner.principals.{place}"
        await press(visitor, draft, 1, "save", **{f"{person}.name": "Ines Marek", f"{person}.role": role})
    checked = (await visitor.get(f"{draft}?step=5")).text
    assert re.findall(r"Ines Marek, [^<]*", checked) == ["Ines Marek, governs it and signs for it"]


@pytest.mark.slow
async def test_a_document_that_is_named_is_said_to_wait_for_a_verifier(visit: Visit) -> None:
    """Given a document that somebody says was seen, then the form says that no file is sent, and when it counts."""
    visitor = await author(visit)
    draft = await complete(visitor)
    assert "A document is named." not in (await visitor.get(f"{draft}?step=5")).text
    await press(visitor, draft, 1, "save", **{"on": "is:partner.documents", "is:partner.documents": "yes"})
    assert "No file is sent here" in (await visitor.get(f"{draft}?step=1")).text
    document = "partner.documents.0"
    typed = {f"{document}.kind": "CHURCH_STATUS", f"{document}.dated": "2026-03-03"}
    await press(visitor, draft, 1, "save", **typed)
    assert "A document is named. It counts once a verifier read it" in (await visitor.get(f"{draft}?step=5")).text


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    "field", ["__class__", "funds_out.tranches.99.money.amount", "partner.principals.0.name", "x.y"]
)
async def test_what_no_page_asks_is_not_kept(visit: Visit, field: str) -> None:
    visitor = await author(visit)
    draft = await begun(visitor)
    answer = await visitor.post(draft, {"step": "1", "do": "save", field: "smuggled", "on": field})
    assert answer.status_code == 303
    for step in range(1, 6):
        assert "smuggled" not in (await visitor.get(f"{draft}?step={step}")).text
