"""The child that sets a letter: source and values come in, the PDF goes out, and it can do nothing else.

It is started as a process of its own with an empty environment. It reads the fonts, then gives up the network and all
files, processes and sockets, and only then looks at what it was handed.
"""

from __future__ import annotations

import ctypes
import json
import resource
import sys
from typing import Final

import typst

CPU_SECONDS: Final = 20
MEMORY: Final = 1536 * 1024 * 1024
STANDARDS: Final = ("a-2a", "ua-1")
_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000
_LIMITS: Final = (
    (resource.RLIMIT_CPU, CPU_SECONDS),
    (resource.RLIMIT_AS, MEMORY),
    (resource.RLIMIT_FSIZE, 0),
    (resource.RLIMIT_CORE, 0),
    (resource.RLIMIT_NPROC, 0),
    (resource.RLIMIT_NOFILE, 3),
)
"""No file is written, no process begun, and beside the three open streams nothing is opened, a socket neither."""


def confine() -> None:
    """Give up everything but processor, memory and the open streams."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.unshare(_NEW_USER | _NEW_NETWORK)  # where the system permits; without files there is no socket either
    libc.prctl(38, 1, 0, 0, 0)  # no new privileges
    for limit, most in _LIMITS:
        resource.setrlimit(limit, (most, most))


def main() -> None:
    """Set the letter that the input describes. The arguments: an empty folder, and one of further fonts or ''."""
    root, folders = sys.argv[1], [sys.argv[2]] if sys.argv[2] else []
    fonts = typst.Fonts(include_system_fonts=False, font_paths=folders)
    compiler = typst.Compiler(root=root, font_paths=fonts, ignore_system_fonts=True)
    compiler.compile(input=b"A", format="pdf", timestamp=0)  # its threads begin before none can
    confine()
    job = json.loads(sys.stdin.buffer.read())
    try:
        content = compiler.compile(
            input=job["source"].encode(),
            format="pdf",
            sys_inputs={"letter": job["letter"]},
            pdf_standards=list(STANDARDS),
            timestamp=job["at"],
        )
    except typst.TypstError as fault:
        sys.stdout.buffer.write(json.dumps({"message": fault.message, "diagnostic": fault.diagnostic}).encode())
        sys.stdout.buffer.flush()
        sys.exit(3)
    assert isinstance(content, bytes)  # noqa: S101 - one format gives one file
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
