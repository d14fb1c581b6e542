"""The clock of a case: with us from their word to our act, and with them from our question to their answer."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from domain.partnership import commands as c
from domain.partnership.letter.kinds import LetterKind
from domain.partnership.pace.clock import CaseClock, case_clock
from domain.partnership.pace.facts import DoorSubmission
from domain.partnership.pace.waits import PaceWait, Side
from domain.partnership.submission.invitations import form_id
from domain.payment.tranche.status import TrancheOutcome
from domain.plans import ReportKind
from domain.submissions.kinds import DoorForm, SubmissionKind
from tests.builders import NOON
from tests.domain.partnership import specification as s
from tests.domain.partnership.waiting.test_obligations import planned

Days = dict[tuple[PaceWait, str], tuple[float, bool]]


def day(number: float) -> datetime:
    return NOON + timedelta(days=number)


def clock(story: s.Story, until: float, *door: DoorSubmission) -> CaseClock:
    return case_clock(s.REFERENCE, story.history, door, day(until))


def days(found: CaseClock, *kinds: PaceWait) -> Days:
    """By kind and subject: the days of each wait, and whether it is over."""
    return {
        (one.kind, one.about): (one.length / timedelta(days=1), one.is_over)
        for one in found.stretches if not kinds or one.kind in kinds
    }  # fmt: skip


def sides(found: CaseClock) -> tuple[float, float, float]:
    us, them, nobody = (found.time(side) / timedelta(days=1) for side in Side)
    return us, them, nobody


def handed_in(at: float, kind: DoorForm = DoorForm.REPORT, about: str = "1", number: int = 0) -> DoorSubmission:
    sha256 = s.HANDED_IN.sha256 if at < 100 else "ef" * 32
    form = form_id(s.REFERENCE, kind, about, number)
    return DoorSubmission(sha256, SubmissionKind(kind.value), form, about, day(at))


def on(at: float, *commands: Any) -> list[c.AnyCommand]:
    return [s.after(at, command) for command in commands]


def test_a_proposal_is_with_us_until_it_is_decided() -> None:
    found = clock(s.in_approval().given(s.after(12, s.decline())), 40)
    assert days(found) == {(PaceWait.DECISION, ""): (12, True)}
    assert sides(found) == (12, 0, 0)


def test_a_question_is_with_them_until_the_answer() -> None:
    story = s.in_approval().given(s.after(3, s.ask()), s.after(10, s.revise()))
    found = clock(story, 15)
    assert days(found) == {(PaceWait.DECISION, ""): (5, False), (PaceWait.ANSWER, ""): (7, True)}
    assert sides(found) == (8, 7, 0)


def invited_to_accept() -> s.Story:
    """On the fourth day the agreement is issued, and its acceptance is asked for by link."""
    issued = s.issue(LetterKind.AGREEMENT).model_copy(update={"dated": date(2026, 11, 6)})
    asked = s.invite(form="ACCEPTANCE")
    return s.in_agreement(contacts=s.CONTACTS).given(s.after(4, issued), s.after(4, asked))


def test_an_agreement_is_with_us_until_it_went_out_and_then_with_them() -> None:
    story = invited_to_accept()
    waits = days(clock(story, 20), PaceWait.AGREEMENT, PaceWait.SIGNATURE)
    assert waits == {(PaceWait.AGREEMENT, ""): (4, True), (PaceWait.SIGNATURE, ""): (16, False)}


def test_an_acceptance_at_the_door_is_with_us() -> None:
    story = invited_to_accept()
    found = clock(story, 20, handed_in(10, DoorForm.ACCEPTANCE, "", 1))
    assert days(found, PaceWait.SIGNATURE) == {(PaceWait.SIGNATURE, ""): (6, True)}
    assert days(found, PaceWait.SUBMISSION) == {(PaceWait.SUBMISSION, s.HANDED_IN.sha256): (10, False)}


def test_what_is_handed_in_is_with_us_from_the_door_to_its_return_and_then_with_them_until_the_next() -> None:
    story = s.active(contacts=s.CONTACTS).given(s.after(9, s.return_submission()))
    found = clock(story, 200, handed_in(5), handed_in(120))
    returned = s.HANDED_IN.sha256
    assert days(found, PaceWait.SUBMISSION, PaceWait.RETURN) == {
        (PaceWait.SUBMISSION, returned): (4, True),
        (PaceWait.RETURN, returned): (111, True),
        (PaceWait.SUBMISSION, "ef" * 32): (80, False),
    }


def test_what_is_under_no_act_counts_against_us_also_where_they_owe_something() -> None:
    """Given a question of theirs that nobody looked at, while a payment waits too, then every day is with us."""
    story = s.active(contacts=s.CONTACTS)
    found = clock(story, 10, handed_in(0, DoorForm.QUESTION, ""))
    assert sides(found) == (10, 0, 0)


def test_an_invitation_is_with_them_until_something_comes_or_its_day_is_over() -> None:
    story = s.paid(contacts=s.CONTACTS).given(s.after(1, s.invite()))
    over = (s.invite().until - NOON.date()).days + 0.5 - 1
    assert days(clock(story, 90), PaceWait.ANSWER) == {(PaceWait.ANSWER, "invitation 1"): (over, True)}
    came = clock(story, 90, handed_in(6, DoorForm.QUESTION, "", 1))
    assert days(came, PaceWait.ANSWER) == {(PaceWait.ANSWER, "invitation 1"): (5, True)}


REPORTED = planned({"due_on": date(2026, 12, 31), "holds": [2]})


def test_an_instalment_that_a_report_holds_is_with_us_once_the_report_is_accepted() -> None:
    story = s.paid(**REPORTED)
    report = s.report(kind=ReportKind.PROGRESS, planned=1)
    accepted = story.given(*on(20, report), *on(26, s.accept()))
    assert days(clock(accepted, 40), PaceWait.JUDGEMENT) == {(PaceWait.JUDGEMENT, "1"): (6, True)}
    assert days(clock(accepted, 40), PaceWait.PAYMENT)[PaceWait.PAYMENT, "2"] == (14, False)
    handed_over = accepted.given(*on(30, s.release(2), s.hand_over(2)))
    assert days(clock(handed_over, 40), PaceWait.PAYMENT)[PaceWait.PAYMENT, "2"] == (4, True)


def test_a_report_is_with_them_from_the_end_of_its_day() -> None:
    story = s.paid(**REPORTED)
    due = (datetime(2027, 1, 1, tzinfo=NOON.tzinfo) - NOON) / timedelta(days=1)
    found = clock(story, due + 10)
    assert days(found, PaceWait.REPORT) == {(PaceWait.REPORT, "1"): (10, False)}
    came = clock(story, due + 10, handed_in(due + 4)._replace(sha256="ab" * 32))
    assert days(came, PaceWait.REPORT) == {(PaceWait.REPORT, "1"): (4, True)}


def test_while_the_bank_pays_and_the_work_goes_on_nobody_is_waited_for() -> None:
    released = s.active().given(s.release(1), s.hand_over(1))
    assert sides(clock(released, 30)) == (0, 0, 30)


def test_the_letter_of_the_agreement_sends_it_out_too() -> None:
    story = s.in_agreement(contacts=s.CONTACTS)
    story = story.given(s.after(2, s.issue(LetterKind.AGREEMENT)))
    assert days(clock(story, 5), PaceWait.SIGNATURE) == {(PaceWait.SIGNATURE, ""): (3, False)}


def test_a_payment_that_the_bank_rejects_is_with_us_again() -> None:
    hand_over, rejected = s.came_to(TrancheOutcome.REJECTED)
    story = s.active().given(s.release(1), hand_over, *on(3, rejected))
    waits = days(clock(story, 10), PaceWait.PAYMENT)
    assert waits[PaceWait.PAYMENT, "1"] == (7, False)
