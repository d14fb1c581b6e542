"""Another funder's report where expenditure responsibility came to apply: pages say so, and offer it no more."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest

from accord.client.door.opening import OpenedSubmission
from accord.client.sight import Sight
from accord.console.door.invitations import invite_fields
from accord.console.door.light_ways import other_report_fields
from accord.console.door.taking_over import require_of
from accord.grantee.questions.defaults import default_pages
from accord.grantee.shown import ShownForm, shown_form
from accord.post.door.plans import FormPlan
from accord.post.door.reading import note_on_way, read_of
from accord.presentation.faults import Refused
from domain.partnership import commands as c
from domain.partnership.state import Partnership
from domain.submissions.content import SubmissionContent
from domain.submissions.kinds import DoorForm, SubmissionKind
from tests.builders import DIGEST
from tests.domain.partnership.report.test_light_ways import LAW, OTHER, PLANNED, under_responsibility
from tests.domain.partnership.specification import CONTACTS, HANDED_IN, Story, active, invite


def asked() -> Story:
    """A partnership whose contact was invited to another funder's report, before the law asked for one to us."""
    return active(contacts=CONTACTS, reports=PLANNED).given(invite(form="REPORT", about="1", way="OTHER_FUNDER"))


def shown(partnership: Partnership, language: str = "en") -> tuple[ShownForm, str]:
    invitation = partnership.invitations[0]
    plan = FormPlan(DoorForm.REPORT, "1", 1, None, invitation.until)
    content = {"report_kind": "PROGRESS", **read_of(plan, partnership, (), language)}
    return shown_form(content), note_on_way(plan, partnership, language)


def test_the_form_that_invites_says_why_it_does_not_offer_it() -> None:
    fields = {field.name: field for field in invite_fields(under_responsibility(asked()).partnership)}
    assert LAW in fields["way"].hint
    assert [code for code, _ in fields["way"].choices] == ["", "SPOKEN"]
    assert other_report_fields(under_responsibility(asked()).partnership) == ()


@pytest.mark.slow
def test_where_it_is_allowed_both_offer_it() -> None:
    partnership = asked().partnership
    fields = {field.name: field for field in invite_fields(partnership)}
    assert [code for code, _ in fields["way"].choices] == ["", "OTHER_FUNDER", "SPOKEN"]
    assert len(other_report_fields(partnership)) == 5


@pytest.mark.sampled(1)
@pytest.mark.parametrize("language", ["en", "es", "fr"])
def test_the_grantees_form_turns_into_our_own_report_and_says_why(language: str) -> None:
    """Given a link to another funder's report, when the law forbids it, then the form asks for ours by its section."""
    before, nothing = shown(asked().partnership, language)
    assert ([page for page, _ in default_pages(DoorForm.REPORT, before)], nothing) == (["other"], "")
    after, note = shown(under_responsibility(asked()).partnership, language)
    assert [page for page, _ in default_pages(DoorForm.REPORT, after)] == ["summary", "papers"]
    assert LAW in note


def test_what_was_handed_in_before_is_not_taken_over_after() -> None:
    """Given another funder's report in the inbox, when the law forbids it, then the take-over says the section."""
    partnership = under_responsibility(asked()).partnership
    answers = {"funder": OTHER["funder"], "other_period": OTHER["period"], "covers": OTHER["covers"]}
    paper = {"field": "other_paper", "sha256": DIGEST, "size": 10, "name": "river.pdf"}
    content = SubmissionContent(
        form=UUID(int=1), kind=SubmissionKind.REPORT, subject=partnership.partnership_id, about="1", language="en",
        answers=answers, papers=(paper,), name="Ida Holm", capacity="Director", at=datetime.now(UTC), chance="ab" * 16,
    )  # fmt: skip
    entry = OpenedSubmission(7, partnership, content, None, {}, False, (), HANDED_IN, False, None)
    with pytest.raises(Refused, match=r"53\.4945-5"):
        require_of(entry, c.Report, Sight(partnership, 0))
