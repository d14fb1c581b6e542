"""Fetch a publisher's file over HTTPS: completely or not at all, and only if it differs from the stored one."""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import ssl
import zlib
from collections.abc import Callable
from contextlib import aclosing
from datetime import date
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Final, NamedTuple, Self
from uuid import uuid4

import httpx

from registers.loading.unpacking import Inflater, is_plain_name

_MOST_REDIRECTS: Final = 5
_HIGHEST_PORT: Final = 65535
_PAGE_TYPES: Final = frozenset({"text/html", "application/xhtml+xml"})
_PAGE: Final = re.compile(rb"(\xef\xbb\xbf)?\s*<.*?(?<=<)(!doctype\s+html|html[\s>])", re.IGNORECASE | re.DOTALL)
_BEGINNING: Final = 1024
"""Bytes at the start of a file that are searched for the tag of a web page."""

AGENT: Final = "accord"
"""Our name for publishers, unless somebody gives more."""

_WAYS: Final = (
    "say who you are in ACCORD_USER_AGENT, such as an organisation and its address for mail; or fetch the files in a "
    "browser, and give them to `accord registers load`"
)
"""The remedies where a publisher turns programs away."""

DownloadProgress = Callable[[str, int, int | None], None]
"""Called with the file's name, the bytes received so far, and the bytes expected (None if unknown)."""


class FetchFailed(ConnectionError):
    """The file could not be fetched. The message names the address, the fault and the remedy."""


class _Transient(FetchFailed):
    """A transient fault: the download is retried."""


class Validator(NamedTuple):
    """The HTTP validators of the stored file, sent with a request to receive the file only if it has changed."""

    etag: str = ""
    last_modified: str = ""


class Fetched(NamedTuple):
    """A file that was received completely."""

    path: Path
    sha256: str
    size: int
    """Bytes of the file, after any HTTP content encoding is decoded."""
    validator: Validator
    last_modified: date | None
    """The day (UTC) of the Last-Modified header, or None if it cannot be parsed."""


class DownloadLimits(NamedTuple):
    """Limits of a download, in time and size."""

    connect_seconds: float = 10.0
    silent_seconds: float = 60.0
    """The longest wait for more data."""
    whole_seconds: float = 30 * 60.0
    """The longest time for the whole fetch, retries included."""
    size: int = 2 << 30
    """The maximum size of the file in bytes."""
    pauses: tuple[float, ...] = (2.0, 10.0, 30.0)
    """Seconds before each retry of a transient fault."""


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
    source = _Source(_url(address), validator, limits, agent)
    try:
        async with asyncio.timeout(limits.whole_seconds), _client(source, transport, trust) as client:
            return await _persist(client, source, folder, progress)
    except TimeoutError as fault:
        raise source.failed(f"was not here after {limits.whole_seconds:g} seconds; try again later") from fault


class _Source(NamedTuple):
    """A request to a publisher: its URL, the known validators and its limits."""

    url: httpx.URL
    known: Validator
    limits: DownloadLimits
    agent: str

    def failed(self, fault: str) -> FetchFailed:
        return FetchFailed(f"{_shown(self.url)} {fault}")

    def passing(self, fault: str) -> FetchFailed:
        return _Transient(f"{_shown(self.url)} {fault}; try again later")


def _url(address: str) -> httpx.URL:
    try:
        url = httpx.URL(address)
    except (httpx.InvalidURL, UnicodeError) as fault:
        raise FetchFailed(f"{address!r} is no address ({_in_a_line(fault)}); write https://host/path/file") from fault
    if not _is_safe(url):
        raise FetchFailed(f"{_shown(url)} is no HTTPS address; write https://host/path/file")
    if not is_plain_name(_name(url)):
        raise FetchFailed(f"{_shown(url)} does not end in the name of a file; write https://host/path/file")
    return url


def _name(url: httpx.URL) -> str:
    return url.path.rpartition("/")[2]


def _shown(url: httpx.URL) -> str:
    """Return an address that is safe to show: without password and query, which may hold credentials."""
    return str(url.copy_with(userinfo=b"", query=None, fragment=None))


