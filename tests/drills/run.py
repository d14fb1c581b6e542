"""`make drill-restore` and its like: run a drill, print its course, sign its certificate. 1 if a promise broke."""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
import tempfile
import traceback
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Final

from accord.operations.drill_notes import keep_certificate
from ledger.proof.notes import SigningKey
from tests.drills.course import Course, out
from tests.drills.failing_over import drill_appenders
from tests.drills.faults.clocks import drill_clocks
from tests.drills.faults.disks_full import drill_disks
from tests.drills.faults.keys_lost import drill_keys
from tests.drills.faults.secrets_changed import drill_secrets
from tests.drills.losing_temporal import drill_temporal
from tests.drills.newer_postgres import drill_postgres
from tests.drills.office_failing_over import drill_office
from tests.drills.restoring import drill_restore
from tests.drills.stopped_release import drill_stopped
from tests.drills.upgrading import drill_rolling
from tests.drills.whole_files import drill_files

Drill = Callable[[Path, int, int, Course], Awaitable[None]]

DRILLS: Final[Mapping[str, tuple[Drill, ...]]] = {
    "clocks": (drill_clocks,),
    "disks": (drill_disks,),
    "failover": (drill_appenders, drill_office),
    "keys": (drill_keys,),
    "restore": (drill_restore, drill_files),
    "secrets": (drill_secrets,),
    "temporal": (drill_temporal,),
    "upgrade": (drill_stopped, drill_rolling, drill_postgres),
}
"""The parts of each drill."""


def main() -> int:
    """Run a drill. The exit code is 0 only if every promise held."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("drill", choices=sorted(DRILLS))
    parser.add_argument("--seed", type=int, default=1, help="the moments follow from it")
    parser.add_argument("--partnerships", type=int, default=12)
    parser.add_argument("--key", type=Path, help="the log's signing key; without one the certificate is only printed")
    parser.add_argument("--to", type=Path, help="the folder of checkpoints, for the certificate")
    chosen = parser.parse_args()
    if (chosen.key is None) != (chosen.to is None):
        parser.error("give --key and --to together")
    course = run(chosen.drill, chosen.seed, chosen.partnerships)
    if chosen.key is not None:
        key = SigningKey.parse(chosen.key.read_text("utf-8"))
        out.print(f"certificate: {keep_certificate(chosen.to, course.certificate, key)}")
    return 1 if course.broken else 0


def run(drill: str, seed: int, partnerships: int) -> Course:
    """Run all parts of a drill, print its certificate, and return its course."""
    logging.disable(logging.CRITICAL)  # servers are stopped under those who work, on purpose
    course = Course(drill)
    for part in DRILLS[drill]:
        with tempfile.TemporaryDirectory(prefix="accord-drill-", ignore_cleanup_errors=True) as folder:
            try:
                asyncio.run(part(Path(folder), seed, partnerships, course))
            except TimeoutError as fault:
                course.promise("all that was waited for came", False, "\n".join(traceback.format_exception(fault)[-2:]))
    logging.disable(logging.NOTSET)
    out.print(course.certificate.text, end="")
    return course


if __name__ == "__main__":
    sys.exit(main())
