"""No page says a word of the machine before somebody asks: codes, fields, events, commands, sections, validators."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, Final

import pytest

from accord.client.desk import Desk
from accord.console.deciding.acts import ACTS, closed
from accord.presentation.words.days import day_in_words
from domain.partnership import commands as c
from domain.payment.tranche.status import TrancheOutcome
from domain.policy.conditions import ConditionId
from domain.policy.findings import Outcome
from ledger import clock
from tests.accord.console.conftest import Visitor
from tests.accord.console.deciding.test_blocked_year import reported_match
from tests.accord.console.deciding.test_deciding import waiting_for_approval
from tests.accord.console.rendering import DIRECTORY, case_page, going_on
from tests.accord.console.test_budget_pages import accounted_for, to_be_judged
from tests.accord.machine_words import machine_words_in, open_words
from tests.budgets import budgeted
from tests.builders import STAFF
from tests.domain.partnership import specification as s
from tests.lives import until_shown

STORIES: Final[dict[str, Callable[[], s.Story]]] = {
    "proposed": lambda: s.given(s.propose()),
    "checked": lambda: s.given(s.propose(), s.verify()),
    "to be looked at": s.in_eligibility,
    "asked": lambda: s.in_eligibility().given(s.ask()),
    "forbidden as it is": lambda: s.in_eligibility(Outcome.FAIL),
    "to be approved": s.in_approval,
    "agreed but for papers": lambda: s.in_agreement(tuple(ConditionId)),
    "to be agreed": s.in_agreement,
    "under way": s.active,
    "released": lambda: s.active().given(s.release()),
    "at the bank": lambda: s.active().given(s.release(), s.hand_over()),
    "paid": s.paid,
    "with figures": going_on,
    "on hold": lambda: s.active().given(s.hold()),
    "contradicted": lambda: s.active().given(s.release(), s.hand_over(), s.contradict()),
    "closed": lambda: s.paid().given(*s.accounted_for()),
    "declined": lambda: s.in_approval().given(s.decline()),
    "withdrawn": lambda: s.in_approval().given(s.withdraw()),
    "ended early": lambda: s.active().given(s.terminate()),
    "diverted": lambda: s.paid().given(s.divert()),
    "with an interest": lambda: s.in_approval().given(s.declare("ana.silva")),
    "refunded": lambda: s.paid().given(s.refund("100.00")),
    "with a budget that is proposed": lambda: s.in_approval(**budgeted()),
    "with a budget that is accounted for": accounted_for,
    "with a report by line to be judged": to_be_judged,
    "with blocked property": reported_match,
    "without money": lambda: s.active(**s.NON_MONETARY, funds_out=None),
} | {
    f"ended at the bank: {one.value.lower()}": lambda one=one: s.active().given(s.release(), *s.came_to(one))  # type: ignore[misc]
    for one in TrancheOutcome
}  # fmt: skip
"""A partnership in every state in which people meet it."""


@pytest.mark.sampled(8)
@pytest.mark.parametrize("state", STORIES)
def test_a_case_says_no_word_of_the_machine_in_any_state(state: str) -> None:
    """Given a partnership in any state, then its page, to anybody, says none before a disclosure is opened."""
    story = STORIES[state]()
    pages = {reader: open_words(case_page(story, reader)) for reader in STAFF}
    assert {reader: found for reader, page in pages.items() if (found := machine_words_in(page))} == {}


@pytest.mark.sampled(8)
@pytest.mark.parametrize("state", STORIES)
def test_what_is_closed_says_why_in_plain_words(state: str) -> None:
    """Given any act in any state, when it is closed to somebody, then the reason names no code, field or command."""
    partnership = STORIES[state]().partnership
    faults = (closed(act, partnership, reader, DIRECTORY, clock.today()) for reader in STAFF for act in ACTS)
    reasons = {str(fault) for fault in faults if fault is not None}
    assert {reason: found for reason in reasons if (found := machine_words_in(reason))} == {}
    assert [reason for reason in reasons if not reason[:1].isupper() and not reason[:1].isdigit()] == []


@pytest.mark.parametrize(
    ("state", "act", "reader", "words"),
    [
        ("to be agreed", c.Release, "ana.silva", "Opens to Paul Nkosi once the agreement is signed."),
        ("to be approved", c.SignAgreement, "dora.kim", "Opens to Dora Kim once everybody has approved who must."),
        ("under way", c.Release, "dora.kim", "This is for Paul Nkosi. Your role does not include it."),
        ("declined", c.Approve, "ana.silva", "It was declined. Only what is still owed is open."),
        ("asked", c.Approve, "ana.silva", "Opens once Pia Berg has answered the question."),
        ("on hold", c.Release, "paul.nkosi",
         f"Vera Lind put it on hold on {day_in_words(date(2026, 11, 2))}. "
         "Opens once the hold is lifted, by Femi Ade or Dora Kim."),
        ("paid", c.ConfirmRefund, "dora.kim", "No refund waits to be confirmed."),
    ],
)  # fmt: skip
def test_a_refusal_says_what_opens_it_and_to_whom(
    state: str, act: type[c.StaffCommand], reader: str, words: str
) -> None:
    """Given an act that is closed, then its reader is told when it opens and who can take it."""
    partnership = STORIES[state]().partnership
    [offered_act] = [one for one in ACTS if one.command is act]
    assert str(closed(offered_act, partnership, reader, DIRECTORY, clock.today())) == words


PAGES: Final = (
    "/", "/?view=mine", "/?view=all", "/partnerships", "/?view=all&sum=many", "/me", "/payments",
    "/obligations", "/portfolio/clock",
    "/payments/exceptions", "/results", "/payments/files", "/portfolio", "/registers", "/proof/1", "/funds",
    "/funds/open", "/people", "/people/femi.ade", "/directory/person", "/directory/funder", "/propose", "/truths",
    "/truths/tell", "/editions", "/editions/ask", "/reruns", "/operations", "/operations/programs",
    "/operations/attestations", "/mail",
    "/letters/check", "/inbox", "/imports", "/imports/nothing-of-mine",
    "/books", "/books/funds", "/books/commitments", "/books/ageing", "/books/forecast", "/books/periods", "/books/none",
    "/books/periods/never",
    "/letters/check?code=nothing-of-ours", f"/papers/{'ab' * 32}", "/payments/exceptions/resolved",
    "/editions/letter/none", "/welcome", "/P-2026-9999", "/nowhere/at/all",
    "/P-2026-9999/approve",
    "/bulk?act=approve&p=P-2026-9999", "/?after=rubbish", "/?sum=1e999999", "/?held=x", "/?true=9999-12-31",
)  # fmt: skip
"""Addresses without a partnership, with what cannot be asked among them."""


@pytest.mark.slow
async def test_no_page_of_the_console_says_a_word_of_the_machine(visit: Any, desk: Desk, reference: str) -> None:
    """Given every page, to people of each role, when it is opened, then it says no word of the machine."""
    await waiting_for_approval(desk, reference)
    await until_shown(desk)
    own = [f"/{reference}", f"/{reference}?version=1", *(f"/{reference}/{act.slug}" for act in ACTS)]
    bulk = [f"/bulk?act={act}&p={reference}" for act in ("approve", "release", "lift")]
    found = {}
    for reader in ("femi.ade", "pia.berg", "vera.lind"):
        visitor: Visitor = await visit(reader)
        for path in (*PAGES, *own, *bulk):
            words = machine_words_in(open_words((await visitor.get(path)).text))
            found |= {(reader, path): words} if words else {}
    assert found == {}


@pytest.mark.slow
async def test_a_form_that_is_wrong_says_what_to_write(visit: Any, desk: Desk, reference: str) -> None:
    """Given a form that is sent empty, then each fault says what to write, and none is a validator's sentence."""
    await waiting_for_approval(desk, reference)
    visitor: Visitor = await visit("vera.lind")
    version = str((await desk.known_sight(reference)).version)
    found, silent = {}, []
    for act in ("hold", "comment", "return", "declare-interest", "approve", "satisfy", "refund", "report", "extend"):
        answer = await visitor.post(f"/{reference}/{act}", {"version": version, "reason": "x", "text": "", "what": "x"})
        words = open_words(answer.text)
        silent += [act] if answer.status_code != 422 else []
        found |= {act: told} if (told := machine_words_in(words)) else {}
    assert (found, silent) == ({}, [])
