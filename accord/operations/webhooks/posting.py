"""Posting to one endpoint: to the address that was looked at and to no other, over TLS for its host, within a time."""

from __future__ import annotations

import asyncio
import ssl
from functools import cache
from typing import Final, NamedTuple

import httpx

from accord.operations.webhooks.addresses import NotReachable, Resolve, addresses_of, resolve
from accord.operations.webhooks.messages import Message
from accord.operations.webhooks.signing import signed_headers
from domain.webhooks.endpoint import Endpoint, host_of

SECONDS: Final = 20.0
"""The time that an endpoint has to take a message, from the look at its name to the end of its answer."""
MOST_READ: Final = 65_536
"""The bytes of an answer that are read. Nothing in them counts: its status does."""
GONE: Final = 410
"""The status by which a receiver says that it wants nothing more (RFC 9110, section 15.5.11)."""
_NO_ANSWER: Final = {
    httpx.ConnectError: "nobody answers there, or its certificate is not one of its host's",
    httpx.TimeoutException: f"no answer within {SECONDS:.0f} s",
    TimeoutError: f"no answer within {SECONDS:.0f} s",
}


class PostResult(NamedTuple):
    """The result of one attempt to post a message."""

    status: int | None
    """The status of the answer, or None if there was none."""
    fault: str = ""
    """The reason why the message was not taken, in words, or ''."""

    @property
    def is_taken(self) -> bool:
        """True if the endpoint took the message: a status from 200 to 299."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def is_gone(self) -> bool:
        """True if the endpoint wants nothing more."""
        return self.status == GONE


class Poster:
    """Posts to one endpoint. Its connection is kept for the next message."""

    def __init__(
        self,
        endpoint: Endpoint,
        secret: str,
        own_hosts: frozenset[str],
        lookup: Resolve = resolve,
        context: ssl.SSLContext | None = None,
    ) -> None:
        """Speak to one endpoint. `own_hosts`: the hosts of one's own network that may be spoken to.

        `context`: whom TLS trusts, in place of the world's authorities.
        """
        self._address, self._host = endpoint.url, host_of(endpoint.url)
        self._secret, self._own, self._lookup = secret, own_hosts, lookup
        # No proxy, and nothing else of the environment: what was looked at is what is spoken to.
        self._client = httpx.AsyncClient(
            timeout=SECONDS, follow_redirects=False, trust_env=False, verify=context or _the_worlds()
        )

    async def post(self, message: Message) -> PostResult:
        """Post a message, signed with its id and the present time. Whatever happens, it is a result."""
        try:
            async with asyncio.timeout(SECONDS):
                return await self._post(message)
        except NotReachable as fault:
            return PostResult(None, str(fault))
        except Exception as fault:  # whatever it is, it is this endpoint's: the others go on
            return PostResult(None, _in_words(fault))

    async def close(self) -> None:
        """Close the connection."""
        await self._client.aclose()

    async def _post(self, message: Message) -> PostResult:
        url = httpx.URL(self._address)  # made here, where a fault is a result, and ends no other posting
        port = url.port or (443 if url.scheme == "https" else 80)
        addresses = await addresses_of(self._host, port, self._own, self._lookup)
        for address in addresses[:-1]:
            try:
                return await self._to(url, address, message)
            except httpx.ConnectError:  # its next address may answer
                continue
        return await self._to(url, addresses[-1], message)

    async def _to(self, named_url: httpx.URL, address: str, message: Message) -> PostResult:
        headers = {
            "Host": named_url.netloc.decode("ascii"),
            "Content-Type": "application/json",
            **signed_headers(self._secret, message.id, message.body),
        }
        url, server_name = named_url.copy_with(host=address), {"sni_hostname": self._host}
        async with self._client.stream(
            "POST", url, content=message.body, headers=headers, extensions=server_name
        ) as answer:
            await _read_some(answer)
        fault = "" if answer.is_success else f"it answered {answer.status_code}"
        return PostResult(answer.status_code, fault)


async def _read_some(answer: httpx.Response) -> None:
    """Read an answer to its end, so that the connection can be used again, or as much as is read of any."""
    size = 0
    async for part in answer.aiter_raw():
        size += len(part)
        if size > MOST_READ:
            return


@cache
def _the_worlds() -> ssl.SSLContext:
    """Return the authorities that TLS trusts: the world's or, in SSL_CERT_FILE or SSL_CERT_DIR, others."""
    return httpx.create_ssl_context()


def _in_words(fault: Exception) -> str:
    words = (text for kind, text in _NO_ANSWER.items() if isinstance(fault, kind))
    return next(words, f"it does not answer ({type(fault).__name__})")
