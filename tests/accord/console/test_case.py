"""A partnership's page is the case: its reader learns what it is for, decides, and sees who else did."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import pytest
from playwright.async_api import Browser

import accord.web
from accord.client.desk import Desk
from accord.client.foresight import ApprovalsForeseen
from accord.console.pages.case.about import about
from accord.console.pages.case.deciders import Decider, deciders_of, missing_in_words
from accord.console.pages.case.money import money_of
from accord.post.door.status import status_of
from accord.presentation.shown_accounts import ShownAccount
from accord.presentation.words.facts import facts_of, with_paths
from accord.presentation.words.oaths import subject_of
from domain.directory.tiers import Role
from domain.partnership import commands as c
from domain.partnership.stages import Stage
from domain.payment.tranche.status import TrancheOutcome
from domain.plans import ReportKind
from ledger import clock
from tests.accord.console.rendering import NAMES, case_page, going_on, signing_page
from tests.booked_sums import charge, figures
from tests.builders import NOON, funds_out, proposal, public_interest
from tests.domain.partnership import specification as s
from tests.lives import Life

STATIC = Path(accord.web.__file__).parent / "static"
MOST_BYTES = 30_000
PLAN: dict[str, Any] = {
    "period": {"starts": "2026-12-01", "ends": "2027-12-31"},
    "summary": "Radio lessons for schools without a line",
    "public_interest": public_interest(statement="The lessons are free to hear and to copy"),
    "contacts": [{"name": "Tilda Moss", "organization": "Riverbend Library Network", "role": "treasurer"}],
    "funds_out": funds_out("30000.00", "20000.00"),
}


def said(page: str) -> str:
    """The words of a page."""
    body = re.sub(r"<(svg|template)\b.*?</\1>", "", page[page.index("<main") :], flags=re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def signing(kind: type[c.StaffCommand], actor: str, **content: Any) -> Any:
    """An act as it waits to be signed."""
    return kind(command_id=UUID(int=1), at=NOON, actor=actor, **content)


def primary(page: str) -> list[str]:
    """The one act that stands before all others."""
    return re.findall(r'class="btn full" href="/[^/]+/([a-z-]+)"', page)


def test_who_approves_can_read_what_it_is_for_whom_it_serves_and_whom_to_ask() -> None:
    """Given a proposal that waits for approval, then an approver reads all that it is about."""
    words = said(case_page(s.in_approval(**PLAN), "ana.silva"))
    for told in (
        "Radio lessons for schools without a line", "The lessons are free to hear and to copy",
        "Readers of eleven villages on the Lower River", "1,200", "1 Dec 2026 to 31 Dec 2027",
        "Tilda Moss, treasurer, for Riverbend Library Network", "USD 50,000.00 from ISOC to Riverbend Library Network",
    ):  # fmt: skip
        assert told in words


@pytest.mark.parametrize(("aim", "labels"), [("CONNECT", ["Objective"]), ("Bring people online", ["Aim", "Objective"])])
def test_an_aim_that_is_the_objective_itself_is_said_once(aim: str, labels: list[str]) -> None:
    """Given an objective whose words are the aim, as the form fills it in, then the page says them once."""
    serving = public_interest(objective="CONNECT", mission_objective=aim)
    story = s.in_approval(**{**PLAN, "public_interest": serving})
    assert [one.label for one in about(story.partnership, NAMES).purpose][: len(labels)] == labels


def test_one_act_stands_before_all_others_for_whoever_can_take_it_and_the_rest_are_told_who_can() -> None:
    """Given a proposal in approval, then who can approve is asked, and who proposed it is told for whom it waits."""
    story = s.in_approval(**PLAN)
    asked, told = case_page(story, "femi.ade"), case_page(story, "pia.berg")
    assert (primary(asked), primary(told)) == (["approve"], [])
    assert "Do you approve this for finance?" in asked
    assert "Waits for Ana Silva, and for Femi Ade." in told
    assert ("It waits for approval" in told, "Do you approve this" in told) == (True, False)


def test_a_referral_asks_its_verifier_whether_it_may_go_on_and_names_them_to_others() -> None:
    """Given a proposal that a verifier is to look at, then nobody is asked to approve it."""
    story = s.in_eligibility()
    asked, told = case_page(story, "vera.lind"), case_page(story, "ana.silva")
    assert ("May it go on to approval?" in asked, "Let it go on…" in asked, primary(asked)) == (True, True, ["approve"])
    assert ("Waits for Vera Lind" in told, ">Let it go on</button>" in told) == (True, True)
    assert [page for page in (asked, told) if "Do you approve" in page or ">Approve" in page] == []


@pytest.mark.parametrize(
    ("reader", "words", "others"),
    [("pia.berg", "You are asked", "The proposer is asked"), ("ana.silva", "The proposer is asked", "You are asked")],
)
def test_whoever_proposed_it_reads_that_they_are_asked(reader: str, words: str, others: str) -> None:
    """Given a question about a proposal, then its proposer is told that it is theirs, and everybody else whose."""
    page = said(case_page(s.in_eligibility().given(s.ask()), reader))
    assert (page.count(words), others in page) == (3, False)


def test_a_release_says_which_try_it_is_in_words() -> None:
    """Given a released payment, then what was signed says that it is the first try, and no number of an attempt."""
    words = said(case_page(s.active().given(s.release())))
    assert "Which try the first" in words
    assert "ttempt" not in words


def test_who_decided_and_who_is_to_is_said_by_name_and_role() -> None:
    """Given one of two approvals, then the page says who gave it, how many are given, and who is next."""
    words = said(case_page(s.in_approval(**PLAN).given(s.approve("ana.silva")), "femi.ade"))
    assert "Approval, 1 of 2" in words
    assert "Ana Silva approved for the programme" in words
    assert "You , as finance approver only you can" in words


@pytest.mark.slow
async def test_who_is_to_decide_counts_what_was_approved_beside_it_before_anybody_decides(
    visit: Callable[[str], Any], desk: Desk, new_reference: Callable[[], str]
) -> None:
    """Given a grant whose payee got others this year, then the director is named with the sum, before any approval."""
    before, reference = new_reference(), new_reference()
    await Life(desk, before).approved(proposal(before, funds_out=funds_out("90000.00")))
    life = Life(desk, reference)
    await life.propose(proposal(reference, funds_out=funds_out("20000.00")))
    await life.until_stage(Stage.APPROVAL)
    words = said((await (await visit("ana.silva")).get(f"/{reference}")).text)
    assert "Approval, 0 of 3" in words
    why = (
        r"as director to decide\. The payee gets more than USD [0-9,]+\.00 within a year: USD [0-9,]+\.00 with this one"
    )
    assert re.search(why, words)
    assert before in words or "and others" in words


TWO: Final = (Role.PROGRAMME_APPROVER, Role.FINANCE_APPROVER)
THREE: Final = (*TWO, Role.DIRECTOR)


@pytest.mark.parametrize(
    ("elevated", "by_sum", "why"),
    [
        (False, THREE, ". A sum of USD 50,000.00."),
        (True, TWO, ". A verifier had to look first"),
        (False, TWO, ""),
    ],
)
def test_a_director_who_is_to_decide_reads_why(elevated: bool, by_sum: tuple[Role, ...], why: str) -> None:
    """Given a director whom the sum, the risk or an earlier quorum asks, then the first two are said."""
    foreseen = ApprovalsForeseen(THREE, (), elevated, by_sum)
    director = deciders_of(s.in_approval(**PLAN).partnership, (), NAMES, "ana.silva", foreseen)[-1]
    assert director.what == ", as director"
    assert director.said.startswith(f"to decide{why}")
    assert bool(why) == (". " in director.said)


def test_what_is_signed_names_the_fund_in_its_sentence_and_in_its_fields() -> None:
    """Given a grant out of a fund with a name, then whoever signs reads it, and its id in the fields alone."""
    proposed = proposal("P-2026-0001", funds_out=funds_out("4500.00", funds=[{"fund": "FD-2026-SMALL"}]))
    names = NAMES._replace(funds={"FD-2026-SMALL": "Small grants 2026"})
    assert "from ISOC, Small grants 2026 to" in subject_of(proposed, names)
    assert ", " not in subject_of(proposed, NAMES)
    fields = [words for _, words in with_paths(facts_of(proposed, names))]
    assert "Small grants 2026 (FD-2026-SMALL)" in fields


def test_who_approved_reads_how_many_approvals_are_missing_and_whose() -> None:
    """Given one of two approvals, then one is missing, by name and role; given both, then none is."""
    one = s.in_approval(**PLAN).given(s.approve("ana.silva")).partnership
    told = missing_in_words(deciders_of(one, (), NAMES, "ana.silva"))
    assert told == "1 is still missing: Femi Ade, as finance approver."
    done = Decider("Ana Silva", "approved", "1 Dec", "done")
    assert missing_in_words([done]) == ""


@pytest.mark.parametrize(("reader", "offered"), [("pia.berg", True), ("ana.silva", False), ("femi.ade", False)])
def test_to_change_what_is_proposed_is_offered_to_proposers_alone(reader: str, offered: bool) -> None:
    """Given a proposal in approval, then its change is offered to those whom the first gate lets change it."""
    assert ("Change what is proposed" in case_page(s.in_approval(**PLAN), reader)) == offered


def test_money_is_told_by_how_far_it_has_come() -> None:
    """Given one of two payments paid and a refund confirmed, then the bar, its legend and the net say so."""
    paid = s.paid(**PLAN).given(s.refund("1250.00"), s.confirm_refund())
    page = case_page(paid)
    words = said(page)
    assert '<rect class="f-good" x="0.00%" width="60.00%"/>' in page
    for told in ("Paid USD 30,000.00", "Not released USD 20,000.00", "Refunded USD 1,250.00", "Net USD 28,750.00"):
        assert told in words
    assert "USD 1,250.00 : the grantee paid it back booked on" in words
    assert "2 of 2 no day its release To be released" in words, "nothing else holds the second one up"


def test_what_pays_it_is_said_by_the_name_of_the_fund() -> None:
    """Given a grant out of a fund, then the fund's name is said, or its id where no name is known."""
    paying = s.in_approval(**{**PLAN, "funds_out": funds_out("5000.00", funds=[{"fund": "FD-2026-SMALL"}])}).partnership
    named, unnamed = money_of(paying, NAMES, {"FD-2026-SMALL": "Small grants 2026"}), money_of(paying, NAMES)
    assert (named and named.source, unnamed and unnamed.source) == ("Small grants 2026", "fund 2026-SMALL")


