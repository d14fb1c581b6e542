"""An answer is found once for a value that is asked about again, and each value has its own."""

from __future__ import annotations

from decimal import Decimal

import pytest

from domain.keeping import memo


def test_an_answer_is_kept_for_the_object_that_was_asked_about_last() -> None:
    questions: list[Decimal] = []

    @memo
    def double(number: Decimal) -> Decimal:
        questions.append(number)
        return 2 * number

    first, equal, other = Decimal("1.50"), Decimal("1.5"), Decimal(4)
    answers = [str(double(number)) for number in (first, first, equal, other, first)]
    assert answers == ["3.00", "3.00", "3.0", "8", "3.00"]
    assert [id(number) for number in questions] == [id(number) for number in (first, equal, other, first)]


def test_a_failure_is_no_answer() -> None:
    answers = iter([0, 7])

    @memo
    def answer_to(_value: object) -> int:
        if not (answer := next(answers)):
            raise ValueError("not yet")
        return answer

    value = object()
    with pytest.raises(ValueError, match="not yet"):
        answer_to(value)
    assert [answer_to(value), answer_to(value)] == [7, 7]
