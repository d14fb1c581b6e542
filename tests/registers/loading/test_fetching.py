"""A publisher's file is fetched whole or not at all: over HTTPS, once, patiently, and never a web page in its place."""

from __future__ import annotations

import asyncio
import gzip
import ipaddress
import ssl
import tracemalloc
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from registers.loading.download.request import DownloadLimits, FetchFailed, Validator
from registers.loading.fetching import Fetched, fetch
from tests.waiting import BACKSTOP, until

DATA = b"EIN,NAME\n010000001,RIVERBEND LIBRARY NETWORK\n"
PAGE = b"<!DOCTYPE html>\n<html><head><title>We are sorry</title></head></html>"
ETAG, MODIFIED = '"edition-7"', "Mon, 09 Nov 2026 23:30:00 GMT"
AT_ONCE = DownloadLimits(BACKSTOP, BACKSTOP, BACKSTOP, size=1 << 20, pauses=(0, 0, 0))
"""Asks again at once, and waits for who is slow."""

HASTY = AT_ONCE._replace(silent_seconds=0.2)
"""For a publisher who will not say a word, however long one waits."""

OLD = b"what we held before\n"


class Answer(NamedTuple):
    """The publisher's answer, and True if it then falls silent instead of closing."""

    raw: bytes
    silent: bool = False


def answer(body: bytes = DATA, status: str = "200 OK", /, **headers: str) -> Answer:
    """An answer as it should be. A header given as an empty text is left out."""
    told = {"content_length": str(len(body)), "connection": "close"} | headers
    head = [f"{name.replace('_', '-')}: {value}" for name, value in told.items() if value]
    return Answer("\r\n".join([f"HTTP/1.1 {status}", *head, "", ""]).encode("latin-1") + body)


def chunked(body: bytes, end: bytes = b"0\r\n\r\n", **headers: str) -> Answer:
    framed = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (body[:7], body[7:])) + end
    return answer(framed, content_length="", transfer_encoding="chunked", **headers)


def moved(to: str) -> Answer:
    return answer(b"", "302 Found", location=to)


def cut(body: bytes = DATA) -> Answer:
    return answer(body, content_length=str(len(body) + 1))


class Publisher:
    """A server on this machine: to each path it gives its answers in turn, the last one for ever."""

    def __init__(self, scheme: str = "http") -> None:
        self.requests: list[str] = []
        self.root = f"{scheme}://"
        self._answers: dict[str, list[Answer]] = {}
        self._end = asyncio.Event()

    def gives(self, *answers: Answer, path: str = "/data/eo1.csv") -> str:
        """Return the address under which the answers are given."""
        self._answers[path] = list(answers)
        return self.root + path

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            self.requests.append((await reader.readuntil(b"\r\n\r\n")).decode())
            given = self._answers[self.requests[-1].split()[1].removeprefix("http://127.0.0.2").partition("?")[0]]
            now = given.pop(0) if len(given) > 1 else given[0]
            writer.write(now.raw)
            await writer.drain()
            if now.silent:
                await self._end.wait()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    @asynccontextmanager
    async def open(self, tls: ssl.SSLContext | None = None) -> AsyncIterator[Publisher]:
        server = await asyncio.start_server(self.serve, "127.0.0.1", 0, ssl=tls)
        self.root += f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        try:
            yield self
        finally:
            self._end.set()
            server.close()


