"""A wrong date of birth speaks against a true match with a list: one that nobody can have is refused at the door."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from domain.errors import IllegalTransition
from domain.parties import Party, PartyKind, birth_date_fault
from domain.partnership import commands as c
from domain.partnership import events as e
from domain.partnership.state import Partnership
from tests.builders import NOON, company, funds_in, funds_out, party, regrant, sponsorship
from tests.domain.partnership.specification import (
    REFERENCE,
    Story,
    active,
    amend,
    in_approval,
    propose,
    report_subrecipients,
)

TODAY = NOON.date()
TOMORROW, LONG_AGO = TODAY + timedelta(days=1), TODAY - timedelta(days=44_000)
NOBODYS = [pytest.param(TOMORROW, id="tomorrow"), pytest.param(LONG_AGO, id="over 120 years ago")]
SOMEBODYS = [pytest.param(TODAY, id="today"), pytest.param(LONG_AGO + timedelta(days=1), id="nearly 120 years ago")]


def led_by(born: date, **more: Any) -> Party:
    return party(principals=[{"name": "Rosa Quiroga", "role": "DIRECTOR", "born": born}], **more)


WHY = "the date of birth of Rosa Quiroga is in the future or too long ago"
TOLD = f"{WHY}; write `born` as YYYY-MM-DD, or leave it out where nobody knows it"


def proposed(**content: Any) -> Story:
    return Story(Partnership(partnership_id=REFERENCE)).when(propose(**content))


WHERE: dict[str, Callable[[date], dict[str, Any]]] = {
    "the partner's director": lambda born: {"partner": led_by(born)},
    "the payee's director": lambda born: {"funds_out": funds_out(payee=led_by(born))},
    "a person as partner": lambda born: {
        "partner": party("Rosa Quiroga", kind=PartyKind.INDIVIDUAL, ein=None, born=born)
    },
    "the donor's director": lambda born: {"funds_in": funds_in(donor=led_by(born))},
    "a sub-recipient's director": lambda born: {"funds_out": funds_out(regrant=regrant(led_by(born, ein=None)))},
    "who brought the project": lambda born: {
        "funds_out": funds_out(
            sponsorship=sponsorship(
                project_of=company("Rosa Quiroga", kind=PartyKind.INDIVIDUAL, born=born),
            )
        )
    },
}


@pytest.mark.parametrize("where", WHERE)
@pytest.mark.parametrize("born", NOBODYS)
def test_nobody_is_proposed_who_cannot_have_been_born_then(where: str, born: date) -> None:
    refused = proposed(**WHERE[where](born))
    refused.refused(IllegalTransition, TOLD)
    assert str(refused.refusal) == TOLD


@pytest.mark.parametrize("where", WHERE)
@pytest.mark.parametrize("born", SOMEBODYS)
def test_whoever_lives_may_be_proposed(where: str, born: date) -> None:
    proposed(**WHERE[where](born)).then(e.PartnershipProposed)


@pytest.mark.parametrize("born", NOBODYS)
def test_nobody_is_put_in_by_an_amendment_who_cannot_have_been_born_then(born: date) -> None:
    in_approval().when(amend(partner=led_by(born))).refused(IllegalTransition, TOLD)


@pytest.mark.parametrize("born", SOMEBODYS)
def test_an_amendment_tells_when_somebody_was_born_and_they_are_screened_again(born: date) -> None:
    story = in_approval(partner=led_by(date(1961, 4, 5))).when(amend(partner=led_by(born)))
    now = story.partnership
    assert (now.proposed.partner.principals[0].born, now.updated) == (born, 5)


@pytest.mark.parametrize("born", NOBODYS)
def test_nobody_is_reported_as_a_sub_recipient_who_cannot_have_been_born_then(born: date) -> None:
    story = active(funds_out=funds_out(regrant=regrant()))
    someone = party("Rosa Quiroga", kind=PartyKind.INDIVIDUAL, ein=None, born=born)
    for reported in (led_by(born, ein=None), someone):
        story.when(report_subrecipients(party(ein=None), reported)).refused(IllegalTransition, TOLD)
    assert story.when(report_subrecipients(led_by(date(1961, 4, 5), ein=None))).then(e.SubrecipientsReported)


def test_what_was_true_of_the_day_it_was_said_is_judged_by_that_day() -> None:
    command: c.Propose = propose(partner=led_by(TOMORROW))
    later = command.model_copy(update={"at": NOON + timedelta(days=1)})
    Story(Partnership(partnership_id=REFERENCE)).when(later).then(e.PartnershipProposed)


def test_everybody_is_told_at_once_in_one_line() -> None:
    born = {"role": "DIRECTOR", "born": TOMORROW}
    behind = party(principals=[{"name": "Rosa Quiroga", **born}, {"name": "Abel Mbeki", **born}]).with_principals
    said = birth_date_fault(behind, TODAY)
    wrong = "is in the future or too long ago"
    assert str(said) == f"the date of birth of Rosa Quiroga {wrong}; the date of birth of Abel Mbeki {wrong}"
    assert birth_date_fault(behind, TOMORROW) is None
