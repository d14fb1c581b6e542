"""A partnership of before is met in lists, on its own page, and on that of the partnership which goes on from it."""

from __future__ import annotations

import re
from typing import Any, Final

import pytest

from accord.client.desk import Desk
from accord.organisation.imports.applying import apply_import
from tests.accord.console.deciding.test_deciding import waiting_for_approval
from tests.accord.console.proposing.drafting import author
from tests.accord.organisation.imports.test_bringing_in import signed_by_two, silent, table
from tests.imports.grants import mapping
from tests.lives import until_shown
from tests.references import next_reference

PARTNER: Final = "Lanternfish Reading Rooms"


def said(page: str) -> str:
    """Return the words of a page."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


async def brought_in(desk: Desk) -> str:
    """Bring one partnership of before in, and return its reference."""
    reference = next_reference()
    file = table({"Ref": f"OLD-{reference}", "Organisation": PARTNER, "Title": "Lanterns for reading rooms"})
    await signed_by_two(desk, file, mapping(first_reference=reference, source="lanterns"))
    await apply_import(desk, file, silent)
    await until_shown(desk)
    return reference


async def test_it_is_found_and_its_page_begins_a_proposal(desk: Desk, visit: Any) -> None:
    """Given one of before, then it is found by its old key, owed days say so, and its page begins a proposal."""
    reference = await brought_in(desk)
    pia = await author(visit)
    listed = (await pia.get(f"/partnerships?text=old-{reference}")).text
    assert ("Claimed: in force" in said(listed), f'href="/before/{reference}"' in listed) == (True, True)
    assert (await pia.get(f"/find?text={reference}")).headers["location"] == f"/{reference}"
    assert (await pia.get(f"/{reference}")).headers["location"] == f"/before/{reference}"
    owed = said((await pia.get("/obligations")).text)
    assert "The next report of the partner (claimed by its books of before)" in owed
    shown = said((await pia.get(f"/before/{reference}")).text)
    old_place, account = f"lanterns OLD-{reference}", "An account that its payee named"
    for words in ("Claimed, and not decided in Accord", account, "Femi Ade", "Dora Kim", old_place, "USD 14,000.00"):
        assert words in shown, words
    begun = await pia.post("/propose", {"before": reference})
    draft = (await pia.get(begun.headers["location"])).text
    assert (PARTNER in draft, reference in draft) == (True, True)


@pytest.mark.slow
async def test_its_page_and_that_of_what_goes_on_lead_to_each_other(desk: Desk, visit: Any) -> None:
    """Given one of before that goes on here, then both pages say so, its days are gone, and nobody begins it anew."""
    reference, pia = await brought_in(desk), await author(visit)
    await waiting_for_approval(desk, reference)
    await until_shown(desk)
    assert f'href="/before/{reference}"' in (await pia.get(f"/{reference}")).text
    after = (await pia.get(f"/before/{reference}")).text
    assert ("It goes on here" in after, f'href="/{reference}"' in after) == (True, True)
    assert 'name="before"' not in after
    assert f'href="/before/{reference}"' not in (await pia.get("/obligations")).text
    refused = await pia.post("/propose", {"before": reference})
    assert refused.status_code >= 400
