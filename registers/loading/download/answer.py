"""The answer of a publisher: what is refused of it, and what it says of the file."""

from __future__ import annotations

import re
from datetime import date
from email.utils import parsedate_to_datetime
from typing import Final

import httpx

from registers.loading.download.request import FetchFailed, FileRequest, Validator

_PAGE_TYPES: Final = frozenset({"text/html", "application/xhtml+xml"})
_PAGE: Final = re.compile(rb"(\xef\xbb\xbf)?\s*<.*?(?<=<)(!doctype\s+html|html[\s>])", re.IGNORECASE | re.DOTALL)
_WAYS: Final = (
    "say who you are in ACCORD_USER_AGENT, such as an organisation and its address for mail; or fetch the files in a "
    "browser, and give them to `accord registers load`"
)
"""The remedies where a publisher turns programs away."""


def check_status(code: int, request: FileRequest) -> None:
    """Raise FetchFailed unless the status says that the file comes, with the remedy for what it says instead."""
    status = f"{code} {httpx.codes.get_reason_phrase(code)}".rstrip()
    match code:
        case httpx.codes.OK:
            return
        case httpx.codes.NOT_FOUND | httpx.codes.GONE:
            raise request.failed(f"is not there ({status}); see where its publisher has moved it")
        case httpx.codes.UNAUTHORIZED | httpx.codes.FORBIDDEN:
            raise request.failed(f"is refused to us by its publisher ({status}); {_WAYS}")
        case httpx.codes.TOO_MANY_REQUESTS:
            raise request.failed(
                f"is refused to us by its publisher ({status}): we asked too often; ask tomorrow, or {_WAYS}"
            )
        case _ if code >= httpx.codes.INTERNAL_SERVER_ERROR:
            raise request.passing(f"is out of order ({status})")
        case _:
            raise request.failed(f"is answered with {status}, not with the file; see the address in a browser")


def check_promise(response: httpx.Response, request: FileRequest) -> None:
    """Check length and encoding: with neither a length nor chunks, a lost connection would look like the file's end."""
    content_length, encoding = expected_length(response), encoding_of(response)
    if content_length is None and "transfer-encoding" not in response.headers:
        raise request.failed("comes without its length, and could be cut off unseen; ask its publisher")
    if content_length is not None and content_length > request.limits.size:
        raise too_large(request)
    if encoding not in {"", "identity", "gzip", "x-gzip"}:
        raise request.failed(f"comes in an encoding that was not asked for, {encoding[:40]!r}; ask its publisher")


def expected_length(response: httpx.Response) -> int | None:
    """Return the length that an answer promises, in bytes as they come, or None if it promises none."""
    length = response.headers.get("content-length", "")
    return int(length) if length.isdecimal() else None


def encoding_of(response: httpx.Response) -> str:
    """Return the content encoding of an answer in lower case, which is empty if it has none."""
    return str(response.headers.get("content-encoding", "")).strip().lower()


def too_large(request: FileRequest) -> FetchFailed:
    """Return the fault of a file over the limit."""
    return request.failed(f"is larger than {request.limits.size} bytes; see that the address is that of the file")


def check_content(response: httpx.Response, request: FileRequest, beginning: bytes) -> None:
    """Raise FetchFailed if what came is empty, or a web page. `beginning`: its first bytes."""
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if not beginning:
        raise request.failed("is empty; see the address in a browser")
    if kind in _PAGE_TYPES or _PAGE.match(beginning):
        reason = "is a web page, not the data: its publisher turns us away, or has moved the file"
        raise request.failed(f"{reason}; see in a browser what it says and where the file is, or {_WAYS}")


def origin_of(headers: httpx.Headers) -> tuple[Validator, date | None]:
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
