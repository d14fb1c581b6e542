"""The status of an award: from the table, a hold as paused payments without a word of the hold's own."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from domain.identity import ACCORD
from domain.partnership.events import HoldPlaced
from domain.proposal import Direction
from publishing.commongrants.publication import common_grants
from publishing.commongrants.status import BY_A_PERSON, BY_A_RULE
from publishing.files import CELLS, folder_of
from tests.builders import funds_in, funds_out
from tests.domain.partnership import specification as s
from tests.publishing.casting import SETTLED, Cast, body, granted, stand
from tests.publishing.commongrants.models import documents, require_awards

ON = "2027-06-30"
PAYEE = body("Library A", "001000001")
SECRET = "a neighbour says that their treasurer gambles"


def grant() -> s.Story:
    return granted(PAYEE, "600.00", "400.00").given(*SETTLED)


def with_a_gift() -> s.Story:
    return s.active(funds_in=funds_in(), funds_out=funds_out("600.00", payee=PAYEE, final_report=False), partner=PAYEE)


def published(story: s.Story, *more: Any) -> tuple[dict[str, Any], Cast]:
    """The document of a story, with events of rules after it, and the ledger that it stands in."""
    cast = Cast()
    cast.partnership("P-2026-0001", (*story.history, *more))
    [document] = documents(common_grants(cast.cases(), stand(ON)))
    require_awards([document])
    return document, cast


def staff_hold(leg: Direction | None = None) -> Any:
    return s.hold(leg=leg).model_copy(update={"reason": SECRET})


def rule_hold(story: s.Story) -> HoldPlaced:
    return HoldPlaced(at=story.history[-1].at, actor=ACCORD, reason=SECRET)


@pytest.mark.parametrize(
    ("story", "value"),
    [
        (grant, "awarded"),
        (lambda: granted(PAYEE, "1000.00").given(*SETTLED), "completed"),
        (lambda: grant().given(s.terminate()), "cancelled"),
        (lambda: grant().given(s.hold()), "custom"),
        (lambda: grant().given(s.hold(), s.lift()), "awarded"),
        (lambda: grant().given(s.hold(), s.terminate()), "cancelled"),
        (lambda: with_a_gift().given(s.end_leg(Direction.FUNDS_OUT)), "cancelled"),
        (lambda: with_a_gift().given(s.end_leg(Direction.FUNDS_IN)), "awarded"),
        (lambda: with_a_gift().given(s.hold(leg=Direction.FUNDS_OUT)), "custom"),
    ],
)
def test_a_status_is_by_the_table(story: Callable[[], s.Story], value: str) -> None:
    document, _ = published(story())
    assert document["status"]["value"] == value
    assert document["status"].get("customValue") == ("suspended" if value == "custom" else None)


def test_a_hold_is_told_as_paused_payments_and_never_in_its_own_words() -> None:
    """Given holds by a person and by a rule, then each says by whom in general, and no file has its words."""
    story = grant()
    by_a_person, cast = published(story.given(staff_hold()))
    assert by_a_person["status"]["description"] == BY_A_PERSON
    files = folder_of(common_grants(cast.cases(), stand(ON)), stand(ON))
    assert all(b"gambles" not in content for content in files.values())
    assert published(story, rule_hold(story))[0]["status"]["description"] == BY_A_RULE
    assert published(story.given(staff_hold()), rule_hold(story))[0]["status"]["description"] == BY_A_PERSON


def test_the_cell_of_a_status_opens_to_each_hold_that_stands() -> None:
    """Given two holds of which one is lifted, then the cell names the events of both, and then of the other alone."""
    story = grant().given(s.hold(), s.hold(actor="femi.ade"))
    first, second = holds_behind(published(story)[1])
    assert (first["reason"], second["actor"]) == ("A newspaper report", "femi.ade")
    [standing] = holds_behind(published(story.given(s.lift()))[1])
    assert standing["actor"] == "femi.ade"


def holds_behind(cast: Cast) -> list[dict[str, Any]]:
    """The events behind the cell of the status."""
    folder = folder_of(common_grants(cast.cases(), stand(ON)), stand(ON))
    positions = [part[0] for part in json.loads(folder[CELLS])["commongrants.json"]["P-2026-0001/status"]]
    events = {occurrence.position: occurrence.event for occurrence in cast.occurrences["P-2026-0001"]}
    return [events[position].model_dump() for position in positions]