def _is_safe(url: httpx.URL) -> bool:
    safe_scheme = url.scheme == "https" or (url.scheme == "http" and _is_loopback(url.host))
    return safe_scheme and bool(url.host) and (url.port or 0) <= _HIGHEST_PORT


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _client(
    source: _Source, transport: httpx.AsyncBaseTransport | None, trust: ssl.SSLContext | None
) -> httpx.AsyncClient:
    conditions = {"If-None-Match": source.known.etag, "If-Modified-Since": source.known.last_modified}
    headers = {"Accept-Encoding": "gzip", "User-Agent": source.agent} | {name: v for name, v in conditions.items() if v}
    timeout = httpx.Timeout(source.limits.silent_seconds, connect=source.limits.connect_seconds)
    try:
        return httpx.AsyncClient(headers=headers, timeout=timeout, transport=transport, verify=trust or True)
    except (ValueError, ImportError, OSError) as fault:
        remedy = "see HTTPS_PROXY and SSL_CERT_FILE in the environment"
        raise source.failed(f"cannot be asked for ({_in_a_line(fault)}); {remedy}") from fault


async def _persist(
    client: httpx.AsyncClient, source: _Source, folder: Path, progress: DownloadProgress
) -> Fetched | None:
    for pause in source.limits.pauses:
        try:
            return await _attempt(client, source, folder, progress)
        except _Transient:
            await asyncio.sleep(pause)
    return await _attempt(client, source, folder, progress)


async def _attempt(
    client: httpx.AsyncClient, source: _Source, folder: Path, progress: DownloadProgress
) -> Fetched | None:
    try:
        async with aclosing(await _answer(client, source)) as response:
            # Only where a file is stored: otherwise it answers nothing that was asked, and is refused below.
            if response.status_code == httpx.codes.NOT_MODIFIED and any(source.known):
                return None
            _check_status(response.status_code, source)
            _check_promise(response, source)
            with _Part(folder, _name(source.url)) as part:
                return await _receive(response, source, part, progress)
    # Named first: it is a ConnectionError, and so an OSError, which below means that the disk failed.
    except FetchFailed:
        raise
    except (httpx.HTTPError, ssl.SSLError) as fault:
        raise _network_fault(source, fault) from fault
    except OSError as fault:
        raise source.failed(f"cannot be stored in {folder} ({fault.strerror}); mend that") from fault


async def _answer(client: httpx.AsyncClient, source: _Source) -> httpx.Response:
    """Send the request. Redirects are followed here because httpx would also follow one from HTTPS to plain HTTP."""
    request = client.build_request("GET", source.url)
    for _ in range(_MOST_REDIRECTS + 1):
        response = await client.send(request, stream=True)
        if response.next_request is None:
            return response
        await response.aclose()
        request = response.next_request
        if not _is_safe(request.url) or (request.url.scheme, source.url.scheme) == ("http", "https"):
            raise source.failed(f"sends us on to {_shown(request.url)}, which is no HTTPS address; ask its publisher")
    raise source.failed(f"sends us on more than {_MOST_REDIRECTS} times; see the address in a browser")


def _check_status(code: int, source: _Source) -> None:
    status = f"{code} {httpx.codes.get_reason_phrase(code)}".rstrip()
    match code:
        case httpx.codes.OK:
            return
        case httpx.codes.NOT_FOUND | httpx.codes.GONE:
            raise source.failed(f"is not there ({status}); see where its publisher has moved it")
        case httpx.codes.UNAUTHORIZED | httpx.codes.FORBIDDEN:
            raise source.failed(f"is refused to us by its publisher ({status}); {_WAYS}")
        case httpx.codes.TOO_MANY_REQUESTS:
            raise source.failed(
                f"is refused to us by its publisher ({status}): we asked too often; ask tomorrow, or {_WAYS}"
            )
        case _ if code >= httpx.codes.INTERNAL_SERVER_ERROR:
            raise source.passing(f"is out of order ({status})")
        case _:
            raise source.failed(f"is answered with {status}, not with the file; see the address in a browser")


def _check_promise(response: httpx.Response, source: _Source) -> None:
    """Check length and encoding: with neither a length nor chunks, a lost connection would look like the file's end."""
    content_length, encoding = _expected(response), _encoding(response)
    if content_length is None and "transfer-encoding" not in response.headers:
        raise source.failed("comes without its length, and could be cut off unseen; ask its publisher")
    if content_length is not None and content_length > source.limits.size:
        raise _too_large(source)
    if encoding not in {"", "identity", "gzip", "x-gzip"}:
        raise source.failed(f"comes in an encoding that was not asked for, {encoding[:40]!r}; ask its publisher")


def _expected(response: httpx.Response) -> int | None:
    length = response.headers.get("content-length", "")
    return int(length) if length.isdecimal() else None


def _encoding(response: httpx.Response) -> str:
    return str(response.headers.get("content-encoding", "")).strip().lower()


