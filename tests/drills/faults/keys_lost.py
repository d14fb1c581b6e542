"""Keys are lost: the ring of payloads, a person's, the ledger's. Each comes back, or another takes its place."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

from accord.client.desk import Desk
from accord.client.log_keys import LOG_VARIABLE
from accord.counter import covering
from accord.counter.hand_over import hand_over
from accord.counter.payment_files import export
from accord.presentation.faults import Refused
from deploy.payloads.keys import FILE, make_payload_keys
from domain.partnership import commands as c
from ledger.proof.checkpoints import reached_by, sign_checkpoint
from ledger.proof.notes import NoteRefused, SigningKey
from ledger.proof.stored_tree import StoredTree
from records.keys.keyring import Keyring
from tests.builders import proposal
from tests.chaos.partnerships.restoring import FIRST, SECOND
from tests.chaos.partnerships.teller import PAYER
from tests.drills.course import Course
from tests.drills.faults.troubled_office import TroubledOffice, comes, is_a_sentence, restart, told
from tests.drills.point_in_time import Elsewhere
from tests.waiting import until

MEANWHILE: Final = "P-2026-7900"
"""The partnership that somebody proposes while another ring is in use."""

WAIT: Final = 2.0
"""Seconds that whoever hands over waits for the signer here: long enough to see that nothing leaves."""


async def drill_keys(folder: Path, seed: int, partnerships: int, course: Course) -> None:
    """Lose each kind of key while payments are under way, and go on by its runbook."""
    office = TroubledOffice(folder, seed, partnerships)
    await office.open()
    try:
        elsewhere = Elsewhere(folder / "elsewhere")
        await elsewhere.sign(office.desk)
        await _key_of_the_ledger_lost(office, elsewhere, course)
        async with elsewhere.signing(office.desk):
            await office.until_the_bank_spoke(1)
            await _ring_lost(office, course)
            await _key_of_a_person_lost(office, course)
            await office.to_the_end(course)
    finally:
        await office.close()


async def _ring_lost(office: TroubledOffice, course: Course) -> None:
    """Lose the ring of payload keys. A process that finds none makes another; then the first one comes back."""
    secrets, start = office.stack.postgres.secrets, time.monotonic()
    kept = Path(shutil.copy(secrets / FILE, office.folder / "ring"))
    await office.rest()
    (secrets / FILE).unlink()
    make_payload_keys(secrets)
    await restart(office.stack.workers[0])
    status = await until(lambda: _lost(office))
    course.forgot(0, time.monotonic() - start, f"`accord payloads status`: {status}")
    await office._work_here()
    silent, head = await office.silent(), await office.desk.ledger.head()
    course.promise(f"without the ring {len(silent)} partnerships answer nobody, and that is found", bool(silent))
    *_, said = await asyncio.gather(*(told(_decide(office.desk, one)) for one in silent))
    course.promise(f"who decides is told so: {said}", is_a_sentence(said), said)
    course.promise("and nothing was decided", await office.desk.ledger.head() == head)
    await office.desk.propose(proposal(MEANWHILE), "pia.berg")  # under the other ring: it is lost with it
    shutil.copy(kept, secrets / FILE)
    await restart(office.stack.workers[0])
    await office.resume()
    revived = await office.accord("revive", "--all", "--unreadable")
    course.promise(
        "what was begun under the other ring is started from the ledger", MEANWHILE in revived.words, revived
    )
    answered = await comes(office.all_answer)
    silent = await office.silent()
    course.promise("with the ring from its second place every partnership answers again", answered, silent)


async def _lost(office: TroubledOffice) -> str:
    """Return the words of whoever finds that open runs bear keys which are not here."""
    answer = await office.accord("payloads", "status")
    return answer.words.strip().splitlines()[-1] if answer.code == 1 else ""


async def _decide(desk: Desk, reference: str) -> object:
    seen = await desk.known_sight(reference)
    return await desk.decide(seen, c.Comment, "ana.silva", text="Is anybody there?")


async def _key_of_a_person_lost(office: TroubledOffice, course: Course) -> None:
    """The payer's key is lost. Two guardians revoke it and enter another; the old one signs nothing any more."""
    keys, found = office.folder / "keys", office.folder / "found"
    found.mkdir()
    reference = office.waiting[0]
    (keys / f"{PAYER}.pem").rename(found / f"{PAYER}.pem")
    said = await told(_comment(office.desk, reference))
    course.promise(f"without it they are told: {said}", is_a_sentence(said), said)
    finder = replace(office.desk, keyring=Keyring(found))
    course.promise(
        "whoever found the key can sign with it", not (said := await told(_comment(finder, reference))), said
    )
    start = time.monotonic()
    await _by_two(office, "staff", "revoke", PAYER)
    made = (await office.done("staff", "make", PAYER)).split()[-1]
    await _by_two(office, "staff", "key", PAYER, made)
    said = await told(_comment(finder, reference))
    course.promise(f"once two guardians revoked it, nobody can: {said}", is_a_sentence(said), said)
    said = await told(_comment(office.desk, reference))
    course.promise(f"and they sign with another, {time.monotonic() - start:.0f} s later", not said, said)
    await office.rest()
    await office.resume()  # whoever was refused meanwhile has gone away, and begins again


