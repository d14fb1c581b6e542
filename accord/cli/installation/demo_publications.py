"""The demo's publications: schedules, 360Giving, IATI, CommonGrants and a board's book, a folder for each."""

from __future__ import annotations

import os
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Final, NamedTuple

from accord.cli.installation.demo_words import called
from accord.cli.printing.output import out
from accord.cli.publishing.folders import write_folder
from accord.cli.publishing.signatures import signed
from accord.client.desk import Desk
from accord.client.log_keys import signing_key
from accord.demo.filing import CHARITY, say_how_it_files
from accord.presentation.numbers import count_in_words
from deploy.embedded.programs import LOG_KEY
from domain.directory.chart import BookBasis
from ledger import clock
from ledger.proof.notes import SigningKey
from publishing.board.publication import board
from publishing.commongrants.publication import common_grants
from publishing.files import Publication, folder_of
from publishing.iati.publication import iati
from publishing.schedules.publication import schedules
from publishing.threesixty.publication import three_sixty
from records.publications.reading import CasesRead, published_state, read_cases

PUBLISHED: Final = "published"
"""The folder in the demo's data folder."""

_WHAT: Final = {
    "schedules": "Schedules I and F of Form 990, to read before they are filed",
    "360giving": "the grants as a 360Giving package",
    "iati": "work abroad as IATI activities",
    "commongrants": "the grants as CommonGrants award documents",
    "board": "a board's book: open board.html",
}


class PublishedFolder(NamedTuple):
    """A folder that was published."""

    folder: Path
    publication: Publication
    files: int


async def publish_all(desk: Desk, folder: Path) -> list[PublishedFolder]:
    """Write every publication of the demo's charity as of the end of this year, all of one reading of the ledger."""
    await say_how_it_files(desk)
    state = await published_state(desk.reader, None)
    funder = state.directory.funder(CHARITY)
    if funder is None:
        return []
    end = datetime.combine(clock.today().replace(month=12, day=31), time.max, UTC)
    cases_at = await read_cases(desk.reader, state.position, funder, BookBasis.ACCRUAL, end, state.known_at)
    rules = state.directory.rules
    objectives = {objective.code: objective.words for objective in rules.objectives} if rules is not None else {}
    publications = [make(cases_at.cases, cases_at.stand) for make in (schedules, three_sixty, iati, common_grants)]
    publications.append(board(cases_at.cases, cases_at.stand, objectives))
    key = signing_key(folder / LOG_KEY)
    return [_written(publication, cases_at, folder, key) for publication in publications]


def _written(publication: Publication, cases_at: CasesRead, folder: Path, key: SigningKey) -> PublishedFolder:
    place = folder / PUBLISHED / publication.kind
    files = signed(folder_of(publication, cases_at.stand), key)
    write_folder(place, files)
    return PublishedFolder(place, publication, len(files))


def words_on_publications(folders: list[PublishedFolder]) -> None:
    """Say what was published and where, what is left out and why, and how a cell is opened."""
    out.print(f"\nPublished of {CHARITY}, as of the end of this year. The same dates give the same bytes:")
    for place, publication, files in folders:
        tally = publication.tally
        left_out = "".join(f", {counted.number} {reason}" for reason, counted in tally.left_out.items())
        out.print(f"  {os.path.relpath(place)}: {_WHAT[publication.kind]}", markup=False, soft_wrap=True)
        counts = f"{count_in_words(tally.published.number, 'line')}{left_out}"
        out.print(f"    {count_in_words(files, 'file')}; {counts}", markup=False, soft_wrap=True)
    boards = [os.path.relpath(place) for place, publication, _ in folders if publication.kind == "board"]
    for board_folder in boards:
        log = os.path.relpath(Path(board_folder).parent.parent / f"{LOG_KEY}.pub")
        cell = f"publish explain {board_folder}/by-programme.csv 1:committed --log {log}"
        out.print(f"  {called()} {cell}", markup=False, soft_wrap=True)
