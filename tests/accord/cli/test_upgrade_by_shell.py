"""Before an upgrade, `accord policy whatif` says what the edition asks of what was approved before (rules 4.16)."""

from __future__ import annotations

import pytest

from accord.client.desk import Desk
from domain.policy.rulebook import RULE_BOOK
from payments.accounts import reference_of
from tests import paying
from tests.accord.shell import Shell
from tests.builders import funds_out, party, proposal
from tests.payments.orders import RIVERBEND

OLDER, NEWER = "P-2026-0042", "P-2026-0043"
ASKED = "a disqualified person of the funder controls it"


async def agreed_under(desk: Desk, reference: str, edition: str, **leg: object) -> None:
    payee = party(RIVERBEND.holder)
    made = proposal(reference, partner=payee, funds_out=funds_out("1000.00", payee=payee, **leg))
    await paying.agreed(desk, made, reference_of(RIVERBEND), edition)


async def test_what_a_newer_edition_asks_of_running_grants_is_listed_with_the_day(
    shell: Shell, furnished: Desk, furnished_database: str
) -> None:
    at = shell.where(ACCORD_DATABASE_URL=furnished_database)
    await agreed_under(furnished, OLDER, "2026.3", controlled_by_insider=True)
    await agreed_under(furnished, NEWER, RULE_BOOK.version)
    plain, machine = await at.together(
        ("policy", "whatif", RULE_BOOK.version), ("policy", "whatif", RULE_BOOK.version, "--json")
    )
    assert "holds payments 60 days after the first look" in plain.words
    assert NEWER not in plain.words
    (told,) = machine.json["approved_before"]
    assert (told["partnership_id"], told["refuses"]) == (OLDER, [])
    assert any(ASKED in one for one in told["asks"])


@pytest.mark.slow
async def test_where_nothing_was_approved_before_nothing_is_said_of_it(
    shell: Shell, furnished: Desk, furnished_database: str
) -> None:
    at = shell.where(ACCORD_DATABASE_URL=furnished_database)
    await agreed_under(furnished, NEWER, RULE_BOOK.version)
    answer = await at.done("policy", "whatif", RULE_BOOK.version)
    assert "Approved before" not in answer.words
