"""Letters, papers and mail of the demo: the house's key, editions in force, letters as files, papers that are kept."""

from __future__ import annotations

import asyncio
from io import BytesIO
from pathlib import Path
from typing import Final

from accord.client.desk import Desk
from accord.demo.sample import SAMPLE
from accord.demo.steps import DIRECTOR, FINANCE, POLL_SECONDS, PROGRAMME
from accord.organisation import editions
from accord.presentation.editions.reading import read_edition
from deploy.embedded.correspondence import HOUSE_KEY, MAILS, house_passphrase
from deploy.settings import data_folder, sealer_socket
from domain.editions.kinds import EditionKind
from domain.editions.models import digest_of_content
from domain.partnership import commands as c
from ledger import clock
from records.editions import Editions

HOUSE: Final = "Internet Society (invented sample)"
LETTERS: Final = "letters"
"""The folder in which the demo's letters are found as PDF."""
FIRST: Final = ("award", "agreement")
"""The letters that a partnership waits for."""


def furnish_letters_and_mail(folder: Path) -> None:
    """Put what letters and mail need into a stack's folder before it starts: the house's key, and folders to find them.

    What is there already stays.
    """
    from accord.letters.house_keys import new_house_key

    (folder / MAILS).mkdir(parents=True, exist_ok=True)
    (folder / LETTERS).mkdir(exist_ok=True)
    file = folder / HOUSE_KEY
    if not file.exists():
        made = new_house_key(HOUSE, house_passphrase(folder / "secrets").encode())
        file.touch(mode=0o600)
        file.write_bytes(made.file)


async def put_in_force(desk: Desk) -> None:
    """Have one person ask for each sample letter and the budget's template, and another confirm, as far as needed."""
    files = sorted(SAMPLE.glob("letters/*.toml"), key=lambda file: file.stem not in FIRST)
    for file in (*files, SAMPLE / "editions" / "grant-budget.json"):
        content = read_edition(file).content
        series = await Editions(desk.reader).read(content.kind, content.name)
        if series.newest is not None:
            continue
        if series.waiting is None:
            await editions.ask(desk, content, "the sample's own, invented", None, PROGRAMME)
        series = await Editions(desk.reader).read(content.kind, content.name)
        await editions.confirm(desk, series, digest_of_content(content.canonical()), DIRECTOR)


async def choose_mail(desk: Desk) -> None:
    """Have finance choose a digest at the next full hour, and to be told at once of what is overdue."""
    from accord.post.choices import choose

    await choose(desk.pool, FINANCE, f"{FINANCE}@sample.example", (clock.now().hour + 1) % 24, "UTC", overdue=True)


async def issue_letter(desk: Desk, partnership_id: str, name: str) -> str:
    """Issue a letter once its edition is in force and the sealer answers, write its PDF down, and return its digest."""
    from accord.client.papers.opening import open_papers
    from accord.letters.making import house_settings, keep_letter, make_letter
    from accord.letters.orders import LetterOrder

    while (await Editions(desk.reader).read(EditionKind.LETTER, name)).newest is None or not _seals():
        await asyncio.sleep(POLL_SECONDS)
    sight = await desk.known_sight(partnership_id)
    made = await make_letter(desk.reader, sight.partnership, LetterOrder(name, "en"), house_settings())
    content = await keep_letter(open_papers(desk.pool), made, PROGRAMME)
    await desk.decide(sight, c.IssueLetter, PROGRAMME, **content)
    (data_folder() / LETTERS / f"{partnership_id}-{name}.pdf").write_bytes(made.pdf)
    return str(content["pdf_sha256"])


def _seals() -> bool:
    return Path(sealer_socket()).is_socket()


async def keep_paper(desk: Desk, content: bytes, name: str, partnership_id: str, by: str) -> str:
    """Keep a paper of a partnership, and return its digest."""
    from accord.client.papers.opening import open_papers

    return (await open_papers(desk.pool).put(BytesIO(content), by, partnership_id, name)).sha256


async def until_mailed(desk: Desk, partnership_id: str, *kinds: str) -> None:
    """Wait until mails of these kinds on a partnership were sent, one for each."""
    from accord.post.outbox import MailState, listed_mails

    def is_told(sent: list[str]) -> bool:
        return all(sent.count(kind) >= kinds.count(kind) for kind in kinds)

    while True:
        mails = await listed_mails(desk.pool, (MailState.SENT,), 1000)
        if is_told([mail.kind.value for mail in mails if mail.facts.get("partnership") == partnership_id]):
            return
        await asyncio.sleep(POLL_SECONDS)
