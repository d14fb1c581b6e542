"""A series of editions: two people, one order, and the edition in force on a day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.directory.disregarded import Disregarded
from domain.editions.events import EditionAsked, EditionConfirmed, EditionEvent
from domain.editions.kinds import CONFIRMERS, MAY_CONFIRM, EditionKind, order_of
from domain.editions.series import EditionSeries, asked_fault, confirmation_fault, evolve, fold
from tests.domain.editions.contents import SHEET, asked, confirmed, content

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
LATER = NOON + timedelta(days=3)
FIRST, SECOND = content(), content(edition="2026.2")


def series(*events: EditionEvent | Disregarded) -> EditionSeries:
    return fold(EditionKind.QUESTIONS, "interim-report", events)


def both(number: str = "2026.1", at: datetime = NOON, **more: object) -> tuple[EditionAsked, EditionConfirmed]:
    request = asked(content(edition=number), "pia.berg", at, **more)
    return request, confirmed(request, "paul.nkosi", at)


def test_an_edition_is_in_force_once_a_second_person_confirmed_it() -> None:
    request, confirmation = both()
    waits = series(request)
    assert (waits.waiting, waits.in_force(NOON.date())) == (request, None)
    done = series(request, confirmation)
    assert done.waiting is None
    assert done.in_force(NOON.date() - timedelta(days=1)) is None
    assert done.in_force(NOON.date()).sha256 == request.sha256


def test_its_first_day_is_never_before_it_was_confirmed() -> None:
    early = series(*both(starts_on=date(2026, 1, 1)))
    late = series(*both(starts_on=date(2027, 1, 1)))
    assert early.in_force(date(2026, 11, 30)) is None
    assert early.confirmed[0].first_day == NOON.date()
    assert (late.in_force(date(2026, 12, 31)), late.in_force(date(2027, 1, 1))) == (None, late.confirmed[0])


def test_the_newest_whose_day_has_come_is_in_force_and_all_stay() -> None:
    held = series(*both(), *both("2026.2", LATER), *both("2026.10", LATER, starts_on=date(2027, 1, 1)))
    numbers = [held.in_force(day).edition for day in (NOON.date(), LATER.date(), date(2027, 1, 1))]
    assert numbers == ["2026.1", "2026.2", "2026.10"]
    assert held.numbered("2026.1") is not None


def test_who_asked_does_not_confirm_and_neither_does_their_key() -> None:
    request = asked(FIRST, "pia.berg", NOON)
    own = confirmation_fault(series(request), confirmed(request, "pia.berg", LATER))
    same_key = confirmation_fault(series(request), confirmed(request, "paul.nkosi", LATER, key="EK-" + "A" * 16))
    assert "pia.berg asked for it, so another person confirms it" in str(own)
    assert "it was asked for with this very key" in str(same_key)
    assert series(request, confirmed(request, "pia.berg", LATER)).confirmed == ()


def test_a_confirmation_is_of_the_very_content_that_was_read() -> None:
    """Given another content asked for meanwhile, when the first is confirmed, then it is refused."""
    first = asked(FIRST, "pia.berg", NOON)
    other = asked(content(words__en__title="Another"), "pia.berg", LATER)
    moved = asked(FIRST, "pia.berg", LATER, starts_on=date(2027, 6, 1))
    for replaced in (other, moved):
        fault = confirmation_fault(series(first, replaced), confirmed(first, "paul.nkosi", LATER))
        assert "does not wait (any more)" in str(fault)
    swapped = confirmed(first, "paul.nkosi", LATER, sha256="cd" * 32)
    assert "does not wait" in str(confirmation_fault(series(first), swapped))


def test_nothing_is_asked_or_confirmed_twice() -> None:
    request, confirmation = both()
    assert "pia.berg asked for this very edition" in str(asked_fault(series(request), asked(FIRST, "ana.silva", LATER)))
    assert "does not wait" in str(confirmation_fault(series(request, confirmation), confirmation))
    assert len(series(request, confirmation, confirmation).confirmed) == 1


def test_numbers_go_up() -> None:
    held = series(*both("2026.2"))
    assert "what was confirmed stays as it is" in str(asked_fault(held, asked(SECOND, "pia.berg", LATER)))
    assert "2026.2 of interim-report is confirmed, which is newer" in str(
        asked_fault(held, asked(FIRST, "ana.silva", LATER))
    )
    assert order_of("2026.10") > order_of("2026.9") > order_of("2025.99")


def test_an_act_of_another_series_changes_nothing() -> None:
    stray = asked(content(SHEET), "pia.berg", NOON)
    assert series(stray) == EditionSeries(EditionKind.QUESTIONS, "interim-report", version=1)


def test_what_does_not_count_leaves_the_series_as_it_was() -> None:
    request, confirmation = both()
    doubted = Disregarded(at=NOON, recorded="EditionAsked", reason="its key may have been used by others")
    assert series(doubted, confirmation).confirmed == ()
    assert series(request, doubted, confirmation).in_force(NOON.date()) is not None


def test_each_kind_has_roles_that_confirm_it() -> None:
    assert set(MAY_CONFIRM) == set(EditionKind)
    assert EditionConfirmed.roles == CONFIRMERS


acts = st.tuples(st.sampled_from(["ask", "confirm"]), st.sampled_from(["pia.berg", "paul.nkosi", "mira.sato"]),
                 st.integers(1, 4))  # fmt: skip


@pytest.mark.slow
@given(st.lists(acts, max_size=12))
def test_whatever_happens_each_confirmed_edition_has_two_people_and_a_higher_number(
    tried: list[tuple[str, str, int]],
) -> None:
    held = series()
    for place, (what, actor, number) in enumerate(tried):
        at = NOON + timedelta(hours=place)
        request = asked(content(edition=f"2026.{number}"), actor, at, key=f"EK-{actor[0].upper() * 16}")
        confirms = what == "confirm" and held.waiting is not None
        event = confirmed(held.waiting, actor, at, key=f"EK-{actor[0].upper() * 16}") if confirms else request
        held = evolve(held, event)
    numbers = [order_of(one.edition) for one in held.confirmed]
    assert numbers == sorted(set(numbers))
    assert all(one.request.actor != one.confirmation.actor for one in held.confirmed)
    assert all(one.request.sha256 == one.confirmation.sha256 for one in held.confirmed)
