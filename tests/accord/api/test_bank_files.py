"""Files of the bank over HTTP: the very bytes, for a scope of their own, each look noted."""

from __future__ import annotations

from hashlib import sha256

from domain.organisation.tokens import Scope
from tests.accord.api.conftest import Api
from tests.accord.api.test_bad_input import told

CONTENT = b"invented bytes of a bank \xff\x00"
KEPT = "INSERT INTO payments.bank_files (sha256, name, content) VALUES ($1, 'day.xml', $2)"


async def test_a_bank_file_is_its_bytes_for_its_own_scope_and_the_look_is_noted(api: Api) -> None:
    digest = sha256(CONTENT).hexdigest()
    await api.desk.pool.execute(KEPT, digest, CONTENT)
    secret, made = await api.enrolled(Scope.BANK_FILES)
    answer = await api.get(f"/v1/bank-files/{digest}", secret)
    assert (answer.content, answer.headers["content-type"]) == (CONTENT, "application/octet-stream")
    looks = "SELECT subject FROM console.looks WHERE staff_id = $1"
    assert await api.desk.pool.fetchval(looks, made.token_id) == f"/v1/bank-files/{digest}"
    others, _ = await api.enrolled(Scope.LISTS, Scope.EVENTS, Scope.PROOFS)
    assert told(await api.get(f"/v1/bank-files/{digest}", others))[0] == 403


async def test_a_file_that_is_not_there_or_was_changed_is_not_answered(api: Api) -> None:
    missing, changed = "a" * 64, "b" * 64
    await api.desk.pool.execute(KEPT, changed, b"something else")
    assert told(await api.get(f"/v1/bank-files/{missing}"))[:2] == (404, "parameter digest")
    assert told(await api.get(f"/v1/bank-files/{changed}"))[:2] == (422, "parameter digest")
    assert told(await api.get("/v1/bank-files/nothing"))[:2] == (400, "parameter digest")
