"""A request to a publisher: an address that is safe to ask, what is stored already, and the limits of the download."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Final, NamedTuple

import httpx

from registers.loading.unpacking import is_plain_name

_HIGHEST_PORT: Final = 65535

AGENT: Final = "accord"
"""Our name for publishers, unless somebody gives more."""


class FetchFailed(ConnectionError):
    """The file could not be fetched. The message names the address, the fault and the remedy."""


class Transient(FetchFailed):
    """A transient fault: the download is retried."""


class Validator(NamedTuple):
    """The HTTP validators of the stored file, sent with a request to receive the file only if it has changed."""

    etag: str = ""
    last_modified: str = ""


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


class FileRequest(NamedTuple):
    """A request to a publisher: its URL, the known validators and its limits."""

    url: httpx.URL
    known: Validator
    limits: DownloadLimits
    agent: str

    def failed(self, fault: str) -> FetchFailed:
        """Return a fault that another attempt would meet again."""
        return FetchFailed(f"{shown_address(self.url)} {fault}")

    def passing(self, fault: str) -> FetchFailed:
        """Return a fault after which the download is tried again."""
        return Transient(f"{shown_address(self.url)} {fault}; try again later")


def url_of(address: str) -> httpx.URL:
    """Return an address as a URL. Raises FetchFailed unless it is safe and ends in the name of a file."""
    try:
        url = httpx.URL(address)
    except (httpx.InvalidURL, UnicodeError) as fault:
        raise FetchFailed(f"{address!r} is no address ({in_a_line(fault)}); write https://host/path/file") from fault
    if not is_safe(url):
        raise FetchFailed(f"{shown_address(url)} is no HTTPS address; write https://host/path/file")
    if not is_plain_name(file_name(url)):
        raise FetchFailed(f"{shown_address(url)} does not end in the name of a file; write https://host/path/file")
    return url


def file_name(url: httpx.URL) -> str:
    """Return the name of the file that an address ends in."""
    return url.path.rpartition("/")[2]


def shown_address(url: httpx.URL) -> str:
    """Return an address that is safe to show: without password and query, which may hold credentials."""
    return str(url.copy_with(userinfo=b"", query=None, fragment=None))


def is_safe(url: httpx.URL) -> bool:
    """True for an HTTPS address, or one of this machine."""
    safe_scheme = url.scheme == "https" or (url.scheme == "http" and _is_loopback(url.host))
    return safe_scheme and bool(url.host) and (url.port or 0) <= _HIGHEST_PORT


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def in_a_line(fault: Exception) -> str:
    """Return the words of a fault in one line, or its kind if it has none."""
    return " ".join(str(fault).split()) or type(fault).__name__
