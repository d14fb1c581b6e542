"""A new act of staff, with its event: five places in five files, and the shell, the page and the schema offer it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.newcomer.copies import Place, ask, copy_of_the_tree, do

FAMILY = "domain/partnership/report"
PLACES = (
    Place(
        f"{FAMILY}/commands.py",
        "ReportRequest = Report | AcceptReport | ReturnReport",
        '''class ThankForReport(StaffCommand):
    """Thank the grantee for a report. It decides nothing."""

    kind: Literal["thank_for_report"] = "thank_for_report"
    report: ReportNumber
    words: Annotated[Sentence, Field(title="Words of thanks", description="As the grantee reads them.")]


ReportRequest = Report | AcceptReport | ReturnReport | ThankForReport''',
        replaces=True,
    ),
    Place(
        f"{FAMILY}/events.py",
        "ReportEvent = ReportReceived | ReportAccepted | ReportReturned",
        '''class ReportThanked(StaffEvent):
    """A person thanked the grantee for a report."""

    event_type: Literal["ReportThanked"] = "ReportThanked"
    report: int
    words: str


ReportEvent = ReportReceived | ReportAccepted | ReportReturned | ReportThanked''',
        replaces=True,
    ),
    Place(
        f"{FAMILY}/admission.py",
        "        case _:\n            assert_never(command)\n",
        "        case c.ThankForReport():\n            _require_received(partnership, command.report)\n",
    ),
    Place(
        f"{FAMILY}/evolution.py",
        "        case e.ReportReturned(",
        "        case e.ReportThanked():\n            return reporting\n",
    ),
    Place(
        "domain/partnership/procedure.py",
        "    c.RecordRefund: Step(",
        """    c.ThankForReport: Step(
        "thank-for-report", "Thank for a report",
        SINCE_AGREED, DECIDERS,
        {e.ReportThanked: EventWords("the thanks are on record", "thanked the grantee for a report")},
        example={"report": 1, "words": "the figures are clear"},
    ),
""",
    ),
)
AUDITED = Place("tests/accord/audit/walk/test_steps.py", "    e.CommentMade,\n", "    e.ReportThanked,\n")
"""The audit's table says of each event that it means nothing for a payment, where it does."""

DECIDED = """
from domain.partnership import commands as c, events as e
from tests.domain.partnership.specification import _common, paid, report

thanked = c.ThankForReport(**_common("ana.silva"), report=1, words="the figures are clear")
paid().given(report()).when(thanked).then(e.ReportThanked)
refused = paid().when(thanked).refusal
print(refused)
"""


def test_its_places_are_there(tmp_path: Path) -> None:
    assert (len(PLACES), len({place.path for place in PLACES})) == (5, 5)
    do(copy_of_the_tree(tmp_path / "accord"), (*PLACES, AUDITED))


@pytest.mark.slow
def test_a_new_act_is_five_places_in_five_files_and_is_offered_everywhere(tmp_path: Path) -> None:
    """Given the places of CONTRIBUTING, when they are filled in, then nothing else is needed."""
    copy = copy_of_the_tree(tmp_path / "accord")
    do(copy, (*PLACES, AUDITED))
    assert "has no report 1" in ask(copy, "-c", DECIDED)
    ask(copy, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/domain/partnership/test_families.py",
        "tests/domain/partnership/test_procedure.py", "tests/accord/audit/walk/test_steps.py")  # fmt: skip
    told = ask(copy, "-m", "accord", "thank-for-report", "--help")
    assert "As the grantee reads them." in told
    assert 'accord thank-for-report P-2026-0042 --report 1 --words "the figures are clear" --as ana.silva' in told
    schema = json.loads(ask(copy, "-m", "accord", "schema", "act", "thank-for-report"))
    assert schema["required"] == ["report", "words"]
    form = "from accord.console.deciding.acts import BY_SLUG; print(BY_SLUG['thank-for-report'].words)"
    assert ask(copy, "-c", form) == "Thank for a report\n"
