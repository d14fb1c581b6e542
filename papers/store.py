"""The store: sealed papers as objects in a folder or in an S3-compatible store, each written once."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import LocalStore, from_url

if TYPE_CHECKING:
    from obstore.store import ClientConfig, RetryConfig

SECONDS: Final = 30
"""After which a store that does not answer counts as away."""
_CLIENT: Final[ClientConfig] = {"timeout": f"{SECONDS}s", "connect_timeout": "5s"}
_RETRY: Final[RetryConfig] = {"max_retries": 2, "retry_timeout": timedelta(seconds=SECONDS)}
_CHUNK: Final = 1 << 20


class StoreUnavailable(ConnectionError):
    """The store does not answer, is full, or may not be used. The message is one line."""


class ObjectMissing(LookupError):
    """The store has no such object."""


class Store:
    """A folder, or a bucket of an S3-compatible store."""

    def __init__(self, place: str) -> None:
        """Open the store at a folder's path or an address such as s3://BUCKET/PREFIX.

        An S3-compatible store is configured as its tools are: AWS_ACCESS_KEY_ID, AWS_REGION, AWS_ENDPOINT_URL.

        Raises:
            StoreUnavailable: It cannot be opened.
        """
        self.place = place
        self._folder = None if "://" in place else Path(place).resolve()
        try:
            if self._folder is None:
                self._objects = from_url(place, client_options=_CLIENT, retry_config=_RETRY)
            else:
                self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
                self._objects = LocalStore(self._folder)
        except (BaseError, OSError, ValueError) as fault:
            raise self._away(fault) from fault

    async def write(self, name: str, parts: AsyncIterator[bytes]) -> bool:
        """Write an object, whole or not at all. Return False if there is one of this name, which stays as it is.

        Raises:
            StoreUnavailable: It could not be written.
        """
        try:
            await obstore.put_async(self._objects, name, parts, mode="create")
            if self._folder is not None:
                await asyncio.to_thread(_flush, self._folder / name)
        except AlreadyExistsError:
            return False
        except (BaseError, OSError) as fault:
            raise self._away(fault) from fault
        return True

    async def read(self, name: str) -> AsyncIterator[bytes]:
        """Yield an object's parts.

        Raises:
            ObjectMissing: There is none.
            StoreUnavailable: It cannot be read.
        """
        try:
            answer = await obstore.get_async(self._objects, name)
            async for part in answer.stream(min_chunk_size=_CHUNK):
                yield bytes(part)
        except FileNotFoundError:
            raise ObjectMissing(name) from None
        except (BaseError, OSError) as fault:
            raise self._away(fault) from fault

    async def size_of(self, name: str) -> int | None:
        """Return the bytes of an object, or None if there is none.

        Raises:
            StoreUnavailable: The store does not answer.
        """
        try:
            return int((await obstore.head_async(self._objects, name))["size"])
        except FileNotFoundError:
            return None
        except (BaseError, OSError) as fault:
            raise self._away(fault) from fault

    async def names(self, folder: str) -> list[str]:
        """Return the names of the objects in a folder of the store.

        Raises:
            StoreUnavailable: The store does not answer.
        """
        try:
            pages = obstore.list(self._objects, prefix=folder)
            return [str(entry["path"]) async for entries in pages for entry in entries]
        except (BaseError, OSError) as fault:
            raise self._away(fault) from fault

    async def delete(self, name: str) -> None:
        """Delete an object, if there is one.

        Raises:
            StoreUnavailable: The store does not answer.
        """
        try:
            await obstore.delete_async(self._objects, name)
        except FileNotFoundError:
            return
        except (BaseError, OSError) as fault:
            raise self._away(fault) from fault

    def _away(self, fault: Exception) -> StoreUnavailable:
        first = (str(fault).strip() or type(fault).__name__).splitlines()[0][:200]
        return StoreUnavailable(
            f"the store of papers at {self.place} cannot be used ({first}); try again once it answers"
        )


def _flush(file: Path) -> None:
    """Have a file and its name on the disk: who is told that a paper is kept may lose theirs."""
    for path in (file, file.parent):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
