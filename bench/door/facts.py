"""The facts that must hold after each crowd: what it was told beside what the database holds."""

from __future__ import annotations

import asyncio
import json
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, Final
from uuid import UUID

from bench.door.clients import PLACES
from bench.door.crowds import Told
from bench.door.house import House
from examples.submission import proved_by
from ledger.proof.notes import VerifierKey
from records.submissions.sealing import FormSealing
from records.submissions.seals import MOST, bears_out, seals_on_record, submissions_between

MOST_MEMORY: Final = 300 * 2**20
"""Bytes that the door holds at most."""
PATIENCE: Final = 1200
"""Seconds within which all papers must have been examined."""
_STANDING: Final = """
SELECT v.form, v.field, v.value, k.key FROM grantee.fields v JOIN grantee.keys k USING (form)
 WHERE v.stands AND v.form = ANY ($1)
"""
_PAPERS: Final = "SELECT id::text, encode(digest, 'hex'), verdict FROM grantee.papers WHERE form = ANY ($1)"
_NUMBERS: Final = "SELECT number, encode(sha256, 'hex') FROM grantee.submissions ORDER BY number"


async def faults_of_saved(house: House, told: Told) -> Iterator[str]:
    """Return a fault for each field in which another text stands than the last that was told to be saved.

    What was tried after that, and not answered, may stand as well.
    """
    expected = dict[tuple[str, str], list[str]]()
    for line in told.lines:
        if "saved" in line:
            expected[line["form"], line["saved"]] = [line["text"]]
        elif "tried" in line:
            expected.setdefault((line["form"], line["tried"]), []).append(line["text"])
    forms = list({UUID(form) for form, _ in expected})
    found = {
        (str(form), field): json.loads(FormSealing(form, bytes(key)).opened(f"field/{field}", bytes(value)))
        for form, field, value, key in await house.pool.fetch(_STANDING, forms)
    }
    saved = {(line["form"], line["saved"]) for line in told.having("saved")}
    return (
        f"{field} of form {form}: what was saved is not there"
        for form, field in saved
        if not _said(found.get((form, field))) & set(expected[form, field])
    )


def _said(value: Any) -> set[str]:
    return set(value.values()) if isinstance(value, dict) else {value} if isinstance(value, str) else set()


async def faults_of_sent(house: House, told: Told) -> list[str]:
    """Wait until all papers were examined, and return the faults of what was sent."""
    forms = list({UUID(line["form"]) for line in told.having("form")})
    [first] = told.having("refused")
    faults = [] if first["refused"] == max(0, first["of"] - PLACES) else [f"not {PLACES} at once: {first}"]
    papers = {identifier: (digest, verdict) for identifier, digest, verdict in await house.pool.fetch(_PAPERS, forms)}
    sent = list(told.having("paper"))
    if len(sent) != first["of"]:
        statuses = dict(Counter(line["status"] for line in told.having("status") if line["method"] == "POST"))
        faults.append(f"{first['of'] - len(sent)} papers did not come in, by what was answered: {statuses}")
    for line in sent:
        digest, _ = papers.get(line["paper"], ("", ""))
        if not line["sha256"] == line["whole"] == digest:
            faults.append(f"paper {line['paper']} is not what was sent")
    async with asyncio.timeout(PATIENCE):
        while any(verdict is None for _, verdict in papers.values()):
            await asyncio.sleep(0.5)
            papers = {row[0]: (row[1], row[2]) for row in await house.pool.fetch(_PAPERS, forms)}
    kept = {digest.hex() for (digest,) in await house.pool.fetch("SELECT digest FROM papers.kept")}
    return faults + [f"paper {key} is not kept: {verdict}" for key, (it, verdict) in papers.items() if it not in kept]


async def faults_of_handed_in(house: House, told: Told, number: int) -> list[str]:
    """Return the faults of what was handed in, and is sealed by now: its numbers, and its seals."""
    rows = await house.pool.fetch(_NUMBERS)
    digests = [line["handed_in"] for line in told.having("handed_in")]
    faults = []
    if [row["number"] for row in rows] != list(range(1, len(rows) + 1)):
        faults.append("the numbers have gaps")
    if len(digests) != number or sorted(digests) != sorted(row["encode"] for row in rows):
        faults.append(f"{len(digests)} of {number} were told that it is handed in, and {len(rows)} lie there")
    seals = await seals_on_record(house.office.desk.ledger)
    if len(seals) != math.ceil(number / MOST):
        faults.append(f"{len(seals)} seals of {number} submissions")
    for entry in seals:
        submissions = await submissions_between(house.pool, entry.seal.first, entry.seal.last)
        if not bears_out(entry.seal, submissions):
            faults.append(f"the seal of {entry.seal.first} to {entry.seal.last} is not borne out")
    return faults


def faults_of_receipts(told: Told, digests: Sequence[str], key: VerifierKey) -> list[str]:
    """Return the faults of receipts, each verified as an outsider does it: `examples/submission.py`."""
    receipts = [line["receipt"] for line in told.having("receipt")]
    proved = {json.loads(receipt)["sha256"] for receipt in receipts if receipt and _is_proved(receipt, key)}
    return [f"no receipt proves {digest}" for digest in digests if digest not in proved]


def _is_proved(receipt: str, key: VerifierKey) -> bool:
    try:
        return proved_by(receipt, str(key)).startswith("Submission ")
    except (SystemExit, ValueError, KeyError):
        return False


def first_of(faults: Sequence[str]) -> Iterator[str]:
    """Yield the first faults of each kind, and how many more there are."""
    for _, group in groupby(faults, lambda fault: fault.split(" ")[0]):
        some = list(group)
        yield from some[:3]
        if len(some) > 3:
            yield f"and {len(some) - 3} more"
