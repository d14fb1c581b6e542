"""Tokens: two guardians enrol one, each request asks whether it stands, and nobody else's word makes one."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from accord.organisation.governance import change_directory, confirm_change
from accord.presentation.faults import Refused
from domain.directory.people import ApiTokenEnrolled, ApiTokenRevoked, DirectoryFounded, Fact, KeyRevoked
from domain.directory.tiers import Role
from domain.organisation.tokens import ApiToken, Scope
from domain.streams import DIRECTORY_STREAM
from ledger import AppendRequest, Ledger, NewEvent, clock
from tests.accord.api.conftest import Api, token
from tests.accord.api.test_bad_input import told
from tests.governing import decree, hire


async def decree_by(api: Api, fact: Fact, confirmer: str) -> None:
    change = await change_directory(api.desk, (fact,), "dora.kim")
    assert change.change_id is not None
    await confirm_change(api.desk, change.change_id, confirmer)


async def enrolled_by(api: Api, confirmer: str) -> tuple[str, ApiToken]:
    secret, made = token(Scope.EVENTS)
    await decree_by(api, ApiTokenEnrolled(token=made), confirmer)
    return secret, made


@pytest.mark.parametrize("header", ["", "Basic YTpi", "Bearer", "Bearer two words", "Bearer accord_nobody", "Bearer é"])
async def test_without_a_token_that_somebody_enrolled_nothing_is_answered(api: Api, header: str) -> None:
    headers = {"Authorization": header.encode("latin-1")} if header else {}
    answer = await api.asking.get("/v1/events", headers=headers)
    assert told(answer)[:2] == (401, "header Authorization")
    assert answer.headers["www-authenticate"] == 'Bearer realm="accord"'


async def test_a_token_opens_its_scopes_and_nothing_else(api: Api) -> None:
    secret, _ = await api.enrolled(Scope.PROOFS)
    assert (await api.get("/v1/consistency?from=0&to=1", secret)).status_code == 200
    status, _, remedy = told(await api.get("/v1/events", secret))
    assert (status, remedy) == (403, "ask two guardians for a token with events")


async def test_a_token_opens_nothing_before_a_second_guardian_confirms(api: Api) -> None:
    secret, made = token(Scope.EVENTS)
    change = await change_directory(api.desk, (ApiTokenEnrolled(token=made),), "dora.kim")
    assert (await api.get("/v1/events", secret)).status_code == 401
    assert change.change_id is not None
    with pytest.raises(Refused):
        await confirm_change(api.desk, change.change_id, "dora.kim")
    await confirm_change(api.desk, change.change_id, "otto.audit")
    assert (await api.get("/v1/events", secret)).status_code == 200


async def test_a_revocation_holds_at_once_and_for_ever(api: Api) -> None:
    """Given a token in use, when one guardian proposes to revoke it, then the next request is refused already."""
    secret, made = await api.enrolled(Scope.EVENTS)
    assert (await api.get("/v1/events", secret)).status_code == 200
    change = await change_directory(api.desk, (ApiTokenRevoked(token_id=made.token_id),), "dora.kim")
    assert (await api.get("/v1/events", secret)).status_code == 401
    assert change.change_id is not None
    await confirm_change(api.desk, change.change_id, "otto.audit")
    assert "revoked" in (await api.get("/v1/events", secret)).json()["fault"]
    with pytest.raises(Refused, match="was enrolled before"):
        await decree(api.desk, ApiTokenEnrolled(token=made))


async def test_a_token_ends_with_its_last_day(api: Api) -> None:
    secret, _ = await api.enrolled(Scope.EVENTS, last_day=clock.today())
    assert (await api.get("/v1/events", secret)).status_code == 200
    tomorrow = clock.now() + timedelta(days=1)
    with clock.reading(lambda: tomorrow):
        assert "last day" in (await api.get("/v1/events", secret)).json()["fault"]


async def test_nobody_enrols_a_token_for_themselves(api: Api) -> None:
    _, made = token(Scope.LISTS, holder="dora.kim")
    with pytest.raises(Refused, match="two others must make it"):
        await change_directory(api.desk, (ApiTokenEnrolled(token=made),), "dora.kim")


async def test_a_token_that_nobody_signed_is_not_believed(api: Api) -> None:
    """Given whoever may write the table, when they append a token without signatures, then it opens nothing."""
    secret, made = token(*Scope)
    fact = ApiTokenEnrolled(token=made)
    for event in (fact, DirectoryFounded(changes=(fact,))):
        version = (await api.desk.directory()).version
        new = NewEvent.of(event.event_type, event.schema_version, event.model_dump(mode="json"), {})
        request = AppendRequest(DIRECTORY_STREAM, uuid4(), version, (new,))
        assert (await Ledger(api.desk.pool).append(request)).recorded
        assert (await api.get("/v1/events", secret)).status_code == 401
    assert (await api.get("/v1/events")).status_code == 200


async def test_a_token_enrolled_with_a_stolen_key_opens_nothing_once_that_is_known(api: Api) -> None:
    """Given a token that otto confirmed, when his key is revoked for cause since before, then it opens nothing."""
    secret, _ = await api.enrolled(Scope.EVENTS)
    await hire(api.desk, "olga.audit", Role.AUDITOR)
    later, _ = await enrolled_by(api, "olga.audit")
    key_id = api.desk.key_id("otto.audit")
    fact = KeyRevoked(staff_id="otto.audit", key_id=key_id, compromised_since=clock.now() - timedelta(hours=1))
    await decree_by(api, fact, "olga.audit")
    assert "others may have used" in (await api.get("/v1/events", secret)).json()["fault"]
    assert (await api.get("/v1/events", later)).status_code == 200