async def _comment(desk: Desk, reference: str) -> object:
    seen = await desk.known_sight(reference)
    return await desk.decide(seen, c.Comment, PAYER, text="The key is mine.")


async def _by_two(office: TroubledOffice, *words: str) -> None:
    """Give a command on the directory as one guardian, and confirm it as another."""
    change = json.loads(await office.done(*words, "--as", FIRST, "--json"))["change_id"]
    await office.done("staff", "confirm", change, "--as", SECOND)


async def _key_of_the_ledger_lost(office: TroubledOffice, elsewhere: Elsewhere, course: Course) -> None:
    """The key that signs checkpoints is lost. No file leaves before another one signs, into a folder of its own."""
    old, first, out = elsewhere.checkpoints, elsewhere.key, office.folder / "out"
    said = await told(_signed_over(office, elsewhere, SigningKey.make(first.name)))
    course.promise(f"another key signs nothing into the same folder: {said}", is_a_sentence(said), said)
    await office.rest()
    office.lead_without_teller()
    with _little_patience():
        said = await until(lambda: _handed_over(office, out))
    course.promise(f"who hands a payment file over is told: {said}", is_a_sentence(said), said)
    course.promise("no payment file left without a checkpoint", not _files(out), _files(out))
    private, public = office.folder / "another", office.folder / "another.pub"
    await office.done("ledger", "key", first.name, "--out", str(private))
    elsewhere.key = SigningKey.parse(private.read_text("utf-8").strip())
    os.environ[LOG_VARIABLE] = str(public)
    elsewhere.use("signed_by_another")
    async with elsewhere.signing(office.desk):
        await office.rest()
        await office.resume()
        await until(lambda: _some(out))
    newest, beyond = await reached_by(StoredTree(office.desk.ledger), old.newest_first((first.verifier,)))
    course.promise("with another key and another folder the file leaves, once it is covered", bool(_files(out)))
    course.promise(
        f"and the old folder still proves the first {newest.size} events", newest.size > 0 and not beyond, beyond
    )


@contextmanager
def _little_patience() -> Iterator[None]:
    """Let whoever hands over wait for the signer for a moment only."""
    patience = covering.PATIENCE
    covering.PATIENCE = WAIT  # type: ignore[misc]
    try:
        yield
    finally:
        covering.PATIENCE = patience  # type: ignore[misc]


async def _signed_over(office: TroubledOffice, elsewhere: Elsewhere, key: SigningKey) -> None:
    try:
        await sign_checkpoint(StoredTree(office.desk.ledger), elsewhere.checkpoints, key)
    except NoteRefused as fault:
        raise Refused(str(fault)) from fault


async def _handed_over(office: TroubledOffice, out: Path) -> str:
    """Make the payment files that are due and hand them over. Return what is said of the last that does not leave."""
    said = ""
    for made in (await export(office.desk, PAYER)).files:
        said = await told(hand_over(office.desk, made.file.message_id, PAYER, out)) or said
    return said


async def _some(folder: Path) -> bool:
    return bool(_files(folder))


def _files(folder: Path) -> frozenset[str]:
    return frozenset(file.name for file in folder.glob("*.xml"))
