"""An act of the organisation is recorded once, if it is its person's and they may. Otherwise it changes nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import asyncpg
import pytest
from temporalio.testing import ActivityEnvironment

from accord.client.desk import Desk
from accord.demo.sample import furnish
from accord.organisation.governance import change_directory, confirm_change
from accord.presentation.faults import Refused
from activities.contracts import ActAnswer
from activities.organisation import Organisation
from domain.directory.people import StaffLeft
from domain.parties import AccountReference
from domain.payment.account import AccountConfirmed, AccountRecorded, account_statement
from domain.recorded.acts import OrganisationAct
from domain.screening.clearance import MatchCleared, clearance_content, clearance_statement
from domain.streams import StreamId
from records.keys.keyring import Keyring
from tests.activities.story import released
from tests.builders import number
from tests.scribe import Scribe

REFERENCE, ACCOUNT = "P-2026-0042", AccountReference(reference="BA-TESTTESTTEST", sha256="ab" * 32)


@pytest.fixture
async def desk(pool: asyncpg.Pool, keyring: Keyring) -> Desk:
    made = Desk(pool, keyring)
    await furnish(made)
    return made


async def recorded(desk: Desk, act: OrganisationAct) -> ActAnswer:
    answer: ActAnswer = await ActivityEnvironment().run(Organisation(desk.pool).record_act, act)
    return answer


async def vouched(desk: Desk, kind: type[Any], actor: str, name: str, **content: Any) -> OrganisationAct:
    """An act on an account, signed by its actor."""
    now, command_id = datetime.now(UTC), number(name)
    what = {"record_account": AccountRecorded, "confirm_account": AccountConfirmed}
    act = next(word for word, one in what.items() if one is kind)
    said = ACCOUNT.model_dump(mode="json") if kind is AccountRecorded else content
    signature = await desk.sign(account_statement(act, said, actor, now, command_id, ACCOUNT.reference))
    event = kind(at=now, actor=actor, signature=signature, **(content or {"account": ACCOUNT}))
    return OrganisationAct(command_id=command_id, subject=ACCOUNT.reference, event=event)


async def confirming(desk: Desk, actor: str) -> OrganisationAct:
    return await vouched(desk, AccountConfirmed, actor, f"by {actor}", sha256=ACCOUNT.sha256, note="called them")


async def test_an_account_is_recorded_by_one_person_and_confirmed_by_another(desk: Desk) -> None:
    assert (await recorded(desk, await vouched(desk, AccountRecorded, "vera.lind", "recorded"))).refusal is None
    alone = await recorded(desk, await confirming(desk, "vera.lind"))
    assert alone.refusal is not None
    assert (alone.refusal.kind, alone.refusal.reason) == (
        "SeparationOfDuties", f"vera.lind recorded {ACCOUNT.reference}; another person must call back",
    )  # fmt: skip
    assert (await recorded(desk, await confirming(desk, "noor.haddad"))).refusal is None
    known = await desk.registrar.standing(ACCOUNT.reference)
    assert known is not None
    assert (known.recorded_by, known.confirmed_by) == ("vera.lind", "noor.haddad")


@pytest.mark.slow
async def test_whoever_may_not_vouch_for_an_account_is_told_which_role_it_needs(desk: Desk) -> None:
    refused = await recorded(desk, await vouched(desk, AccountRecorded, "paul.nkosi", "recorded"))
    assert refused.refusal is not None
    assert refused.refusal.reason == (
        "paul.nkosi may not vouch for an account: it needs FINANCE_APPROVER or VERIFIER, and paul.nkosi holds PAYER"
    )
    assert await desk.ledger.read_stream(StreamId.account(ACCOUNT.reference)) == []


async def test_an_act_in_anothers_name_is_refused(desk: Desk) -> None:
    act = await vouched(desk, AccountRecorded, "vera.lind", "recorded")
    forged = act.model_copy(update={"event": act.event.model_copy(update={"actor": "noor.haddad"})})
    refused = await recorded(desk, forged)
    assert refused.refusal is not None
    assert refused.refusal.kind == "NotSigned"
    assert await desk.ledger.read_stream(StreamId.account(ACCOUNT.reference)) == []


@pytest.mark.slow
async def test_an_act_that_comes_again_with_other_content_is_recorded_once(desk: Desk) -> None:
    first = await vouched(desk, AccountRecorded, "vera.lind", "recorded")
    assert await recorded(desk, first) == await recorded(desk, first) == ActAnswer()
    assert len(await desk.ledger.read_stream(StreamId.account(ACCOUNT.reference))) == 1


async def test_a_signature_holds_for_the_act_that_it_was_given_for_and_for_no_second_one(desk: Desk) -> None:
    """A person who reaches Temporal holds the signed act, and could start it under as many ids as they like."""
    first = await vouched(desk, AccountRecorded, "vera.lind", "recorded")
    assert await recorded(desk, first) == ActAnswer()
    again = await recorded(desk, first.model_copy(update={"command_id": number("another's id")}))
    assert len(await desk.ledger.read_stream(StreamId.account(ACCOUNT.reference))) == 1
    assert again.refusal is not None
    assert (again.refusal.kind, again.refusal.reason) == ("NotSigned", "the signature was given for another act")


@pytest.mark.slow
async def test_nobody_clears_a_match_of_what_they_proposed(pool: asyncpg.Pool, desk: Desk) -> None:
    scribe = Scribe(desk, REFERENCE)
    await released(scribe)
    content, now = clearance_content("ab" * 32, REFERENCE, "another person"), datetime.now(UTC)
    statement = clearance_statement(content, "paul.nkosi", now, number("cleared"))
    event = MatchCleared(at=now, actor="paul.nkosi", signature=await desk.sign(statement), **content)
    refused = await recorded(desk, OrganisationAct(command_id=number("cleared"), event=event))
    assert refused.refusal is not None
    assert refused.refusal.reason == "paul.nkosi proposed or pays P-2026-0042, or is recused; another person looks"


async def test_a_change_of_the_directory_waits_for_another_guardian(desk: Desk) -> None:
    changed = await change_directory(desk, (StaffLeft(staff_id="femi.ade"),), "dora.kim")
    assert changed.change_id is not None
    with pytest.raises(Refused, match="another person must confirm it"):
        await confirm_change(desk, changed.change_id, "dora.kim")
    assert (await desk.directory()).person("femi.ade") is not None
    await confirm_change(desk, changed.change_id, "otto.audit")
    assert (await desk.directory()).person("femi.ade") is None
