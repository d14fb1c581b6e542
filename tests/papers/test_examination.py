"""What harms is told, whatever reads it can do nothing else, and a scanner that fails is no clean paper."""

from __future__ import annotations

import asyncio
import io
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator

import pytest
from PIL import Image

from papers.examination.examiner import PreviewFailed, examine, preview
from papers.examination.findings import PaperVerdict
from papers.kinds import PaperKind, PaperRefused
from tests.papers import files
from tests.papers.test_kinds import GOOD

ACTIVE = {
    "a script that runs at once": (PaperKind.PDF, files.pdf(script="app.alert(1)"), "a script"),
    "a program to start": (PaperKind.PDF, files.pdf(launch="cmd.exe"), "a program to start"),
    "a file inside": (PaperKind.PDF, files.pdf(attachment=b"x"), "a file inside it"),
    "a macro workbook": (PaperKind.XLSX, files.workbook(macro=True), "a macro"),
}


async def verdict_on(content: bytes, kind: PaperKind, scanner: str = "") -> tuple[PaperVerdict, int, str]:
    return await examine(io.BytesIO(content), kind, scanner)


@pytest.mark.parametrize("kind", GOOD)
async def test_without_a_scanner_a_paper_is_not_scanned_and_never_clean(kind: PaperKind) -> None:
    verdict, pages, why = await verdict_on(GOOD[kind], kind)
    assert (verdict, pages, why) == (PaperVerdict.NOT_SCANNED, 2 if kind is PaperKind.PDF else 1, "")


@pytest.mark.parametrize("name", ACTIVE)
async def test_what_acts_by_itself_is_named(name: str) -> None:
    kind, content, words = ACTIVE[name]
    verdict, _, why = await verdict_on(content, kind, files.SCANNER)
    assert verdict is PaperVerdict.ACTIVE
    assert words in why


async def test_an_encrypted_pdf_is_refused_since_nobody_can_look_into_it() -> None:
    with pytest.raises(PaperRefused, match="encrypted"):
        await verdict_on(files.pdf(password="secret"), PaperKind.PDF)


async def test_a_scanners_word_counts() -> None:
    assert (await verdict_on(files.pdf(), PaperKind.PDF, files.SCANNER))[0] is PaperVerdict.CLEAN
    found = await verdict_on(files.EICAR, PaperKind.TXT, files.SCANNER)
    assert (found[0], found[2]) == (PaperVerdict.FOUND, "Eicar-Test-Signature")


@pytest.mark.parametrize(
    "scanner", ["false --no", "no-such-command", "sh -c 'exit 2'", "clamd://127.0.0.1:9", "clamd:///no"]
)
async def test_a_scanner_that_fails_is_no_clean_paper(scanner: str) -> None:
    verdict, _, why = await verdict_on(files.pdf(), PaperKind.PDF, scanner.replace("false --no", "sh -c 'exit 3'"))
    assert verdict is PaperVerdict.FAILED
    assert "the scanner" in why


@pytest.fixture
async def clamd() -> AsyncIterator[str]:
    """A clamd at its wire: INSTREAM with chunks by their lengths."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert await reader.readuntil(b"\0") == b"zINSTREAM\0"
        content = b""
        while size := int.from_bytes(await reader.readexactly(4), "big"):
            content += await reader.readexactly(size)
        writer.write(b"stream: Eicar-Signature FOUND\0" if b"EICAR" in content else b"stream: OK\0")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1")
    async with server:
        yield f"clamd://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def test_clamd_is_asked_by_its_own_protocol(clamd: str) -> None:
    assert (await verdict_on(files.pdf(), PaperKind.PDF, clamd))[0] is PaperVerdict.CLEAN
    assert (await verdict_on(files.EICAR, PaperKind.TXT, clamd))[2] == "Eicar-Signature"


async def test_what_breaks_a_reader_waits_for_a_person() -> None:
    broken = files.archive({"xl/workbook.xml": b"x"})[:-1] + b"\0"
    verdict, _, _ = await verdict_on(broken[:40] + b"\xff" * 30 + broken[70:], PaperKind.XLSX)
    assert verdict in {PaperVerdict.FAILED, PaperVerdict.NOT_SCANNED}


@pytest.mark.parametrize("kind", GOOD)
async def test_a_paper_is_shown_as_a_picture_or_as_plain_cells(kind: PaperKind) -> None:
    shown = await preview(io.BytesIO(GOOD[kind]), kind, 1)
    if kind in {PaperKind.PDF, PaperKind.PNG, PaperKind.JPEG}:
        with Image.open(io.BytesIO(shown)) as picture:
            assert picture.format == "PNG"
    else:
        assert json.loads(shown).keys() <= {"rows", "lines"}


async def test_a_formula_is_not_shown_and_markup_stays_text() -> None:
    rows = json.loads(await preview(io.BytesIO(files.workbook()), PaperKind.XLSX, 1))["rows"]
    assert ["Travel", "1250"] in rows
    assert ["", "<script>alert(1)</script>"] in rows


async def test_a_page_that_there_is_not_is_said() -> None:
    with pytest.raises(PreviewFailed):
        await preview(io.BytesIO(files.pdf()), PaperKind.PDF, 3)


TRIES = """
import os, socket, sys
from papers.examination.child import confine
from papers.examination.nursery import live_apart
left = live_apart()
sys.stdout.write(left + "|")
sys.stdout.flush()
if os.fork():
    os._exit(os.waitstatus_to_exitcode(os.wait()[1]))
confine()
tries = {
    "network": lambda: socket.create_connection(("127.0.0.1", int(sys.argv[1]))),
    "socket": lambda: socket.socket(),
    "file": lambda: open("/etc/passwd"),
    "process": lambda: os.fork(),
    "memory": lambda: bytearray(1 << 30),
}
if "processes" in left:
    tries["another process"] = lambda: os.kill(int(sys.argv[2]), 0)
    tries["the nursery's memory"] = lambda: len(os.readlink("/proc/1/exe"))
for name, attempt in tries.items():
    try:
        attempt()
    except (OSError, MemoryError):
        continue
    os.write(1, name.encode() + b" ")
"""


async def test_the_child_reaches_no_socket_no_file_and_no_other_process() -> None:
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1")
    port = str(server.sockets[0].getsockname()[1])
    command = [sys.executable, "-c", TRIES, port, str(os.getpid())]
    ended = await asyncio.to_thread(subprocess.run, command, capture_output=True, check=False, text=True)
    server.close()
    left, _, reached = ended.stdout.partition("|")
    assert (reached.replace("process ", ""), ended.returncode) == ("", 0), left  # root may begin processes
