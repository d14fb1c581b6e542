"""`accord examiner`: examines the papers that came in by the grantee's door, and keeps what may be kept."""

from __future__ import annotations

import typer

from accord.operations.processes.standing import StandingProcess, stand
from deploy.logins import Login
from deploy.settings import database_url, papers_place, quarantine_place, scanner
from deploy.variables import NotConfigured


def examiner() -> None:
    """Examine papers that grantees hand in until stopped, each in a child that can do nothing else, and keep them.

    In the environment: ACCORD_QUARANTINE, where the door lays them; ACCORD_PAPERS, where papers are kept; ACCORD_SCAN,
    a malware scanner. What is none of the kinds, or what the scanner finds something in, is not kept. Each hour it
    erases what its time is over: drafts 90 days after somebody touched them last, and after 12 months what nobody took
    over.
    Example: ACCORD_QUARANTINE=/srv/quarantine ACCORD_PAPERS=/srv/papers accord examiner
    """
    raise typer.Exit(stand("examiner", _work))


async def _work(process: StandingProcess) -> None:
    from accord.operations.door.examining import Examiner
    from accord.operations.door.serving import ExaminerProcess
    from papers.keeping import Papers
    from papers.quarantine import Quarantine
    from papers.store import Store, StoreUnavailable

    if not (place := papers_place()):
        raise NotConfigured("ACCORD_PAPERS: no store of papers is named; write a folder, or s3://BUCKET/PREFIX")
    quarantine = quarantine_place()
    pool = await process.database(database_url(Login.EXAMINER), 4, sees_migrations=False)
    try:
        work = Examiner(pool, Quarantine(Store(quarantine)), Papers(pool, Store(place), scanner()))
    except StoreUnavailable as fault:
        raise NotConfigured(str(fault)) from fault
    process.beside(ExaminerProcess(pool, work, process.meter).forever())
    process.works("examining")
    await process.until_stopped()


def register(app: typer.Typer) -> None:
    """Add the command of this module to `accord`."""
    app.command()(examiner)
