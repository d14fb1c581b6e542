"""The indexed sanctions lists that commands of this machine keep on disk, for looks that record nothing."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

from accord.client.database import open_database
from accord.presentation.faults import Unreachable
from deploy.logins import Login
from deploy.settings import lists_folder
from registers.loading.loader import LoadReport
from registers.screening.lists import keep_in, warm_up
from registers.screening.on_disk import OnDisk
from registers.sources.catalogue import LISTS


def look_on_disk() -> None:
    """Let this command ask the lists that are kept in the data folder, if there is one."""
    if (folder := lists_folder()) is not None:
        keep_in(OnDisk(folder))


async def index_on_disk(reports: Iterable[LoadReport | None]) -> None:
    """Index the lists in force once one of them was loaded, so that the next look need not."""
    if any(report is not None and report.loaded and report.register in LISTS for report in reports):
        look_on_disk()
        with suppress(Unreachable):  # the load is done, and the next look indexes them
            async with open_database(Login.LOADER) as pool:
                await warm_up(pool)
