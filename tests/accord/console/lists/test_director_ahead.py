"""A director whom the sums of the year ask for is told while the case waits, and can decide before the others did."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from accord.client.desk import Desk
from accord.console.lists import elsewhere
from domain.directory.tiers import Role
from domain.parties import Party
from domain.partnership import commands as c
from tests.builders import funds_out, party, proposal
from tests.governing import hire
from tests.lives import Life, until_shown

Visit = Callable[[str], Any]


def elsewhere_in(page: str) -> str:
    """What a page of the queue says that waits in other places."""
    return " ".join(re.sub(r"<[^>]+>", " ", page.partition('aria-label="Elsewhere"')[2].partition("</ul>")[0]).split())


async def waiting(desk: Desk, reference: str, payee: Party, amount: str) -> None:
    await Life(desk, reference).awaiting_approval(
        proposal(reference, title=f"Ferry lights {amount}", partner=payee, funds_out=funds_out(amount, payee=payee))
    )


@pytest.fixture
def payee() -> Party:
    """A payee of this module's alone."""
    return party("Lakeside School of Networking", ein="001000002")


async def test_a_director_is_told_of_a_case_whose_sums_together_ask_for_them(
    visit: Visit, desk: Desk, reference: str, new_reference: Callable[[], str], payee: Party
) -> None:
    """Given 20,000 that wait, when 90,000 are approved for the payee, then a director's work names them."""
    first, small = new_reference(), new_reference()
    await waiting(desk, reference, payee, "20000.00")
    await Life(desk, first).approved(proposal(first, partner=payee, funds_out=funds_out("90000.00", payee=payee)))
    await Life(desk, small).awaiting_approval(proposal(small, title="A common register of schools"))
    await until_shown(desk)
    director = await visit("dora.kim")
    told = elsewhere_in((await director.get("/?view=mine")).text)
    assert "Ferry lights 20000.00" in told
    assert "A common register of schools" not in told
    page = (await director.get(f"/{reference}")).text
    assert "Do you approve this as director?" in page
    assert f'href="/{reference}/approve"' in page
    assert (await director.get(f"/{reference}/approve")).status_code == 200
    assert "and for Dora Kim or Mira Sato" in (await (await visit("pia.berg")).get(f"/{reference}")).text
    await desk.decide(
        await desk.known_sight(reference), c.Approve, "dora.kim", reason="the year's sums are known", no_interest=True
    )
    assert [one.role for one in (await desk.known_partnership(reference)).approvals] == [Role.DIRECTOR]


@pytest.mark.slow
async def test_a_director_reads_how_far_sums_were_added_up(
    visit: Visit, desk: Desk, new_reference: Callable[[], str], payee: Party, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given more cases in approval than are added up, then a director's work says so, and else nothing of it."""
    for reference in (new_reference(), new_reference()):
        await waiting(desk, reference, payee, "20000.00")
    await until_shown(desk)
    whole, cut = [await hire(desk, f"new.{uuid4().hex[:8]}", Role.DIRECTOR) for _ in range(2)]
    said = "approvals that are due first"
    assert said not in (await (await visit(whole)).get("/?view=mine")).text
    monkeypatch.setattr(elsewhere, "MOST_ASKED", 1)
    page = (await (await visit(cut)).get("/?view=mine")).text
    assert said in page
    assert said not in elsewhere_in(page)
    assert (await (await visit(cut)).get(elsewhere._NO_FURTHER.address)).status_code == 200
    assert said not in (await (await visit("pia.berg")).get("/?view=mine")).text
