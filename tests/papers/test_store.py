"""The store keeps an object whole or not at all, once, and says in one line why it cannot be used."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from papers.store import ObjectMissing, Store, StoreUnavailable


async def parts(*content: bytes) -> AsyncIterator[bytes]:
    for part in content:
        yield part


async def broken() -> AsyncIterator[bytes]:
    yield bytes(3 << 20)
    raise ValueError("the file was changed")


async def read(store: Store, name: str) -> bytes:
    return b"".join([part async for part in store.read(name)])


async def test_an_object_is_written_once_and_read(tmp_path: Path) -> None:
    store = Store(str(tmp_path / "papers"))
    assert await store.write("ab/c", parts(b"one", b"two"))
    assert not await store.write("ab/c", parts(b"another"))
    assert (await read(store, "ab/c"), await store.size_of("ab/c")) == (b"onetwo", 6)


async def test_what_broke_off_is_no_object(tmp_path: Path) -> None:
    store = Store(str(tmp_path))
    with pytest.raises(ValueError, match="changed"):
        await store.write("ab/c", broken())
    assert await store.size_of("ab/c") is None
    assert await store.write("ab/c", parts(b"whole"))


async def test_what_was_deleted_is_missing_and_deleting_again_is_nothing(tmp_path: Path) -> None:
    store = Store(str(tmp_path))
    await store.write("ab/c", parts(b"one"))
    await store.delete("ab/c")
    await store.delete("ab/c")
    with pytest.raises(ObjectMissing):
        await read(store, "ab/c")


async def test_a_store_that_does_not_answer_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_ALLOW_HTTP", "true")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "b")
    store = Store("s3://papers/of-ours")
    with pytest.raises(StoreUnavailable, match="try again") as refused:
        await store.write("ab/c", parts(b"one"))
    assert "\n" not in str(refused.value)


async def test_a_place_that_is_no_folder_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreUnavailable, match="cannot be used"):
        Store(str(tmp_path / "file" / "papers"))
