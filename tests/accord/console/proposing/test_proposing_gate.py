"""What the first gate would refuse is said on the form, from its first page on, and a sum is read back there."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

import pytest

from accord.client.desk import Desk
from accord.console.proposing.pages import page_of
from tests.accord.console.proposing.drafting import Visit, author, begun, complete, press

LACKS = {
    "What kind of people", "Which of our objectives does it serve?", "Why does no company and no person gain from it?",
    "Amount of payment 1", "What is it for?",
}  # fmt: skip
LINK = re.compile(r'<li><a href="([^"#]+)#([^"]+)">([^<]+)</a>(?:: ([^<]+))?</li>')


async def test_what_the_first_gate_asks_is_said_from_the_first_page_on_with_a_way_to_each(visit: Visit) -> None:
    """Given an empty draft, then each fact that the first gate asks is a link to its field, and is asked once."""
    visitor = await author(visit)
    draft = await begun(visitor)
    links = LINK.findall(html.unescape((await visitor.get(draft)).text))
    labels = [label for _, _, label, _ in links]
    assert set(labels) >= LACKS
    assert len(labels) == len(set(labels))
    for step in range(2, 6):
        assert links == LINK.findall(html.unescape((await visitor.get(f"{draft}?step={step}")).text)), "on every page"
    for place, anchor, label, _ in links:
        page = (await visitor.get(place)).text
        [control] = re.findall(rf'<(input|select|textarea|fieldset) [^>]*id="{anchor}"|id="{anchor}"', page)[:1]
        assert control, label


WITHOUT: dict[str, dict[str, str]] = {
    "an objective": {"public_interest.objective": ""},
    "who benefits": {"funds_out.no_private_benefit": ""},
    "a purpose that says something": {"funds_out.purpose": "n/a"},
    "a lead that is there": {"under": "P-2020-0001"},
    "a fund that is there": {"from:funds_out": "ISOC FD-2020-NOWHERE"},
    "a sum that somebody may approve": {"funds_out.tranches.0.money.amount": "900000000.00"},
}


@pytest.mark.sampled(1)
@pytest.mark.parametrize("left_out", WITHOUT)
async def test_nothing_that_the_first_gate_refuses_reaches_the_page_that_signs(
    visit: Visit, desk: Desk, new_reference: Callable[[], str], left_out: str
) -> None:
    """Given a draft without something, when it is to be signed, then the gate's own word is on the form."""
    visitor = await author(visit)
    draft = await complete(visitor, reference=new_reference())
    for path, text in WITHOUT[left_out].items():
        if path == "under":
            await press(visitor, draft, 4, "save", **{"on": "is:under", "is:under": "yes"})
        await press(visitor, draft, page_of(path), "save", **{path: text})
    shown = html.unescape((await visitor.get(f"{draft}?step=5")).text)
    assert re.search(r"[0-9] answers? (is|are) missing", shown)
    assert ('value="sign"' in shown, "have nothing against it" in shown) == (False, False)
    refused = await visitor.post(draft, {"step": "5", "do": "sign"})
    assert refused.status_code == 422


@pytest.mark.slow
async def test_a_question_of_the_rules_without_an_answer_leads_to_its_tick(visit: Visit) -> None:
    """Given a draft on which nobody said who controls the payee, then the question leads to where it is asked."""
    visitor = await author(visit)
    draft = await complete(visitor)
    passed = html.unescape((await visitor.get(f"{draft}?step=5")).text)
    await press(visitor, draft, 2, "save", on="is:none:funds_out")
    asked = html.unescape((await visitor.get(f"{draft}?step=5")).text)
    [at] = re.findall(r'nobody answered <a href="([^"]+)">“One of us, or of our family, controls the payee', asked)
    assert "nobody answered" not in passed
    assert "controlled_by_insider`" not in asked
    assert 'id="funds_out-controlled_by_insider"' in (await visitor.get(at.partition("#")[0])).text


SIGN = 'value="sign"'
AMOUNT = "funds_out.tranches.0.money.amount"


@pytest.mark.slow
async def test_a_sum_is_read_back_before_it_counts_and_asked_back_where_it_is_not_clear(visit: Visit) -> None:
    visitor = await author(visit)
    draft = await complete(visitor)
    for typed in ("20,000", "$20,000", "20,000.00", "USD 20,000.00"):
        shown = await press(visitor, draft, 2, "save", **{AMOUNT: typed})
        assert "Read as USD 20,000.00" in shown.text
        assert f'value="{typed}"' in shown.text
        assert SIGN in (await visitor.get(f"{draft}?step=5")).text
    for typed, readings in (
        ("30.000", "30,000.00 or 30.00"),
        ("1.234,56", "1,234.56 or 1.23456"),
        ("30,00", "30.00 or"),
    ):
        shown = await press(visitor, draft, 2, "save", **{AMOUNT: typed})
        assert html.unescape(shown.text).count(f"may be {readings}") == 2, "beside its field, and in the list"
        assert SIGN not in (await visitor.get(f"{draft}?step=5")).text
        assert (await visitor.post(draft, {"step": "5", "do": "sign"})).status_code == 422
