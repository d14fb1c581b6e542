"""Somebody is erased after the point to which the database is put back, and erased again by the runbook's step."""

from __future__ import annotations

import json
from typing import Final

from domain.partnership import commands as c
from records.privacy.vault import Vault
from tests.builders import party, proposal
from tests.chaos.partnerships.restoring import FIRST, SECOND, Office
from tests.drills.course import Course
from tests.drills.shell import accord, done
from tests.lives import Life

REFERENCE: Final = "P-2026-7990"
CHAIR: Final = "Rosa Quiroga Paz"


class Chair:
    """The chair of a partner whose proposal was withdrawn, so that no law asks for her name any more."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self._kept = {"ACCORD_ERASURES": str(office.folder / "erasures")}

    async def is_named(self) -> bool:
        """True if somebody can read her name."""
        return any(CHAIR in person.subject for person in await Vault(self.office.desk.pool).people())

    async def come_and_go(self) -> None:
        """Propose a partnership that names her, and withdraw it."""
        life = Life(self.office.desk, REFERENCE)
        board = ({"name": CHAIR, "role": "DIRECTOR", "country": "PE"},)
        await life.awaiting_approval(proposal(REFERENCE, partner=party(principals=board)))
        await life.do(c.Withdraw, "pia.berg", reason="They found other funds")

    async def erase(self) -> None:
        """Let two guardians erase her, who keep that outside of the backups."""
        [subject] = [one.subject for one in await Vault(self.office.desk.pool).people() if CHAIR in one.subject]
        for guardian in (FIRST, SECOND):
            words = ("privacy", "erase", subject, "--reason", "She asked for it", "--yes", "--as", guardian)
            await done(self.office, *words, **self._kept)

    async def come_back(self, course: Course) -> None:
        """After the restore she can be read again, and `accord doctor` says so."""
        course.promise(
            "the restore brought the name of an erased person back, and that is found", await self.is_named()
        )
        answer = await accord(self.office, "doctor", "--json", **self._kept)
        told, _ = json.JSONDecoder().raw_decode(answer.words)  # a line for whoever reads on a screen follows
        remedy = next((one["remedy"] for one in told if one["check"] == "erasures"), "")
        course.promise(f"`accord doctor` names it, and the step: {remedy}", "apply-again" in remedy, told)

    async def stay_erased(self, course: Course) -> None:
        """Follow step 5 of the runbook."""
        words = await done(self.office, "privacy", "apply-again", self._kept["ACCORD_ERASURES"], **self._kept)
        course.promise("an erased person stays erased, by what two guardians signed", not await self.is_named(), words)
        shown = await done(self.office, "show", REFERENCE, "--json")
        course.promise("and nothing here shows her name", CHAIR not in shown)
