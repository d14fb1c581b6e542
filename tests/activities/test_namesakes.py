"""Whoever stands behind a party is compared with the organisation's own people (rules 3.10)."""

from __future__ import annotations

import asyncpg
from temporalio.testing import ActivityEnvironment

from accord.client.desk import Desk
from accord.demo.sample import furnish, load_sample_registers
from activities.verification import Verifications
from records.keys.keyring import Keyring
from tests.builders import abroad, principal, proposal


async def test_a_principal_with_the_name_of_one_of_the_staff_is_found_and_an_organisation_is_not(
    pool: asyncpg.Pool, keyring: Keyring
) -> None:
    await load_sample_registers(pool)
    await furnish(Desk(pool, keyring))
    behind = [principal("Lind, Vera"), principal("Vera Nobody"), {**principal("Ana Silva"), "kind": "PRIVATE_COMPANY"}]
    parties = proposal(partner=abroad(principals=behind)).parties
    found = await ActivityEnvironment().run(Verifications(pool).screen_parties, list(parties))
    assert [(one.staff_id, one.name, one.of) for one in found.namesakes] == [
        ("vera.lind", "Lind, Vera", "Harbour Schools Trust (KE)")
    ]
