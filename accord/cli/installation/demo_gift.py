"""The demo's page for a donor: the gift for schools traced, and what a donor needs beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Final, NamedTuple

from accord.cli.installation.demo_words import grant_that_stands
from accord.cli.printing.output import out
from accord.cli.publishing.folders import write_folder
from accord.cli.publishing.gifts import made_page
from accord.client.desk import Desk
from accord.client.log_keys import signing_key
from deploy.embedded.programs import CHECKPOINTS, LOG_KEY
from domain.partnership.state import Partnership
from ledger.proof.checkpoints import CheckpointFolder
from publishing.gifts.publication import PAGE

_GIFT: Final = 10
"""The case of `accord.demo.cases.every_kind` in which a company gives for schools."""


class DonorsPage(NamedTuple):
    """The page of a gift, and the checkpoint that its donor brings."""

    gift: str
    page: Path
    checkpoint: Path


async def donors_page(desk: Desk, portfolio: list[Partnership], folder: Path) -> DonorsPage | None:
    """Write the page of the newest gift for schools, or return None if none came in."""
    partnership = grant_that_stands(portfolio, _GIFT, or_ended=True)
    if partnership is None or not partnership.received:
        return None
    checkpoints, place = CheckpointFolder(folder / CHECKPOINTS), folder / "donor" / partnership.partnership_id
    made = await made_page(desk, partnership.partnership_id, signing_key(folder / LOG_KEY), checkpoints)
    write_folder(place, made.files)
    return DonorsPage(partnership.partnership_id, place / PAGE, checkpoints.path_of(made.checkpoint))


def words_on_the_gift(page: DonorsPage | None, folder: Path) -> None:
    """Say where the donor's page is, and what to bring to it."""
    if page is not None:
        out.print(
            f"\nWhat became of the gift {page.gift}, for its donor. Open the page in a browser, and load these two:"
        )
        for path in (page.page, folder / f"{LOG_KEY}.pub", page.checkpoint):
            out.print(f"  {path}", markup=False, soft_wrap=True)