def test_what_arrived_by_the_banks_word_stands_beside_what_was_paid() -> None:
    """Given charges that banks took on the way, then the case and the grantee's page say what arrived."""
    paid = s.active().given(s.release(), s.hand_over())
    taken = figures("USD 1000.00", "USD 1000.00", charge("USD 25.00", "CRED", is_payees=True))
    story = paid.given(s.ended(TrancheOutcome.SETTLED).model_copy(update={"figures": taken}))
    money = money_of(story.partnership, NAMES)
    assert money
    assert (money.net, money.arrived) == ("USD 1,000.00", "USD 975.00")
    assert "Arrived, by the bank's word USD 975.00" in said(case_page(story))
    [sentence] = status_of(story.partnership, (), "en")["paid"]
    assert "By our bank's word, USD 975.00 of it arrived" in sentence


def test_a_report_is_accepted_with_its_text_and_figures_in_sight() -> None:
    """Given a report that waits, then its text and sums stand on the case, and on the page that signs."""
    story = going_on()
    accepting = signing_page(signing(c.AcceptReport, "ana.silva", report=1, reason="It agrees"), story)
    for words in (said(case_page(story)), said(accepting)):
        for told in ("Spent USD 4,000.00", "Unspent USD 1,000.00", "Paid back USD 0.00", "progress report"):
            assert told in words
    assert "You accept report 1, the progress report, on Digital skills" in said(accepting).replace("  ", " ")