def _too_large(source: _Source) -> FetchFailed:
    return source.failed(f"is larger than {source.limits.size} bytes; see that the address is that of the file")


async def _receive(response: httpx.Response, source: _Source, part: _Part, progress: DownloadProgress) -> Fetched:
    content_length, inflater = _expected(response), Inflater() if _encoding(response).endswith("gzip") else None
    try:
        async for chunk in response.aiter_raw():
            for piece in inflater.pieces(chunk) if inflater else (chunk,):
                part.write(piece)
                if part.size > source.limits.size:
                    raise _too_large(source)
            progress(_name(source.url), response.num_bytes_downloaded, content_length)
    except zlib.error as fault:
        raise source.passing(f"was damaged on its way ({_in_a_line(fault)})") from fault
    if content_length not in {None, response.num_bytes_downloaded} or (inflater and not inflater.at_end):
        raise source.passing(f"was cut off after {response.num_bytes_downloaded} bytes")
    _check_content(response, source, part.beginning)
    return Fetched(await asyncio.to_thread(part.keep), part.sha256, part.size, *_origin(response.headers))


def _check_content(response: httpx.Response, source: _Source, beginning: bytes) -> None:
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if not beginning:
        raise source.failed("is empty; see the address in a browser")
    if kind in _PAGE_TYPES or _PAGE.match(beginning):
        reason = "is a web page, not the data: its publisher turns us away, or has moved the file"
        raise source.failed(f"{reason}; see in a browser what it says and where the file is, or {_WAYS}")


def _origin(headers: httpx.Headers) -> tuple[Validator, date | None]:
    """Return (validators, Last-Modified day). A validator that is not ASCII is left empty: it cannot be sent back."""
    etag, modification_time = headers.get("etag", ""), headers.get("last-modified", "")
    validator = Validator(etag if etag.isascii() else "", modification_time if modification_time.isascii() else "")
    return validator, day_of(modification_time)


def day_of(modification_time: str) -> date | None:
    """Return the day (UTC) of a Last-Modified header, or None if it cannot be parsed."""
    try:
        return parsedate_to_datetime(modification_time).date()
    except ValueError:
        return None


class _Part:
    """A temporary file beside the final one. `keep` gives it the final name, and otherwise it is removed on exit."""

    def __init__(self, folder: Path, name: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._final, self._path = folder / name, folder / f".{name}.{uuid4().hex}.part"
        self._file = self._path.open("xb")
        self._digest = hashlib.sha256()
        self.size = 0
        self.beginning = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_fault: object) -> None:
        try:
            self._file.close()
        finally:
            self._path.unlink(missing_ok=True)

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    def write(self, piece: bytes) -> None:
        self._file.write(piece)
        self._digest.update(piece)
        self.size += len(piece)
        self.beginning += piece[: _BEGINNING - len(self.beginning)]

    def keep(self) -> Path:
        """Flush the file to disk (fsync), then give it its final name and return that path."""
        self._file.flush()
        os.fsync(self._file.fileno())
        return self._path.replace(self._final)


def _network_fault(source: _Source, fault: Exception) -> FetchFailed:
    reason, limits = _in_a_line(fault), source.limits
    if (certificate := _certificate_fault(fault)) is not None:
        remedy = "if a proxy stands between, set SSL_CERT_FILE to its authority, else ask the publisher"
        return source.failed(f"shows a certificate that is not trusted ({certificate}); {remedy}")
    match fault:
        case httpx.ProxyError():
            return source.failed(f"is not let through by the proxy ({reason}); see HTTPS_PROXY in the environment")
        case httpx.LocalProtocolError():
            return source.failed(f"cannot be asked for ({reason}); see that the address is that of the file")
        case httpx.ConnectTimeout():
            return source.passing(f"did not answer in {limits.connect_seconds:g} seconds")
        case httpx.TimeoutException():
            return source.passing(f"sent nothing for {limits.silent_seconds:g} seconds")
        case httpx.ConnectError():
            return source.passing(f"cannot be reached ({reason})")
        case _:
            return source.passing(f"was cut off ({reason})")


def _certificate_fault(fault: BaseException | None) -> str | None:
    while fault is not None:
        if isinstance(fault, ssl.SSLCertVerificationError):
            return fault.verify_message
        fault = fault.__cause__ or fault.__context__
    return None


def _in_a_line(fault: Exception) -> str:
    return " ".join(str(fault).split()) or type(fault).__name__
