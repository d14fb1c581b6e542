"""The line of a day: one text for one content, and each names the line before it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.attestation.comparing import compare
from domain.attestation.line import (
    MOST_SHOWN,
    AttestationLine,
    CheckpointNamed,
    DayVerdict,
    Findings,
    chain_faults,
    newest_by_day,
    written_sums,
)
from domain.attestation.readings import PostingsReading
from tests.domain.attestation import DAY, NEXT, posted, readings

NOON = datetime(2026, 11, 4, 12, tzinfo=UTC)


def findings(**sides: Any) -> Findings:
    return Findings.of(DAY, compare(DAY, readings(**sides)))


def line(number: int = 1, before: str = "", **more: Any) -> AttestationLine:
    transit = written_sums(compare(DAY, readings()).in_transit)
    content = {
        **findings().model_dump(), "number": number, "before": before, "made_at": NOON, "in_transit": transit,
        "checkpoint": CheckpointNamed(size=7, root="cd" * 32),
    }  # fmt: skip
    return AttestationLine.model_validate({**content, **more})


def test_a_line_is_read_as_it_was_written() -> None:
    written = line()
    assert AttestationLine.parse(written.text) == written
    assert written.findings == findings()
    assert written.text.startswith('accord attestation 1\n{"before":"","checkpoint":')
    assert '"events":"-600.00"' in written.text


@pytest.mark.parametrize(
    "text",
    ["", "accord attestation 2\n{}\n", line().text + "\n", line().text.replace('"number":1', '"number": 1'), "x"],
)
def test_what_is_no_line_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a line of an attestation"):
        AttestationLine.parse(text)


def test_one_sum_has_one_text_whatever_its_zeros() -> None:
    """Given equal sums that were reckoned in another way, then the line is the same to the byte."""
    other = PostingsReading((posted("-600.000"), posted("0.00")))
    assert findings(postings=other).model_dump_json() == findings().model_dump_json()


def test_lines_that_follow_one_another_have_no_fault() -> None:
    first = line()
    second = line(2, first.digest, day=NEXT)
    third = line(3, second.digest, made_at=NOON + timedelta(days=1), supersedes=1, because="a statement came in")
    assert chain_faults([first, second, third]) == []
    assert newest_by_day([first, second, third]) == {DAY: third, NEXT: second}


def test_a_line_that_was_left_out_changed_or_forgets_its_earlier_one_is_named() -> None:
    first = line()
    second = line(2, first.digest, day=NEXT)
    assert chain_faults([second]) == ["line 1 is missing; the next is 2"]
    changed = line(verdict=DayVerdict.NOT_KNOWN)
    assert chain_faults([changed, second]) == ["line 2 does not follow the line before it: one of them was changed"]
    assert "does not name the earlier line of 2026-11-03" in chain_faults([first, line(2, first.digest)])[0]


def test_a_line_names_no_more_than_people_read_and_counts_the_rest() -> None:
    many = PostingsReading((posted(), *(posted("1.00", partnership=f"P-2026-{n:04}") for n in range(MOST_SHOWN + 5))))
    found = findings(postings=many)
    assert (len(found.differences), found.more) == (MOST_SHOWN, 5)