@pytest.mark.parametrize("kind", [c.ConfirmRefund, c.WithdrawRefund])
def test_a_refund_is_confirmed_or_taken_back_with_its_sum_in_the_sentence(kind: type[c.StaffCommand]) -> None:
    """Given a refund that waits, then the sentence that is signed says its sum."""
    named = {"bank_reference": "BANK-R1", "detail": "2 of 3", "reason": "It is on the statement"}
    words = said(signing_page(signing(kind, "dora.kim", **named), going_on()))
    assert "the refund of USD 100.00 on" in words
    assert "Recorded by Femi Ade" in words


def test_a_release_says_its_sum_and_the_last_digits_of_the_account() -> None:
    """Given a payment that may leave, then its sentence says the sum and the payee, and the account its last digits."""
    account = ShownAccount("BA-ABCDEFGHIJKL", "ab" * 32, "Riverbend Library Network", "2101")
    words = said(signing_page(signing(c.Release, "paul.nkosi", tranche=2, attempt=1), going_on(), account))
    assert "You release payment 2 of 2: USD 2,000.00 to Riverbend Library Network ." in words
    assert "ending in 2101" in words


def test_activity_is_sentences_and_what_accord_did_by_itself_is_folded() -> None:
    """Given a life, then each act is a sentence with its words, and what follows by itself stands behind one line."""
    page = case_page(s.active(**PLAN))
    words = said(page)
    assert "Ana Silva approved for the programme: “" in words
    assert "Pia Berg proposed it" in words
    assert re.search(r'<details class="byitself"><summary[^>]*>.*?Accord did \d things', page, re.S)


