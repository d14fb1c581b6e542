"""The book's lists by shell in an organisation with a base currency: a column more, and by which rates it was made."""

from __future__ import annotations

from pathlib import Path

import pytest

from accord.client.desk import Desk
from domain.directory.people import HouseRulesSet
from domain.directory.tiers import HouseRules
from domain.partnership import events as e
from ledger import clock
from tests.accord.organisation.books.test_closing import FUND, days_ago, received
from tests.accord.shell import Shell
from tests.accord.to_the_bank.test_base_currency import published
from tests.builders import funding, funds_out, proposal
from tests.governing import decree
from tests.rates import TWO
from tests.records.read_models.test_lists import catch_up
from tests.references import next_reference
from tests.scribe import Scribe


@pytest.mark.slow
async def test_a_list_says_what_its_planning_figures_are_made_of(
    shell: Shell, furnished: Desk, furnished_database: str, tmp_path: Path
) -> None:
    tier = {"currency": "EUR", "quorum": TWO}
    rules = HouseRules.model_validate({"tiers": [tier], "base_currency": "EUR"})
    await decree(furnished, HouseRulesSet(rules=rules))
    await published(furnished, tmp_path, "1.25")
    await received(furnished, "500.00", days_ago(5))
    at = shell.where(ACCORD_DATABASE_URL=furnished_database)
    told = (await at.done("books", "fund", "--json")).json
    [row] = [row for row in told["rows"] if row["fund"] == FUND]
    assert (row["available"], row["currency"], row["planned"]) == ("500.00", "USD", "400.00")
    assert (told["planning"]["base"], told["planning"]["day"]) == ("EUR", clock.today().isoformat())
    words = (await at.done("books", "fund")).words
    assert "EUR figures are for planning, and no postings: USD 1 = EUR 0.8 (ecb-rates of" in words
    scribe = Scribe(furnished, next_reference())
    await scribe.says(
        e.PartnershipProposed, "pia.berg", proposal=proposal(scribe.reference, funds_out=funds_out("500.00")),
        funding=funding(),
    )  # fmt: skip
    await catch_up(furnished)
    [line] = (await at.done("list", scribe.reference, "--planning", "--json")).json
    assert line["planned"] == {"amount": "400.00", "currency": "EUR", "rates_of": clock.today().isoformat()}
    assert "has no base currency" in (await shell("list", "--planning")).stderr
