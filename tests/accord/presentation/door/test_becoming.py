"""A submission fills the act that it becomes, and each departure from it is told."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from accord.presentation.door.answers import answer_rows
from accord.presentation.door.becoming import Submitted, acts_of, content_of_act
from accord.presentation.door.differing import Departure, departures
from domain.editions.pointers import PROPOSAL, pointer_fault
from domain.editions.questions import QuestionSet
from domain.partnership import commands as c
from domain.partnership.state import Partnership
from domain.submissions.content import SubmissionContent
from domain.submissions.kinds import SubmissionKind
from tests.accord.console.rendering import NAMES, going_on
from tests.builders import DIGEST, funds_out
from tests.domain.partnership import specification as s
from tests.offices import NO_OFFICE, behind, led_by

LINES = [{"number": 1, "spent": "4000.00", "reason": "The bridge was closed"}, {"number": 2, "spent": "99.75"}]
REPORT = {
    "summary": "Eleven courses were held",
    "lines": LINES,
    "milestones": [{"number": 4, "state": "LATE", "words": "The river rose", "due_on": "2027-05-06"}],
    "results": [{"number": 1, "achieved": "231", "words": ""}],
    "unspent": "875.25",
    "not_arrived": "25.00",
}
SHOWN = {"lines": [{"number": 1, "what": "Courses", "sum": "3,500.00"}], "period": ["2026-12-01", "2027-12-31"]}


def submitted(
    kind: SubmissionKind, answers: dict[str, Any], partnership: Partnership | None = None, **more: Any
) -> Submitted:
    content = SubmissionContent(
        form=UUID(int=1), kind=kind, subject=s.REFERENCE, language="en", answers=answers, name="Ida Holm",
        capacity="Director", at=datetime(2026, 11, 30, 9, tzinfo=UTC), chance="ab" * 16, **more,
    )  # fmt: skip
    return Submitted(content, None, SHOWN, partnership or going_on().partnership)


def command(kind: type[c.StaffCommand], content: dict[str, Any]) -> Any:
    return kind.model_validate(
        {"command_id": UUID(int=7), "at": datetime(2026, 12, 1, tzinfo=UTC), "actor": "pia.berg", **content}
    )


def test_a_report_is_filled_from_its_answers() -> None:
    """Given a report by line, then each answer stands in the act, and what was spent is what the lines make."""
    content = content_of_act(c.Report, submitted(SubmissionKind.REPORT, REPORT))
    made = command(c.Report, content)
    assert made.summary == "Eleven courses were held"
    assert (str(made.figures.spent), str(made.figures.not_arrived)) == ("4099.75", "25.00")
    assert [(line.line, line.reason) for line in made.figures.lines] == [(1, "The bridge was closed"), (2, None)]
    assert [(one.milestone, one.state) for one in made.milestones] == [(4, "LATE")]
    assert [(one.indicator, str(one.achieved)) for one in made.results] == [(1, "231")]


def test_a_paper_is_named_by_its_digest() -> None:
    paper = {"field": "document", "sha256": DIGEST, "size": 10, "name": "report.pdf"}
    content = content_of_act(c.Report, submitted(SubmissionKind.REPORT, {"summary": "Done"}, papers=(paper,)))
    assert content["document_sha256"] == DIGEST


def test_a_change_of_the_period_changes_the_proposal_and_nothing_else() -> None:
    before = going_on().partnership
    period = {"starts": "2026-12-01", "ends": "2028-06-30"}
    content = content_of_act(c.Amend, submitted(SubmissionKind.CHANGE, {"period": period, "reason": "The river rose"}))
    made = command(c.Amend, content)
    assert made.reason == "The river rose"
    assert made.proposal == before.proposed.model_copy(update={"period": made.proposal.period})
    assert str(made.proposal.period.ends) == "2028-06-30"


BOARD = led_by(behind("Rosa Quiroga", NO_OFFICE))
"""A partner whose third person declared no public office."""


def asked_of_the_board(facts: dict[str, str], **answers: Any) -> Any:
    """The amendment that a question set about the people behind a partner becomes."""
    before = s.active(funds_out=funds_out(payee=BOARD), partner=BOARD).partnership
    change = submitted(SubmissionKind.CHANGE, {"reason": "She left in May", **answers}, before)
    pointers: dict[str, Any] = {"facts": facts}
    asked = change._replace(questions=QuestionSet.model_construct(**pointers))
    return command(c.Amend, content_of_act(c.Amend, asked)).proposal.partner.principals


def test_a_new_name_from_the_door_does_not_take_the_declaration_of_who_left() -> None:
    """Given a new director's name, then who declared no office is gone with their name, and nobody counts it."""
    *others, newcomer = asked_of_the_board({"director": "/partner/principals/2/name"}, director="Abel Mbeki")
    assert (newcomer.name, newcomer.public_office) == ("Abel Mbeki", None)
    assert all(one.public_office == NO_OFFICE for one in others)


