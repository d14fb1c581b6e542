"""A grantee's accounts are recorded by form: reports with figures and results, refunds, papers, interests."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import pytest

from accord.client.desk import Desk
from accord.console.deciding.accounting import report_fields
from accord.console.deciding.prepared import Prepared, Waiting
from domain.partnership import commands as c
from domain.partnership.refund.refunds import RefundDirection
from domain.plans import ReportKind
from tests.accord.console.conftest import Visitor
from tests.builders import DIGEST, funds_out, money, proposal, public_interest
from tests.domain.partnership.specification import Story, report
from tests.domain.partnership.specification import paid as a_grant_paid
from tests.domain.partnership.waiting.test_obligations import day, planned
from tests.lives import Life
from tests.waiting import until

Visit = Callable[[str], Awaitable[Visitor]]
INDICATORS = [{"number": 1, "what": "People trained", "unit": "people"}, {"number": 2, "what": "What they built"}]


async def paid(desk: Desk, reference: str) -> Life:
    life = Life(desk, reference)
    content = proposal(
        reference, funds_out=funds_out("1000.00"), public_interest=public_interest(indicators=INDICATORS)
    )
    await life.paid(content)
    return life


async def prepared(visitor: Visitor, pool: asyncpg.Pool, life: Life, act: str, **typed: Any) -> c.StaffRequest:
    """The command that waits to be signed after a form was filled, again if a look at the registers came between."""

    async def filled() -> Any:
        seen = await life.desk.known_sight(life.reference)
        answer = await visitor.post(f"/{life.reference}/{act}", {"version": str(seen.version), **typed})
        return None if "omebody acted meanwhile" in answer.text else answer

    answer = await until(filled)
    assert answer.status_code == 303, answer.text
    waiting = await Prepared(pool).at(answer.headers["location"].rpartition("/")[2])
    assert isinstance(waiting, Waiting)
    return waiting.command


async def test_a_report_is_what_was_typed_and_what_the_shell_would_send(
    desk: Desk, visit: Visit, reference: str, console_pool: asyncpg.Pool
) -> None:
    """Given a paid grant, when its report is typed with figures, results and a paper, then that is what is signed."""
    life, visitor = await paid(desk, reference), await visit("pia.berg")
    form = (await visitor.get(f"/{reference}/report")).text
    assert all(words in form for words in ("People trained", "What they built", "Spent", "not planned, final"))
    command = await prepared(
        visitor, console_pool, life, "report", summary="Eleven courses\r\nwere held", planned=".FINAL",
        spent="900.00", unspent="100.00", returned="0", document_sha256=DIGEST,
        **{"result-1": "240", "result-2": "two servers and a mast"},
    )  # fmt: skip
    assert isinstance(command, c.Report)
    said = command.model_dump(mode="json", include={"summary", "report_kind", "figures", "results", "document_sha256"})
    assert said == {
        "summary": "Eleven courses\nwere held",
        "report_kind": "FINAL",
        "figures": {"currency": "USD", "spent": "900.00", "unspent": "100.00", "returned": "0"},
        "results": [
            {"indicator": 1, "achieved": "240", "words": None},
            {"indicator": 2, "achieved": None, "words": "two servers and a mast"},
        ],
        "document_sha256": DIGEST,
    }
    assert (command.report_kind, command.planned, command.corrects) == (ReportKind.FINAL, None, None)


def offered_reports(story: Story) -> list[str]:
    """The reports that the form offers, the one that it begins with first."""
    return [name for name, _ in report_fields(story.partnership)[0].choices]


def test_the_form_of_a_report_begins_with_the_final_one_as_the_shell_does() -> None:
    assert offered_reports(a_grant_paid())[0] == ".FINAL"


def test_the_form_of_a_report_begins_with_what_is_owed_first_and_ends_with_what_was_received() -> None:
    plan = planned({"due_on": day(60), "kind": "PROGRESS"}, {"due_on": day(30), "kind": "FINAL"})
    assert offered_reports(a_grant_paid(**plan))[:2] == ["2.FINAL", "1.PROGRESS"]
    received = a_grant_paid(**plan).given(report(kind=ReportKind.PROGRESS, planned=1))
    assert (offered_reports(received)[0], offered_reports(received)[-1]) == ("2.FINAL", "1.PROGRESS")


@pytest.mark.slow
async def test_the_form_of_a_refund_says_before_it_is_signed_that_a_report_waits_for_its_acceptance(
    desk: Desk, visit: Visit, reference: str
) -> None:
    """Given a final report that says nothing came back, when a refund is typed, then what to do first is told."""
    life, visitor = await paid(desk, reference), await visit("femi.ade")
    caution = "accept report 1 first, and record the refund after that"
    assert caution not in (await visitor.get(f"/{reference}/refund")).text
    await life.do(
        c.Report, "pia.berg", summary="Eleven courses", report_kind=ReportKind.FINAL,
        figures={"currency": "USD", "spent": "900.00", "unspent": "100.00"},
        results=[{"indicator": 1, "achieved": "240"}, {"indicator": 2, "words": "a mast"}],
    )  # fmt: skip
    assert caution in (await visitor.get(f"/{reference}/refund")).text


@pytest.mark.slow
async def test_a_refund_is_typed_in_the_currency_of_its_leg(
    desk: Desk, visit: Visit, reference: str, console_pool: asyncpg.Pool
) -> None:
    life, visitor = await paid(desk, reference), await visit("femi.ade")
    day = (await life.state()).reporting.settled[0][1].isoformat()
    command = await prepared(
        visitor, console_pool, life, "refund", direction="FROM_GRANTEE", amount="1,000.00", booked_on=day,
        bank_reference="NTRF-9", reason="not spent",
    )  # fmt: skip
    assert isinstance(command, c.RecordRefund)
    assert (command.direction, str(command.money), command.bank_reference) == (
        RefundDirection.FROM_GRANTEE,
        str(c.RecordRefund.model_fields["money"].annotation.model_validate(money("1000.00"))),
        "NTRF-9",
    )


WRONG: dict[str, tuple[str, dict[str, str], str]] = {
    "a sum that is none": ("refund", {"amount": "much", "direction": "FROM_GRANTEE"}, "is no sum; write 20000"),
    "a day that is none": ("refund", {"amount": "1", "direction": "FROM_GRANTEE", "booked_on": "soon"}, "booked_on"),
    "figures that do not add up": (
        "report",
        {"planned": ".FINAL", "summary": "It went well", "spent": "1", "result-1": "1", "result-2": "one"},
        "Figures: 1 spent",
    ),
    "a report of no kind": ("report", {"planned": "nonsense", "summary": "It went well"}, "Choose one"),
    "a digest that is none": ("assure", {"what": "it is repaid", "document_sha256": "beef"}, "document_sha256"),
}


@pytest.mark.slow
@pytest.mark.parametrize("what", WRONG)
async def test_what_cannot_be_is_said_and_nothing_that_was_typed_is_lost(
    desk: Desk, visit: Visit, reference: str, what: str
) -> None:
    act, typed, reason = WRONG[what]
    life = await paid(desk, reference)
    if act == "assure":
        await life.do(c.ReportDiversion, "otto.audit", what="a car was bought")
    visitor = await visit("femi.ade" if act != "report" else "pia.berg")
    seen = await desk.known_sight(reference)
    answer = await visitor.post(f"/{reference}/{act}", {"version": str(seen.version), **typed})
    assert (answer.status_code, reason in answer.text) == (422, True), answer.text
    assert all(text in answer.text for name, text in typed.items() if name != "planned"), "a choice that is none goes"
    assert answer.text.count(reason) >= 2, "in the summary, and beside its field"
    assert (await desk.known_sight(reference)).version == seen.version


@pytest.mark.slow
async def test_interests_comments_and_who_looks_after_it_are_taken_by_form(
    desk: Desk, visit: Visit, reference: str, console_pool: asyncpg.Pool
) -> None:
    life, visitor = Life(desk, reference), await visit("pia.berg")
    await life.awaiting_approval(proposal(reference))
    declared = await prepared(
        visitor, console_pool, life, "declare-interest", person="pia.berg", what="my brother teaches there"
    )
    said = await prepared(visitor, console_pool, life, "comment", text="their auditor writes in March")
    assigned = await prepared(visitor, console_pool, life, "assign", to="ana.silva")
    assert isinstance(declared, c.DeclareInterest)
    assert (declared.interest.person, declared.interest.what) == ("pia.berg", "my brother teaches there")
    assert isinstance(said, c.Comment)
    assert isinstance(assigned, c.Assign)
    assert (said.text, assigned.to) == ("their auditor writes in March", "ana.silva")
    form = (await visitor.get(f"/{reference}/assign")).text
    assert '<option value="">nobody in particular</option>' in form
    assert '<option value="ana.silva">' in form
