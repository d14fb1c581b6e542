"""The worker's options: what it serves, as which version, and where it answers."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Final

from deploy.build import build_id
from deploy.variables import fault_of, written
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
            "--probes", metavar="HOST:PORT", type=_read("ACCORD_PROBES"), default=written("ACCORD_PROBES"),
            help="answer GET /live and /ready there (ACCORD_PROBES)",
        )  # fmt: skip
        parser.add_argument(
            "--metrics", metavar="HOST:PORT", type=_read("ACCORD_METRICS"), default=written("ACCORD_METRICS"),
            help="export the metrics of Temporal's SDK and of Accord there, for Prometheus (ACCORD_METRICS)",
        )  # fmt: skip
        parser.add_argument(
            "--queue", metavar=" | ".join(QUEUES.values()), type=_read("ACCORD_QUEUE"), default=written("ACCORD_QUEUE"),
            help="serve this queue alone: rules ask registers, lists and rule book; else both (ACCORD_QUEUE)",
        )  # fmt: skip
        parser.add_argument(
            "--build-id", metavar="ID", dest="build", type=_build, default=written("ACCORD_BUILD_ID") or "auto",
            help="its version in Temporal: auto, the digest of what decides; or none, where nothing is versioned "
            "(ACCORD_BUILD_ID)",
        )  # fmt: skip
        return cls(**vars(parser.parse_args(words)))


def _read(name: str) -> Callable[[str], str]:
    """Return a function that checks a word of the command line as the setting of this name is checked."""

    def read(word: str) -> str:
        if fault := fault_of(name, word):
            raise argparse.ArgumentTypeError(str(fault))
        return word

    return read


def _build(word: str) -> str:
    return {"auto": build_id(), "none": ""}.get(_read("ACCORD_BUILD_ID")(word), word)
