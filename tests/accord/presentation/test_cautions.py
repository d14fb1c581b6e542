"""Before a refund is signed it is told that a final report waits, and at the acceptance what a refund did to it."""

from __future__ import annotations

import pytest

from accord.cli.partnerships.deciding import caution
from accord.presentation.cautions import cautions
from domain.errors import IllegalTransition
from domain.partnership import commands as c
from tests.domain.partnership.specification import Story, accept, accounted, paid, refund, report, send_back


def told(story: Story, command: type[c.StaffCommand]) -> list[str]:
    return list(cautions(story.partnership, command))


def reported(*figures: str) -> Story:
    return paid().given(report(figures=accounted(*figures)))


def test_a_refund_is_cautioned_of_while_a_final_report_waits_that_does_not_know_of_it() -> None:
    [words] = told(reported("900.00", "100.00"), c.RecordRefund)
    assert "accept report 1 first, and record the refund after that" in words
    assert "return report 1, and have it corrected with the sum returned" in words


def test_a_refund_is_not_cautioned_of_where_it_closes_no_way() -> None:
    """No report waits; it was accepted or returned; or it tells of the very refund that is still to be recorded."""
    waiting = reported("900.00", "100.00")
    for story in (paid(), waiting.given(accept()), waiting.given(send_back())):
        assert told(story, c.RecordRefund) == []


def test_the_shell_prints_the_caution_before_it_signs(capsys: pytest.CaptureFixture[str]) -> None:
    caution(reported("900.00", "100.00").partnership, c.RecordRefund)
    printed = capsys.readouterr()
    assert ("accept report 1 first" in printed.err, printed.out) == (True, "")


def test_the_acceptance_of_a_report_that_a_refund_overtook_is_cautioned_of_and_refused_with_what_to_do() -> None:
    story = reported("900.00", "100.00").given(refund("100.00"))
    words = "it says that 0 came back, and USD 100.00 is on record; return it, and have it corrected with that sum"
    assert [words in caution for caution in told(story, c.AcceptReport)] == [True]
    story.when(accept()).refused(IllegalTransition, words)
    assert told(story, c.RecordRefund) == []
    assert told(reported("900.00", "100.00"), c.AcceptReport) == []
