"""A payload is read with its key, in its place, and unchanged. A plain one is read as it is."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from temporalio.api.common.v1 import Payload
from temporalio.api.failure.v1 import Failure
from temporalio.api.history.v1 import HistoryEvent
from temporalio.converter import ActivitySerializationContext, WorkflowSerializationContext
from temporalio.exceptions import ApplicationError

from deploy.payloads.codec import ENCODING, EncryptedPayloads, PayloadUnreadable, key_ids_in
from deploy.payloads.keys import PayloadKey, PayloadKeys
from deploy.payloads.plugin import converter

RING = PayloadKeys((PayloadKey.make(),))


def codec(workflow_id: str = "partnership/P-2026-0001", ring: PayloadKeys = RING) -> EncryptedPayloads:
    return EncryptedPayloads(ring).with_context(WorkflowSerializationContext("default", workflow_id))


def plain(text: str) -> Payload:
    return Payload(metadata={"encoding": b"json/plain"}, data=text.encode())


async def sealed(text: str = '"Amara Okafor"', **of: Any) -> Payload:
    [made] = await codec(**of).encode([plain(text)])
    return made


@given(st.binary(max_size=5_000), st.dictionaries(st.text(max_size=20), st.binary(max_size=20), max_size=3))
async def test_what_is_encrypted_is_read_again_byte_for_byte(data: bytes, metadata: dict[str, bytes]) -> None:
    payload = Payload(metadata=metadata, data=data)
    assert await codec().decode(await codec().encode([payload, payload])) == [payload, payload]


async def test_nothing_of_a_payload_shows_and_no_two_are_alike() -> None:
    first, second = await sealed("Amara Okafor " * 50), await sealed("Amara Okafor " * 50)
    for one in (first, second):
        assert (one.metadata["encoding"], one.metadata["zip"]) == (ENCODING, b"1")
        assert b"Amara" not in one.SerializeToString()
        assert len(one.data) < 200
    assert first.data != second.data


async def test_any_changed_byte_is_found() -> None:
    made = await sealed()
    for place in range(len(made.data)):
        changed = bytes((*made.data[:place], made.data[place] ^ 1, *made.data[place + 1 :]))
        with pytest.raises(PayloadUnreadable, match="was changed"):
            codec().opened(Payload(metadata=made.metadata, data=changed))


@pytest.mark.parametrize(
    ("name", "content"),
    [("zip", b"1"), ("zip", b""), ("workflow", b"default/partnership/P-2026-0002"), ("workflow", b""), ("key", b"00")],
)
async def test_what_a_payload_says_of_itself_cannot_be_changed(name: str, content: bytes) -> None:
    made = await sealed()
    changed = Payload(metadata={**made.metadata, name: content}, data=made.data)
    for reader in (codec(), EncryptedPayloads(RING)):
        with pytest.raises(PayloadUnreadable):
            reader.opened(changed)


@pytest.mark.parametrize("name", ["zip", "workflow", "key"])
async def test_a_payload_that_does_not_say_what_it_must_is_not_read(name: str) -> None:
    made = await sealed()
    left = {key: content for key, content in made.metadata.items() if key != name}
    with pytest.raises(PayloadUnreadable):
        EncryptedPayloads(RING).opened(Payload(metadata=left, data=made.data))


@pytest.mark.parametrize(
    "found_in", ["partnership/P-2026-0002", "partnership/P-2026-00011", "partnership/P-2026-0001x"]
)
async def test_a_payload_of_one_workflow_is_not_read_in_another(found_in: str) -> None:
    with pytest.raises(PayloadUnreadable, match="is of default/partnership/P-2026-0001, and was found in"):
        codec(found_in).opened(await sealed())


async def test_an_activity_reads_what_its_workflow_wrote() -> None:
    context = ActivitySerializationContext(
        namespace="default", activity_id="1", activity_type="carry_out", activity_task_queue="accord",
        workflow_id="partnership/P-2026-0001", workflow_type="Partnership", is_local=True,
    )  # fmt: skip
    assert EncryptedPayloads(RING).with_context(context).opened(await sealed("7")) == plain("7")


async def test_a_run_of_a_schedule_reads_what_its_schedule_wrote() -> None:
    made = await sealed("7", workflow_id="refresh/irs-bmf")
    assert codec("refresh/irs-bmf-2026-11-28T02:00:00Z").opened(made) == plain("7")
    with pytest.raises(PayloadUnreadable):
        codec("refresh/irs-bmf-2026-11-28").opened(made)


async def test_a_run_of_a_schedule_reads_the_result_of_the_run_before_and_nobody_elses() -> None:
    """Temporal gives each run of a schedule what the last one returned."""
    before = await sealed("7", workflow_id="rescreening-2026-11-28T11:15:00Z")
    assert codec("rescreening-2026-11-28T11:30:00Z").opened(before) == plain("7")
    for other in ("refresh/irs-bmf-2026-11-28T11:30:00Z", "rescreening", "partnership/P-2026-0001"):
        with pytest.raises(PayloadUnreadable):
            codec(other).opened(before)


async def test_an_old_key_reads_and_a_lost_one_is_named() -> None:
    made = await sealed()
    added = RING.with_new()
    rotated = PayloadKeys((added.keys[1], added.keys[0]))
    assert codec(ring=rotated).opened(made) == plain('"Amara Okafor"')
    assert (await sealed(ring=rotated)).metadata["key"].decode() == added.keys[1].key_id
    with pytest.raises(PayloadUnreadable, match=f"no key {RING.writes.key_id} in the ring"):
        codec(ring=PayloadKeys((PayloadKey.make(),))).opened(made)


async def test_plain_payloads_are_read_as_they_are() -> None:
    assert await codec().decode([plain("7"), Payload()]) == [plain("7"), Payload()]


@pytest.mark.slow
async def test_a_payload_that_grows_without_end_is_refused() -> None:
    """Only a holder of the key can make one. Its whole need of memory is not used up all the same."""
    import zlib

    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    metadata = {"encoding": ENCODING, "key": RING.writes.key_id.encode(), "workflow": b"w", "zip": b"1"}
    said = b"\0".join(metadata[name] for name in ("encoding", "key", "workflow", "zip"))
    bomb = zlib.compress(bytes(65 * 1024 * 1024))
    data = bytes(12) + AESGCM(RING.writes.secret).encrypt(bytes(12), bomb, said)
    with pytest.raises(PayloadUnreadable):
        EncryptedPayloads(RING).opened(Payload(metadata=metadata, data=data))


async def test_a_failure_tells_its_words_to_who_has_the_key_alone() -> None:
    failure, made = Failure(), converter(RING).with_context(WorkflowSerializationContext("default", "w"))
    await made.encode_failure(ApplicationError("Amara Okafor is recused", type="SeparationOfDuties"), failure)
    assert (b"Amara" in failure.SerializeToString(), failure.application_failure_info.type) == (
        False, "SeparationOfDuties",
    )  # fmt: skip
    assert str(await made.decode_failure(failure)) == "SeparationOfDuties: Amara Okafor is recused"


async def test_the_keys_of_a_history_are_found_wherever_they_stand() -> None:
    event = HistoryEvent()
    assert key_ids_in(event) == set()
    event.marker_recorded_event_attributes.details["result"].payloads.append(await sealed())
    event.user_metadata.summary.CopyFrom(plain("7"))
    assert key_ids_in(event) == {RING.writes.key_id}
