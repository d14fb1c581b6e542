"""What the first gate would refuse is said on the form, from its first page on, and a sum is read back there."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

import pytest

from accord.client.desk import Desk
from accord.console.deciding.proposing_content import STEPS
from tests.accord.console.deciding.drafting import SECOND, Visit, author, begun, complete, press

LACKS = ("Public interest › Community", "Public interest › Objective", "Money out › Benefit")


LINK = re.compile(r'<li><a href="([^"#]+)#([^"]+)">([^<]+)</a>: ([^<]+)</li>')


async def test_what_the_first_gate_asks_is_said_from_the_first_page_on_with_a_way_to_each(visit: Visit) -> None:
    """Given an empty draft with money out, then each fact that the first gate asks is a link to its field."""
    visitor = await author(visit)
    draft = await begun(visitor)
    shown = await press(visitor, draft, 2, "add funds_out")
    links = LINK.findall(html.unescape(shown.text))
    assert {*LACKS} <= {label for _, _, label, _ in links}
    assert links == LINK.findall(html.unescape((await visitor.get(draft)).text)), "the same on every page"
    for place, anchor, label, _ in links:
        assert f'id="{anchor}"' in (await visitor.get(place)).text, label
    for step, field in ((2, "no_private_benefit"), (2, "benefit"), (3, "community"), (3, "objective")):
        page = (await visitor.get(f"{draft}?step={step}")).text
        before_more = page[: page.index(f"-{field}")].rpartition("More about")[2]
        assert f"-{field}" not in before_more
        assert re.search(rf'-{field}"[^>]*>.{{0,120}}class="needed"', page, re.DOTALL), field


WITHOUT: dict[str, dict[str, str]] = {
    "an objective": {"public_interest.objective": ""},
    "who benefits": {"funds_out.no_private_benefit": ""},
    "a purpose that says something": {"funds_out.purpose": "n/a"},
    "a lead that is there": {"under": "P-2020-0001"},
    "a fund that is there": {"funds_out.funds.0.fund": "FD-2020-NOWHERE"},
    "a sum that somebody may approve": {"funds_out.tranches.0.money.amount": "900000000.00"},
}


@pytest.mark.parametrize("left_out", WITHOUT)
async def test_nothing_that_the_first_gate_refuses_reaches_the_page_that_signs(
    visit: Visit, desk: Desk, new_reference: Callable[[], str], left_out: str
) -> None:
    """Given a draft without something, when it is to be signed, then the gate's own word is on the form."""
    visitor = await author(visit)
    draft = await complete(visitor, reference=new_reference())
    if left_out == "a fund that is there":
        await press(visitor, draft, 2, "add funds_out.funds", **SECOND)
    for step, names in enumerate(STEPS, 1):
        typed = {name: text for name, text in WITHOUT[left_out].items() if name.partition(".")[0] in names[1]}
        ticks = SECOND if step == 2 else {}
        if typed:
            await press(visitor, draft, step, "save", **{**ticks, **typed})
    shown = html.unescape((await visitor.get(f"{draft}?step=5")).text)
    assert ("missing, or to be mended" in shown, "Go on to sign" in shown, ">pass<" in shown) == (True, False, False)
    refused = await visitor.post(draft, {"step": "5", "do": "sign"})
    assert refused.status_code == 422


AMOUNT = "funds_out.tranches.0.money.amount"


async def test_a_sum_is_read_back_before_it_counts_and_asked_back_where_it_is_not_clear(visit: Visit) -> None:
    visitor = await author(visit)
    draft = await complete(visitor)
    for typed in ("20,000", "$20,000", "20,000.00", "USD 20,000.00"):
        shown = await press(visitor, draft, 2, "save", **{**SECOND, AMOUNT: typed})
        assert "Read as USD 20,000.00" in shown.text
        assert f'value="{typed}"' in shown.text
        assert "Go on to sign" in (await visitor.get(f"{draft}?step=5")).text
    for typed, readings in (
        ("30.000", "30,000.00 or 30.00"),
        ("1.234,56", "1,234.56 or 1.23456"),
        ("30,00", "30.00 or"),
    ):
        shown = await press(visitor, draft, 2, "save", **{**SECOND, AMOUNT: typed})
        assert html.unescape(shown.text).count(f"may be {readings}") == 2, "beside its field, and in the list"
        assert "Go on to sign" not in (await visitor.get(f"{draft}?step=5")).text
        assert (await visitor.post(draft, {"step": "5", "do": "sign"})).status_code == 422
