"""Each page can be asked for as of two dates, and shows the same ever after. A signer's view is one click away."""

from __future__ import annotations

import csv
import io
import re
from typing import Any
from urllib.parse import quote

import pytest

from accord.client.desk import Desk
from accord.web.pages import LABELS
from domain.partnership import commands as c
from tests.accord.console.deciding.test_deciding import waiting_for_approval
from tests.builders import funds_out, proposal
from tests.lives import Life, until_shown


async def test_what_a_signer_saw_is_the_version_that_they_were_shown(visit: Any, desk: Desk, reference: str) -> None:
    await waiting_for_approval(desk, reference)
    seen = await desk.known_sight(reference)
    await desk.decide(seen, c.Approve, "femi.ade", no_interest=True, reason="within the budget")
    await desk.decide(await desk.known_sight(reference), c.PlaceHold, "vera.lind", reason="a question to the payee")
    visitor = await visit("otto.audit")
    now, then = await visitor.get(f"/{reference}"), await visitor.get(f"/{reference}?version={seen.version}")
    assert f'href="/{reference}?version={seen.version}">what they saw' in now.text
    assert "a question to the payee" in now.text
    assert "a question to the payee" not in then.text
    assert f"after step {seen.version} of its record" in then.text
    assert f"/{reference}/approve" not in then.text


@pytest.mark.slow
@pytest.mark.parametrize(
    "path",
    [
        "/{}",
        "/payments",
        "/obligations",
        "/funds",
        "/?view=all",
        "/partnerships",
        "/partnerships?sort=title",
        "/books",
        "/books/commitments",
    ],
)
async def test_a_page_of_a_past_day_shows_the_same_after_more_was_recorded(
    visit: Any, desk: Desk, reference: str, path: str
) -> None:
    await waiting_for_approval(desk, reference)
    known = quote(str((await desk.history(reference))[-1].recorded_at))
    visitor, address = await visit("otto.audit"), path.format(reference)
    address += f"{'&' if '?' in address else '?'}known={known}"
    before = await visitor.get(address)
    await desk.decide(await desk.known_sight(reference), c.PlaceHold, "vera.lind", reason="a question to the payee")
    await until_shown(desk)
    assert before.status_code == 200
    assert (await visitor.get(address)).text == before.text


@pytest.mark.slow
async def test_before_it_was_proposed_there_is_nothing_to_see(visit: Any, desk: Desk, reference: str) -> None:
    await waiting_for_approval(desk, reference)
    answer = await (await visit("otto.audit")).get(f"/{reference}?known=2020-01-01")
    assert (answer.status_code, "was not proposed by then" in answer.text) == (404, True)


@pytest.mark.sampled(1)
@pytest.mark.parametrize(
    "query", ["true=yesterday", "known=2026-13-01", "version=-1", "version=x", "version=99999999999"]
)
async def test_what_is_no_day_or_version_is_said(visit: Any, desk: Desk, reference: str, query: str) -> None:
    await waiting_for_approval(desk, reference)
    answer = await (await visit("otto.audit")).get(f"/{reference}?{query}")
    assert answer.status_code == 422
    assert f"{LABELS.get(name := query.partition('=')[0], name.capitalize())}: " in answer.text


@pytest.mark.slow
async def test_payments_are_listed_with_their_totals_and_handed_out_as_files(
    visit: Any, desk: Desk, reference: str
) -> None:
    life = Life(desk, reference)
    await life.paid(proposal(reference, funds_out=funds_out("5000.00")))
    await until_shown(desk)
    visitor = await visit("paul.nkosi")
    shown = await visitor.get(f"/payments?partnership={reference}&status=settled")
    assert "Paid, 1 payment</th>" in shown.text
    assert "USD 5,000.00" in shown.text
    rows = list(csv.DictReader(io.StringIO((await visitor.get("/payments?format=csv")).text)))
    mine = next(one for one in rows if one["partnership_id"] == reference)
    told = (mine["amount"], mine["currency"], mine["status"], mine["released_by"])
    assert told == ("5000.00", "USD", "SETTLED", "paul.nkosi")
    as_json = (await visitor.get("/payments?format=json")).json()
    told = next(one for one in as_json if one["partnership_id"] == reference)["money"]
    assert told == {"amount": "5000.00", "currency": "USD"}
    assert "No payment of 2026" in (await visitor.get("/payments?payee=nobody-of-that-name")).text


@pytest.mark.slow
async def test_a_partnership_says_who_took_which_part_and_the_last_digits_of_its_account(
    visit: Any, desk: Desk, reference: str
) -> None:
    life = Life(desk, reference)
    await life.signed(proposal(reference, funds_out=funds_out("5000.00")))
    shown = (await (await visit("otto.audit")).get(f"/{reference}")).text
    known = await desk.known_partnership(reference)
    assert known.account is not None
    last = await desk.pool.fetchval(
        "SELECT last_digits FROM console.accounts WHERE reference = $1", known.account.reference
    )
    assert f"ending in <b>{last}</b>" in shown
    deciders = " ".join(re.sub(r"<[^>]+>", " ", shown.partition("Who decides")[2].partition("</section>")[0]).split())
    for words in ("Pia Berg proposed it", "Ana Silva approved for the programme", "Femi Ade approved for finance"):
        assert words in deciders


async def test_people_are_listed_with_roles_and_keys(visit: Any) -> None:
    visitor = await visit("otto.audit")
    assert "femi.ade" in (await visitor.get("/people")).text
    assert "EK-" in (await visitor.get("/people/femi.ade")).text
    assert "EK-" in (await visitor.get("/people?format=csv")).text
