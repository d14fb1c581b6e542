"""Letters that name a person go with the name: two guardians see them listed, and nothing shows them afterwards."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from accord.audit.signatures import verify_signatures
from accord.client.desk import Desk
from accord.client.papers.opening import papers_of_place
from accord.letters.making import HouseSettings, keep_letter, make_letter
from accord.letters.orders import LetterOrder
from domain.partnership.commands import Decline, IssueLetter
from domain.partnership.events import LetterIssued
from papers.keeping import PaperClosed, Papers
from tests.accord.letters.test_issuing import in_force
from tests.accord.shell import REFUSED, Shell, assert_fails
from tests.builders import party, proposal
from tests.lives import Life

pytestmark = pytest.mark.usefixtures("worker")


class Written(NamedTuple):
    """A declined partnership with a letter that names its contact, one that names nobody, and a draft."""

    shell: Shell
    desk: Desk
    papers: Papers
    person: str
    refusal: str
    summary: str
    draft: str

    @property
    def erase(self) -> tuple[str, ...]:
        return ("privacy", "erase", self.person, "--reason", "She asked for it", "--yes", "--as")


@pytest.fixture
async def written(shell: Shell, desk: Desk, reference: str, tmp_path: Path) -> Written:
    await in_force(desk, "summary", "refusal")
    place, life = str(tmp_path / "papers"), Life(desk, reference)
    papers, partner = papers_of_place(desk.pool, place, ""), party()
    person = f"Rosa Quiroga {reference.replace('-', ' ')}"
    contacts = ({"name": person, "organization": partner.name},)
    await life.awaiting_approval(proposal(reference, partner=partner, contacts=contacts))
    summary = await made(life, papers, "summary")
    await life.do(IssueLetter, "vera.lind", **summary)
    await life.do(Decline, "dora.kim", reason="It does not fit the programme")
    refusal, draft = [await made(life, papers, "refusal") for _ in range(2)]
    await life.do(IssueLetter, "ana.silva", **refusal)
    here = shell.where(ACCORD_PAPERS=place, ACCORD_ERASURES=str(tmp_path / "erasures"))
    digests = [str(one["pdf_sha256"]) for one in (refusal, summary, draft)]
    return Written(here, desk, papers, f"{person}, {partner.known_as}", *digests)


async def made(life: Life, papers: Papers, name: str) -> dict[str, object]:
    """A letter that is kept, and is not issued."""
    sight = await life.desk.known_sight(life.reference)
    letter = await make_letter(life.desk.reader, sight.partnership, LetterOrder(name, "en"), HouseSettings())
    return await keep_letter(papers, letter, "vera.lind")


async def is_open(written: Written, digest: str) -> bool:
    try:
        return bool([part async for part in written.papers.open(bytes.fromhex(digest), "otto.audit")])
    except PaperClosed:
        return False


async def test_two_guardians_erase_the_letters_that_name_a_person_and_the_others_stay(
    written: Written, reference: str, tmp_path: Path
) -> None:
    """Given three letters, when somebody is erased, then the letter that names them goes, and the draft."""
    first = await written.shell.done(*written.erase, "dora.kim")
    assert f"With the name goes {reference}: Refusal, dated" in first.words
    assert f"a draft of a letter, or a file of a form, that nobody signed ({written.draft[:16]})" in first.words
    assert written.summary[:16] not in first.words
    assert "Nothing is erased before" in first.words
    assert await is_open(written, written.refusal)
    second = await written.shell.done(*written.erase, "otto.audit")
    assert second.words.count("Its digest stays") == 2
    assert "is erased, by dora.kim and otto.audit" in second.words
    assert [await is_open(written, one) for one in (written.refusal, written.draft, written.summary)] == [
        False, False, True,
    ]  # fmt: skip
    show = ("letters", "show", reference, "2", "--as", "otto.audit", "--out", tmp_path / "again.pdf")
    assert_fails(await written.shell(*show), REFUSED, "two guardians had it erased")
    issued = [one.event for one in await written.desk.history(reference) if isinstance(one.event, LetterIssued)]
    assert [event.pdf_sha256 for event in issued] == [written.summary, written.refusal]
    assert (await verify_signatures(written.desk.ledger)).faults == ()
    assert len([*(tmp_path / "erasures").iterdir()]) == 3


@pytest.mark.slow
async def test_a_guardian_may_keep_the_letters_and_a_shell_without_a_store_does_not_pass_them_over(
    written: Written,
) -> None:
    nowhere = written.shell.where(ACCORD_PAPERS="")
    refused = await nowhere(*written.erase, "dora.kim")
    assert "ACCORD_PAPERS" in refused.words
    told = await nowhere.done(*written.erase[:-1], "--keep-letters", "--as", "dora.kim")
    assert "With the name goes" not in told.words
    await nowhere.done(*written.erase[:-1], "--keep-letters", "--as", "otto.audit")
    assert await is_open(written, written.refusal)


@pytest.mark.slow
async def test_a_paper_that_no_act_names_is_told_apart_in_the_list(written: Written, reference: str) -> None:
    """A draft is none of the papers that stand on record: the list says so, and so does its JSON."""
    listed = await written.shell.done("papers", "list", "--for", reference, "--json")
    assert {paper["sha256"]: paper["draft"] for paper in listed.json} == {
        written.refusal: False, written.summary: False, written.draft: True,
    }  # fmt: skip
    assert (await written.shell.done("papers", "list", "--for", reference)).words.count("no act names it") == 1
