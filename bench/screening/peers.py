"""Peers of the matcher: WRatio of rapidfuzz, and LogicV2 of nomenklatura, which a Python of its own runs."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from rapidfuzz import fuzz, utils

from bench.screening.pairs import Pair
from registers.matching import ListedKind

SCHEMATA: Final = {
    ListedKind.PERSON: "Person",
    ListedKind.ENTITY: "Organization",
    ListedKind.VESSEL: "Vessel",
    ListedKind.AIRCRAFT: "Airplane",
}

_PROGRAMME: Final = """
import json, sys
from followthemoney import model
from nomenklatura.matching import LogicV2
def made(schema, name):
    proxy = model.make_entity(schema)
    proxy.id = name
    proxy.add("name", name)
    return proxy
config = LogicV2.default_config()
scores = [LogicV2.compare(made(s, a), made(s, b), config).score for s, a, b in json.load(sys.stdin)]
json.dump(scores, sys.stdout)
"""


class PeerAbsent(RuntimeError):
    """A peer cannot be asked here. The message says why."""


def wratio(pairs: Sequence[Pair]) -> list[float]:
    """Return the scores of rapidfuzz's WRatio, from 0 to 100."""
    return [fuzz.WRatio(pair.party, pair.listed.name, processor=utils.default_process) for pair in pairs]


def logic_v2(pairs: Sequence[Pair], python: Path | None) -> list[float]:
    """Return the scores of LogicV2, from 0 to 100.

    Raises:
        PeerAbsent: No Python with nomenklatura was named, or it cannot run it.
    """
    if python is None:
        raise PeerAbsent("no Python that has nomenklatura was named (--logic-v2)")
    asked = [(SCHEMATA[pair.listed.kind], pair.party, pair.listed.name) for pair in pairs]
    done = subprocess.run([python, "-c", _PROGRAMME], input=json.dumps(asked), capture_output=True, text=True)
    if done.returncode:
        raise PeerAbsent(f"{python} cannot run it: {done.stderr.strip().splitlines()[-1:]}")
    return [100 * score for score in json.loads(done.stdout)]
