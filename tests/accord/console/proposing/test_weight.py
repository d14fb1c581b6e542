"""The heaviest page of the console, a proposal with all that may be true of it, is as light as every other page."""

from __future__ import annotations

import pytest

from accord.presentation.words.proposal.seldom import OUT_OFTEN, OUT_SELDOM
from tests.accord.console.proposing.drafting import Visit, author, begun, complete, everything_open, press
from tests.accord.console.standard import MOST_BYTES, weight_of


async def test_a_grant_with_all_eight_ticks_open_is_as_light_as_every_page(visit: Visit) -> None:
    """Given a draft, when all is ticked that is asked of every grant, then its page is within the bound of pages."""
    visitor = await author(visit)
    draft = await begun(visitor)
    keys = [one.key for one in OUT_OFTEN]
    ticked = {"on": keys, **dict.fromkeys(keys, "yes"), "same:funds_out.payee": "other"}
    page = (await press(visitor, draft, 2, "save", **ticked)).text
    assert all(f'id="is-{key.removeprefix("is:").replace(".", "-")}"' in page for key in keys)
    assert 20_000 < weight_of(page) <= MOST_BYTES


@pytest.mark.slow
async def test_so_is_one_in_which_everything_is_open(visit: Visit) -> None:
    """Given a draft with every leg and every tick, also the rarer ones, then each of its pages is within the bound."""
    visitor = await author(visit)
    draft = await complete(visitor)
    await everything_open(visitor, draft)
    weights = {step: weight_of((await visitor.get(f"{draft}?step={step}")).text) for step in range(1, 6)}
    assert max(weights.values()) <= MOST_BYTES, weights
    assert len(OUT_SELDOM) > 5