@pytest.fixture
async def publisher() -> AsyncIterator[Publisher]:
    async with Publisher().open() as opened:
        yield opened


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder that holds an earlier file. Whatever happens, nothing half-done is ever left in it."""
    (tmp_path / "eo1.csv").write_bytes(OLD)
    yield tmp_path
    assert names(tmp_path) == ["eo1.csv"]


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def held(folder: Path) -> bytes:
    return (folder / "eo1.csv").read_bytes()


async def refusal(address: str, folder: Path, limits: DownloadLimits = AT_ONCE, known: Validator | None = None) -> str:
    """The refusal in its one line. The held file is still the same."""
    with pytest.raises(FetchFailed) as caught:
        await fetch(address, folder, known or Validator(), limits=limits)
    assert held(folder) == OLD
    assert len(str(caught.value).splitlines()) == 1
    return str(caught.value)


async def test_a_file_comes_under_its_own_name_with_what_its_publisher_says_of_it(
    publisher: Publisher, folder: Path
) -> None:
    address = publisher.gives(answer(etag=ETAG, last_modified=MODIFIED))
    fetched = await fetch(address, folder, limits=AT_ONCE)
    expected = (folder / "eo1.csv", sha256(DATA).hexdigest(), len(DATA), Validator(ETAG, MODIFIED), date(2026, 11, 9))
    assert fetched == Fetched(*expected)
    assert held(folder) == DATA


async def test_a_folder_that_is_not_there_is_made(publisher: Publisher, tmp_path: Path) -> None:
    fetched = await fetch(publisher.gives(answer()), tmp_path / "registers" / "irs", limits=AT_ONCE)
    assert fetched is not None
    assert fetched.path.read_bytes() == DATA


@pytest.mark.parametrize(
    ("headers", "validator"),
    [
        pytest.param({}, Validator(), id="nothing said"),
        pytest.param({"last_modified": "yesterday"}, Validator("", "yesterday"), id="no date"),
        pytest.param({"etag": '"\xe9dition"'}, Validator(), id="a tag that could not be sent back"),
    ],
)
async def test_what_the_publisher_does_not_say_is_not_made_up(
    publisher: Publisher, folder: Path, headers: dict[str, str], validator: Validator
) -> None:
    fetched = await fetch(publisher.gives(answer(**headers)), folder, limits=AT_ONCE)
    assert fetched is not None
    assert (fetched.validator, fetched.last_modified) == (validator, None)


async def test_the_file_that_we_hold_is_not_fetched_again(publisher: Publisher, folder: Path) -> None:
    address = publisher.gives(answer(b"", "304 Not Modified", content_length=""))
    assert await fetch(address, folder, Validator(ETAG, MODIFIED), limits=AT_ONCE) is None
    assert f"If-None-Match: {ETAG}\r\nIf-Modified-Since: {MODIFIED}\r\n" in publisher.requests[0]
    assert held(folder) == OLD


async def test_unchanged_means_nothing_to_one_who_holds_nothing(publisher: Publisher, folder: Path) -> None:
    address = publisher.gives(answer(b"", "304 Not Modified", content_length=""))
    assert "304 Not Modified" in await refusal(address, folder)
    assert "If-" not in publisher.requests[0]


@pytest.mark.parametrize(
    ("address", "fault"),
    [
        pytest.param("http://eo.example/eo1.csv", "no HTTPS address", id="plain HTTP"),
        pytest.param("http://127.0.0.1.eo.example/eo1.csv", "no HTTPS address", id="only like this machine"),
        pytest.param("ftp://eo.example/eo1.csv", "no HTTPS address", id="FTP"),
        pytest.param("file:///etc/hosts", "no HTTPS address", id="a local file"),
        pytest.param("eo1.csv", "no HTTPS address", id="no host"),
        pytest.param("https://eo.example:port/eo1.csv", "no address", id="a port that is none"),
        pytest.param("https://127.0.0.1:99999/eo1.csv", "no HTTPS address", id="a port too high"),
        pytest.param("https://eo.example/", "name of a file", id="no file"),
        pytest.param("https://eo.example/a/%2e%2e", "name of a file", id="the folder above"),
        pytest.param("https://eo.example/.profile", "name of a file", id="a hidden file"),
        pytest.param("https://eo.example/a%5Cb.csv", "name of a file", id="another system's path"),
    ],
)
async def test_an_address_that_is_not_safe_is_refused(folder: Path, address: str, fault: str) -> None:
    assert fault in await refusal(address, folder)


async def test_a_secret_in_the_address_is_not_told(publisher: Publisher, folder: Path) -> None:
    address = publisher.gives(answer(b"", "404 Not Found")).replace("://", "://user:secret@")
    assert "secret" not in await refusal(f"{address}?token=secret", folder)
    assert "?token=secret" in publisher.requests[0]


async def test_five_redirects_are_followed_and_the_name_stays(publisher: Publisher, folder: Path) -> None:
    address = publisher.gives(moved("/1"))
    for step in range(1, 5):
        publisher.gives(moved(f"/{step + 1}"), path=f"/{step}")
    publisher.gives(answer(), path="/5")
    assert await fetch(address, folder, limits=AT_ONCE)
    assert held(folder) == DATA


async def test_a_sixth_redirect_is_not_followed(publisher: Publisher, folder: Path) -> None:
    assert "more than 5 times" in await refusal(publisher.gives(moved("/data/eo1.csv")), folder)
    assert len(publisher.requests) == 6


@pytest.mark.parametrize("to", ["http://eo.example/eo1.csv", "ftp://eo.example/eo1.csv", "file:///etc/hosts"])
async def test_a_redirect_out_of_https_is_not_followed(publisher: Publisher, folder: Path, to: str) -> None:
    assert f"sends us on to {to.partition('/')[0]}//" in await refusal(publisher.gives(moved(to)), folder)


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(answer(b"", "500 Internal Server Error"), id="out of order"),
        pytest.param(answer(PAGE, "503 Service Unavailable", content_type="text/html"), id="maintenance"),
        pytest.param(cut(), id="fewer bytes than promised"),
        pytest.param(chunked(DATA, end=b""), id="no last chunk"),
        pytest.param(Answer(b""), id="no answer"),
        pytest.param(Answer(b"HTTP/1.1 200 O"), id="half an answer"),
        pytest.param(chunked(gzip.compress(DATA)[:-4], content_encoding="gzip"), id="a compressed part"),
        pytest.param(answer(b"\x1f\x8b\x08" + DATA, content_encoding="gzip"), id="damaged compression"),
    ],
)
async def test_a_fault_that_passes_is_waited_out(publisher: Publisher, folder: Path, fault: Answer) -> None:
    fetched = await fetch(publisher.gives(fault, fault, answer()), folder, limits=AT_ONCE)
    assert fetched is not None
    assert (len(publisher.requests), held(folder)) == (3, DATA)


@pytest.mark.parametrize(
    "silence",
    [
        pytest.param(Answer(b"", silent=True), id="from the beginning"),
        pytest.param(cut()._replace(silent=True), id="in the middle"),
    ],
)
async def test_silence_that_passes_is_waited_out(publisher: Publisher, folder: Path, silence: Answer) -> None:
    stubborn = HASTY._replace(pauses=(0,) * 1000)  # on a slow machine even an answer comes too late now and then
    assert await fetch(publisher.gives(silence, silence, answer()), folder, limits=stubborn)
    assert len(publisher.requests) >= 3
    assert held(folder) == DATA


@pytest.mark.parametrize(
    ("fault", "limits", "told"),
    [
        pytest.param(answer(b"", "502 Bad Gateway"), AT_ONCE, "is out of order (502 Bad Gateway)", id="out of order"),
        pytest.param(cut(), AT_ONCE, "was cut off", id="cut off"),
        pytest.param(Answer(b"", silent=True), HASTY, "sent nothing for 0.2 seconds", id="silence"),
    ],
)
async def test_a_fault_that_stays_is_told_after_three_more_attempts(
    publisher: Publisher, folder: Path, fault: Answer, limits: DownloadLimits, told: str
) -> None:
    async def all_heard() -> bool:
        return len(publisher.requests) >= 4

    refused = await refusal(publisher.gives(fault), folder, limits)
    await until(all_heard)
    assert len(publisher.requests) == 4
    assert told in refused
    assert refused.endswith("; try again later")


def test_the_pauses_between_attempts_grow() -> None:
    assert len(DownloadLimits().pauses) == 3
    assert list(DownloadLimits().pauses) == sorted(set(DownloadLimits().pauses))


async def test_whoever_carries_the_file_its_length_is_held_against_what_came(folder: Path) -> None:
    asked: list[httpx.Request] = []

    def carry(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(
            200, headers={"content-length": str(len(DATA) + len(asked) - 2)}, stream=httpx.ByteStream(DATA)
        )

    fetched = await fetch("https://eo.example/eo1.csv", folder, limits=AT_ONCE, transport=httpx.MockTransport(carry))
    assert fetched is not None
    assert (len(asked), held(folder)) == (2, DATA)


async def test_nobody_there_is_told_as_such(publisher: Publisher, folder: Path) -> None:
    async with Publisher().open() as gone:
        address = gone.gives(answer())
    assert "cannot be reached" in await refusal(address, folder)


@pytest.mark.parametrize(
    ("final", "told"),
    [
        pytest.param(answer(b"", "404 Not Found"), "is not there (404 Not Found)", id="moved"),
        pytest.param(
            answer(PAGE, "403 Forbidden"),
            "is refused to us by its publisher (403 Forbidden); say who you are in ACCORD_USER_AGENT",
            id="closed",
        ),
        pytest.param(
            answer(b"", "429 Too Many Requests"),
            "(429 Too Many Requests): we asked too often; ask tomorrow",
            id="asked too often",
        ),
        pytest.param(answer(b"", "204 No Content", content_length=""), "204 No Content", id="no content"),
        pytest.param(answer(b"", "302 Found"), "302 Found", id="moved to nowhere"),
        pytest.param(
            answer(PAGE, content_type="Text/HTML; charset=utf-8"),
            "its publisher turns us away, or has moved the file; see in a browser",
            id="a page",
        ),
        pytest.param(answer(b"Access denied", content_type="text/html"), "is a web page", id="a page by type only"),
        pytest.param(answer(PAGE, content_type="text/csv"), "is a web page", id="a page said to be data"),
        pytest.param(answer(b"\xef\xbb\xbf\r\n <HTML lang=en>"), "is a web page", id="a page after a byte order mark"),
        pytest.param(answer(b'<?xml version="1.0"?>\n' + PAGE), "is a web page", id="a page in XML"),
        pytest.param(answer(b""), "is empty", id="empty"),
        pytest.param(answer(content_length=""), "without its length", id="no length"),
        pytest.param(answer(content_encoding="br"), "encoding that was not asked for, 'br'", id="another encoding"),
        pytest.param(answer(content_length=str(1 << 40)), "is larger than 1048576 bytes", id="too large by its word"),
        pytest.param(chunked(b"0" * (1 << 20) + b"1"), "is larger than 1048576 bytes", id="too large as it comes"),
        pytest.param(
            answer(gzip.compress(bytes(1 << 26)), content_encoding="gzip"), "is larger than", id="a compressed bomb"
        ),
    ],
)
async def test_an_answer_that_is_not_the_file_is_refused_at_once(
    publisher: Publisher, folder: Path, final: Answer, told: str
) -> None:
    assert told in await refusal(publisher.gives(final), folder)
    assert len(publisher.requests) == 1


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b'<?xml version="1.0"?><CONSOLIDATED_LIST><NAME>A</NAME></CONSOLIDATED_LIST>', id="XML"),
        pytest.param(b"010000001,<html> SOCIETY\n", id="a name like a page"),
    ],
)
async def test_data_is_not_taken_for_a_page(publisher: Publisher, folder: Path, data: bytes) -> None:
    await fetch(publisher.gives(answer(data)), folder, limits=AT_ONCE)
    assert held(folder) == data


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(gzip.compress(DATA), id="in one part"),
        pytest.param(gzip.compress(DATA[:9]) + gzip.compress(DATA[9:]), id="in two parts"),
    ],
)
async def test_a_file_compressed_on_its_way_is_stored_as_it_is(publisher: Publisher, folder: Path, sent: bytes) -> None:
    fetched = await fetch(publisher.gives(answer(sent, content_encoding="gzip")), folder, limits=AT_ONCE)
    assert fetched is not None
    assert (fetched.size, fetched.sha256) == (len(DATA), sha256(DATA).hexdigest())
    assert held(folder) == DATA


@pytest.mark.slow
async def test_memory_does_not_grow_with_the_file(publisher: Publisher, folder: Path) -> None:
    address = publisher.gives(answer(gzip.compress(bytes(1 << 26)), content_encoding="gzip"))
    tracemalloc.start()
    await fetch(address, folder, limits=AT_ONCE._replace(size=1 << 26))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (folder / "eo1.csv").stat().st_size == 1 << 26
    assert peak < 1 << 23


async def test_progress_is_told_in_bytes_that_came_of_those_that_will(publisher: Publisher, folder: Path) -> None:
    told: list[tuple[str, int, int | None]] = []
    await fetch(publisher.gives(answer()), folder, progress=lambda *now: told.append(now), limits=AT_ONCE)
    assert told[-1] == ("eo1.csv", len(DATA), len(DATA))
    await fetch(publisher.gives(chunked(DATA)), folder, progress=lambda *now: told.append(now), limits=AT_ONCE)
    assert told[-1][2] is None


@pytest.mark.slow
async def test_a_server_that_does_not_shake_hands_is_not_waited_for(publisher: Publisher, folder: Path) -> None:
    address = publisher.gives(answer()).replace("http:", "https:")
    limits = AT_ONCE._replace(connect_seconds=0.2)
    assert "did not answer in 0.2 seconds" in await refusal(address, folder, limits)


async def test_the_whole_takes_no_longer_than_allowed(publisher: Publisher, folder: Path) -> None:
    address, limits = publisher.gives(cut()._replace(silent=True)), AT_ONCE._replace(whole_seconds=0.1)
    assert "was not here after 0.1 seconds" in await refusal(address, folder, limits)


async def test_one_who_gives_up_leaves_nothing_behind(publisher: Publisher, folder: Path) -> None:
    address = publisher.gives(cut()._replace(silent=True))
    fetching = asyncio.create_task(fetch(address, folder, limits=AT_ONCE))
    while names(folder) == ["eo1.csv"]:
        await asyncio.sleep(0.01)
    assert held(folder) == OLD
    fetching.cancel()
    with pytest.raises(asyncio.CancelledError):
        await fetching


async def test_a_disk_that_does_not_take_the_file_is_told(publisher: Publisher, folder: Path) -> None:
    with pytest.raises(FetchFailed, match=r"cannot be stored in .*eo1\.csv \(.+\)"):
        await fetch(publisher.gives(answer()), folder / "eo1.csv", limits=AT_ONCE)


async def test_a_proxy_of_the_environment_is_used(
    publisher: Publisher, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publisher.gives(answer())
    monkeypatch.setenv("HTTP_PROXY", publisher.root)
    await fetch("http://127.0.0.2/data/eo1.csv", folder, limits=AT_ONCE)
    assert publisher.requests[0].startswith("GET http://127.0.0.2/data/eo1.csv ")


async def test_a_proxy_that_is_none_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "gopher://127.0.0.1")
    assert "see HTTPS_PROXY" in await refusal("https://eo.example/eo1.csv", folder)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and its self-signed certificate for this machine."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test")])
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = tmp_path_factory.mktemp("tls") / "certificate.pem"
    path.write_bytes(secret + signed.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
async def secure(certificate: Path) -> AsyncIterator[Publisher]:
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate)
    async with Publisher("https").open(tls) as opened:
        yield opened


async def test_a_certificate_that_nobody_vouches_for_is_refused_at_once(secure: Publisher, folder: Path) -> None:
    message = await refusal(secure.gives(answer()), folder)
    assert "certificate that is not trusted (self-signed certificate)" in message
    assert secure.requests == []


async def test_a_certificate_that_the_caller_trusts_is_accepted(
    secure: Publisher, folder: Path, certificate: Path
) -> None:
    trust = ssl.create_default_context(cafile=certificate)
    assert await fetch(secure.gives(answer()), folder, limits=AT_ONCE, trust=trust)
    assert held(folder) == DATA


async def test_https_is_not_left_even_for_this_machine(
    secure: Publisher, publisher: Publisher, folder: Path, certificate: Path
) -> None:
    address, trust = secure.gives(moved(publisher.gives(answer()))), ssl.create_default_context(cafile=certificate)
    with pytest.raises(FetchFailed, match="no HTTPS address"):
        await fetch(address, folder, limits=AT_ONCE, trust=trust)
    assert publisher.requests == []