def test_a_declaration_from_the_door_stands_in_the_act_that_staff_sign() -> None:
    at = "/partner/principals/2/public_office"
    facts = {"tie": f"{at}/tie", "office": f"{at}/office", "who": f"{at}/declared_by", "on": f"{at}/declared_on"}
    assert [pointer_fault(pointer, PROPOSAL) for pointer in facts.values()] == [None] * 4
    answers = {"tie": "HOLDER", "office": "Mayor of Riverbend", "who": "Rosa Quiroga", "on": "2026-11-30"}
    declared = asked_of_the_board(facts, **answers)[2].public_office
    assert (declared.told, declared.declared_by) == ("holds the office of Mayor of Riverbend", "Rosa Quiroga")


def test_an_acceptance_names_the_agreement_that_was_shown() -> None:
    """Given an acceptance, then the act names what was read then, whatever the form shows by now."""
    read = {"agreement": {"sha256": DIGEST, "text": "We grant USD 12,000.00."}}
    shown = submitted(SubmissionKind.ACCEPTANCE, {"accepted": True}, read=read)
    later = shown._replace(form_content={"agreement": {"sha256": "9" * 64}})
    assert content_of_act(c.SignAgreement, later) == {"signed_on": "2026-11-30", "document_sha256": DIGEST}


@pytest.mark.parametrize("kind", SubmissionKind)
def test_every_kind_fills_each_act_that_takes_it_over(kind: SubmissionKind) -> None:
    acts = acts_of(kind)
    assert acts
    for act in acts:
        content = content_of_act(act, submitted(kind, {"answer": "She left in May", "summary": "She left in May"}))
        assert set(content) <= set(act.model_fields)


def test_what_is_taken_over_as_it_was_handed_in_departs_from_nothing() -> None:
    report = submitted(SubmissionKind.REPORT, REPORT)
    made = command(c.Report, content_of_act(c.Report, report))
    assert departures(made, report, NAMES) == ()


def test_each_departure_is_named() -> None:
    """Given a sum, a word and a paper that staff changed or added, then each is told beside what was handed in."""
    report = submitted(SubmissionKind.REPORT, REPORT)
    content = content_of_act(c.Report, report)
    content |= {"summary": "Ten courses were held", "document_sha256": DIGEST}
    content["figures"]["lines"][0]["spent"] = "3000.00"
    told = departures(command(c.Report, content), report, NAMES)
    assert told == (
        Departure("What it says", "Eleven courses were held", "Ten courses were held"),
        Departure("Figures, Lines, Line 1, Spent", "4000.00", "3000.00"),
        Departure("Document", "nothing", f"the paper {DIGEST[:8]}"),
    )


def test_a_changed_proposal_departs_by_what_staff_changed_beside_it() -> None:
    change = submitted(SubmissionKind.CHANGE, {"period": {"starts": "2026-12-01", "ends": "2028-06-30"}})
    content = {**content_of_act(c.Amend, change), "reason": "As they ask"}
    assert departures(command(c.Amend, content), change, NAMES) == ()
    content["proposal"]["title"] = "Another title"
    told = departures(command(c.Amend, content), change, NAMES)
    assert [(one.handed_in, one.recorded) for one in told] == [("Digital skills for river libraries", "Another title")]


def test_answers_stand_beside_what_was_known_and_differences_are_marked() -> None:
    rows = answer_rows(submitted(SubmissionKind.REPORT, REPORT))
    first_line = next(row for row in rows if row.field == "lines")
    assert (first_line.known, first_line.difference) == ("Courses, 3,500.00", "more than was agreed")
    assert first_line.becomes == "Figures, Lines"
    assert rows[0].label == "What was done"


def test_text_that_shows_bank_details_is_marked() -> None:
    [row] = answer_rows(submitted(SubmissionKind.QUESTION, {"answer": "Pay to IBAN DE89 3704 0044 0532 0130 00"}))
    assert row.bank_details
