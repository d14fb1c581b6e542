"""Fetch a publisher's file over HTTPS: completely or not at all, and only if it differs from the stored one."""

from __future__ import annotations

import asyncio
import ssl
import zlib
from collections.abc import Callable
from contextlib import aclosing
from datetime import date
from pathlib import Path
from typing import Final, NamedTuple

import httpx

from registers.loading.download.answer import (
    check_content,
    check_promise,
    check_status,
    encoding_of,
    expected_length,
    origin_of,
    too_large,
)
from registers.loading.download.network_faults import network_fault
from registers.loading.download.part_file import PartFile
from registers.loading.download.request import (
    AGENT,
    DownloadLimits,
    FetchFailed,
    FileRequest,
    Transient,
    Validator,
    file_name,
    in_a_line,
    is_safe,
    shown_address,
    url_of,
)
from registers.loading.unpacking import Inflater

_MOST_REDIRECTS: Final = 5


DownloadProgress = Callable[[str, int, int | None], None]
"""Called with the file's name, the bytes received so far, and the bytes expected (None if unknown)."""


class Fetched(NamedTuple):
    """A file that was received completely."""

    path: Path
    sha256: str
    size: int
    """Bytes of the file, after any HTTP content encoding is decoded."""
    validator: Validator
    last_modified: date | None
    """The day (UTC) of the Last-Modified header, or None if it cannot be parsed."""


_DEFAULT_LIMITS: Final = DownloadLimits()
_NOTHING_KNOWN: Final = Validator()


async def fetch(
    address: str,
    folder: Path,
    validator: Validator = _NOTHING_KNOWN,
    progress: DownloadProgress = lambda _name, _bytes, _expected: None,
    *,
    agent: str = AGENT,
    limits: DownloadLimits = _DEFAULT_LIMITS,
    transport: httpx.AsyncBaseTransport | None = None,
    trust: ssl.SSLContext | None = None,
) -> Fetched | None:
    """Download a publisher's file into a folder under its own name. Return None if it has not changed.

    A file of that name is replaced atomically, once the new one is complete. A proxy is taken from the environment
    (HTTPS_PROXY, NO_PROXY), and so are certificate authorities other than the public ones (SSL_CERT_FILE).

    Args:
        address: The URL of the file; its path ends in the file's name. HTTPS, or HTTP on this machine.
        folder: The folder for the file; created if it does not exist.
        validator: The validators of the file that is already stored.
        progress: Called for every chunk received; a retry counts from the start again.
        agent: What the publisher is told of who asks (User-Agent).
        limits: The limits of time and size.
        transport: A transport to use instead of the network; no proxy is used then.
        trust: A TLS context to use instead of one that trusts the public authorities.

    Raises:
        FetchFailed: The address is invalid, the network or the disk fails, or the publisher's answer is refused.
    """
    source = FileRequest(url_of(address), validator, limits, agent)
    try:
        async with asyncio.timeout(limits.whole_seconds), _client(source, transport, trust) as client:
            return await _persist(client, source, folder, progress)
    except TimeoutError as fault:
        raise source.failed(f"was not here after {limits.whole_seconds:g} seconds; try again later") from fault


def _client(
    source: FileRequest, transport: httpx.AsyncBaseTransport | None, trust: ssl.SSLContext | None
) -> httpx.AsyncClient:
    conditions = {"If-None-Match": source.known.etag, "If-Modified-Since": source.known.last_modified}
    headers = {"Accept-Encoding": "gzip", "User-Agent": source.agent} | {name: v for name, v in conditions.items() if v}
    timeout = httpx.Timeout(source.limits.silent_seconds, connect=source.limits.connect_seconds)
    try:
        return httpx.AsyncClient(headers=headers, timeout=timeout, transport=transport, verify=trust or True)
    except (ValueError, ImportError, OSError) as fault:
        remedy = "see HTTPS_PROXY and SSL_CERT_FILE in the environment"
        raise source.failed(f"cannot be asked for ({in_a_line(fault)}); {remedy}") from fault


async def _persist(
    client: httpx.AsyncClient, source: FileRequest, folder: Path, progress: DownloadProgress
) -> Fetched | None:
    for pause in source.limits.pauses:
        try:
            return await _attempt(client, source, folder, progress)
        except Transient:
            await asyncio.sleep(pause)
    return await _attempt(client, source, folder, progress)


async def _attempt(
    client: httpx.AsyncClient, source: FileRequest, folder: Path, progress: DownloadProgress
) -> Fetched | None:
    try:
        async with aclosing(await _answer(client, source)) as response:
            # Only where a file is stored: otherwise it answers nothing that was asked, and is refused below.
            if response.status_code == httpx.codes.NOT_MODIFIED and any(source.known):
                return None
            check_status(response.status_code, source)
            check_promise(response, source)
            with PartFile(folder, file_name(source.url)) as part:
                return await _receive(response, source, part, progress)
    # Named first: it is a ConnectionError, and so an OSError, which below means that the disk failed.
    except FetchFailed:
        raise
    except (httpx.HTTPError, ssl.SSLError) as fault:
        raise network_fault(source, fault) from fault
    except OSError as fault:
        raise source.failed(f"cannot be stored in {folder} ({fault.strerror}); mend that") from fault


async def _answer(client: httpx.AsyncClient, source: FileRequest) -> httpx.Response:
    """Send the request. Redirects are followed here because httpx would also follow one from HTTPS to plain HTTP."""
    request = client.build_request("GET", source.url)
    for _ in range(_MOST_REDIRECTS + 1):
        response = await client.send(request, stream=True)
        if response.next_request is None:
            return response
        await response.aclose()
        request = response.next_request
        if not is_safe(request.url) or (request.url.scheme, source.url.scheme) == ("http", "https"):
            raise source.failed(
                f"sends us on to {shown_address(request.url)}, which is no HTTPS address; ask its publisher"
            )
    raise source.failed(f"sends us on more than {_MOST_REDIRECTS} times; see the address in a browser")


async def _receive(
    response: httpx.Response, source: FileRequest, part: PartFile, progress: DownloadProgress
) -> Fetched:
    content_length, inflater = expected_length(response), Inflater() if encoding_of(response).endswith("gzip") else None
    try:
        async for chunk in response.aiter_raw():
            for piece in inflater.pieces(chunk) if inflater else (chunk,):
                part.write(piece)
                if part.size > source.limits.size:
                    raise too_large(source)
            progress(file_name(source.url), response.num_bytes_downloaded, content_length)
    except zlib.error as fault:
        raise source.passing(f"was damaged on its way ({in_a_line(fault)})") from fault
    if content_length not in {None, response.num_bytes_downloaded} or (inflater and not inflater.at_end):
        raise source.passing(f"was cut off after {response.num_bytes_downloaded} bytes")
    check_content(response, source, part.beginning)
    return Fetched(await asyncio.to_thread(part.keep), part.sha256, part.size, *origin_of(response.headers))