def test_a_case_with_its_style_and_scripts_is_at_most_thirty_kilobytes() -> None:
    """Given a partnership with a life behind it, then its page with all that it needs is small."""
    story = going_on().given(*(s.comment(text=f"Said for the {number}th time") for number in range(20)))
    parts = [case_page(story).encode(), *(path.read_bytes() for path in STATIC.glob("*.[cj]s*"))]
    assert sum(len(gzip.compress(part)) for part in parts) <= MOST_BYTES


def test_the_kinds_of_reports_are_said_in_words() -> None:
    """Given each kind of report, then the page names it without its code."""
    for kind in ReportKind:
        page = case_page(s.paid(**PLAN).given(s.report(kind=kind, figures=s.accounted("30000.00"))))
        assert f"{kind.value.lower()} report" in said(page)


@pytest.mark.slow
async def test_a_case_with_a_long_day_ahead_fits_a_small_screen(browser: Browser) -> None:
    """Given a payment that was paid and a report due in months, then a screen of 320 px scrolls in one direction."""
    wednesday = clock.today() + timedelta(days=77 + (2 - clock.today().weekday()) % 7)
    reports = [{"number": 1, "kind": ReportKind.FINAL, "due_on": wednesday.isoformat()}]
    shown = case_page(s.paid(**{**PLAN, "funds_out": funds_out("30000.00"), "reports": reports}))
    assert re.search(r"Due Wednesday [^<]*, in \d+ working days", shown)
    style = f"<style>{(STATIC / 'style.css').read_text()}</style>"
    page = await browser.new_page(viewport={"width": 320, "height": 700})
    await page.set_content(shown.replace("</head>", f"{style}</head>"))
    assert await page.evaluate("document.documentElement.scrollWidth") == 320
    await page.close()
