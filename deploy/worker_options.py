"""The worker's options: what it serves, as which version, and where it answers."""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from deploy.build import build_id
from domain.fault import Fault
from workflows.options import RULES_QUEUE, TASK_QUEUE

QUEUES: Final = {TASK_QUEUE: "workflows", RULES_QUEUE: "rules"}
"""The queues that a worker may serve, by their names for people."""


@dataclass(frozen=True, slots=True)
class Options:
    """The worker's queue and version, and its addresses for probes and metrics: HOST:PORT, or '' for none."""

    probes: str = ""
    metrics: str = ""
    queue: str = ""
    """The queue that it serves, in words, or '' for all of them."""
    build: str = ""
    """Its version in Temporal, or '' for none."""

    @property
    def queues(self) -> Collection[str]:
        """The task queues that it serves."""
        return [queue for queue, words in QUEUES.items() if self.queue in {"", words}]

    @classmethod
    def read(cls, words: Sequence[str] | None = None) -> Options:
        """Return the options of a command line. They stand in ACCORD_PROBES and ACCORD_METRICS too."""
        parser = argparse.ArgumentParser(
            "accord-worker",
            description="Run the workflows and activities of Accord, until SIGTERM. Run as many as the load needs.",
            epilog="Example: accord-worker --probes 0.0.0.0:8081 --metrics 0.0.0.0:9464",
        )
        parser.add_argument(
            "--probes", metavar="HOST:PORT", type=_address, default=os.environ.get("ACCORD_PROBES", ""),
            help="answer GET /live and /ready there (ACCORD_PROBES)",
        )  # fmt: skip
        parser.add_argument(
            "--metrics", metavar="HOST:PORT", type=_address, default=os.environ.get("ACCORD_METRICS", ""),
            help="export the metrics of Temporal's SDK and of Accord there, for Prometheus (ACCORD_METRICS)",
        )  # fmt: skip
        parser.add_argument(
            "--queue", metavar=" | ".join(QUEUES.values()), type=_queue, default=os.environ.get("ACCORD_QUEUE", ""),
            help="serve this queue alone: rules ask registers, lists and rule book; else both (ACCORD_QUEUE)",
        )  # fmt: skip
        parser.add_argument(
            "--build-id", metavar="ID", dest="build", type=_build, default=os.environ.get("ACCORD_BUILD_ID", "auto"),
            help="its version in Temporal: auto, the digest of what decides; or none, where nothing is versioned "
            "(ACCORD_BUILD_ID)",
        )  # fmt: skip
        return cls(**vars(parser.parse_args(words)))


def option_fault(name: str, written: str) -> Fault | None:
    """Return the fault of a worker's setting, or None."""
    try:
        _READS[name](written)
    except argparse.ArgumentTypeError as fault:
        return Fault(str(fault))
    return None


def _address(written: str) -> str:
    host, colon, port = written.rpartition(":")
    if written and not (host and colon and port.isdecimal() and int(port) < 65536):
        raise argparse.ArgumentTypeError(f"{written!r} is no address; write HOST:PORT, such as 127.0.0.1:8081")
    return written


def _queue(written: str) -> str:
    if written not in {"", *QUEUES.values()}:
        known = " or ".join(QUEUES.values())
        raise argparse.ArgumentTypeError(f"{written!r} is no queue; write {known} (ACCORD_QUEUE), or nothing for both")
    return written


def _build(written: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,100}", written):
        raise argparse.ArgumentTypeError(f"{written!r} is no build id; write auto, none, or letters, digits, . _ and -")
    return {"auto": build_id(), "none": ""}.get(written, written)


_READS: Final[Mapping[str, Callable[[str], str]]] = {
    "ACCORD_PROBES": _address, "ACCORD_METRICS": _address, "ACCORD_QUEUE": _queue, "ACCORD_BUILD_ID": _build,
}  # fmt: skip
OPTIONS: Final = frozenset(_READS)
"""The settings that are options of the worker too."""
