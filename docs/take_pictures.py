"""Take pictures of pages of a running `make demo`: those in the README, or every page for a review.

`make pictures` takes the README's, in docs/pictures; `make pictures REVIEW=folder` takes all, light and dark, wide and
narrow. A demo on a new folder is what they show: its eleven open partnerships are named here by their numbers.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from playwright.async_api import Browser

from accord.client.desk import open_desk
from accord.demo.sample import SAMPLE
from accord.letters.codes import LetterCode
from accord.letters.invented import invented_facts
from accord.letters.merging import Marking, merged
from accord.letters.rendering import render
from accord.presentation.editions.reading import read_edition
from bench.desk import words
from bench.desk.browsers import Person, chromium, enrol, sit_down
from bench.desk.house import House
from bench.desk.tasks import write_proposal
from deploy.settings import StackState, read_stack
from docs.pictures_of_grantees import BY_LINK, grantees_for_the_readme, pages_of_a_grantee
from domain.editions.letters import LetterTemplate
from papers.examination.examiner import preview
from papers.kinds import PaperKind

FOLDER: Final = Path(__file__).parent / "pictures"
READER: Final = "femi.ade"
PROPOSER: Final = "pia.berg"
WIDE: Final = {"width": 1200, "height": 820}
README: Final = {
    "work": "/",
    "partnership": "/P-2026-0032",
    "figures": "/portfolio",
}
"""The README's pictures, by name, with the page that each shows."""

LOOKS: Final[dict[str, dict[str, Any]]] = {
    f"{width}-{scheme}": {"viewport": {"width": width, "height": height}, "color_scheme": scheme}
    for width, height in ((1280, 900), (375, 812))
    for scheme in ("light", "dark")
}
"""The looks of a review, by the end of a picture's name."""

CONSOLE: Final = {
    "work": "/",
    "work-everyone": "/?view=all",
    "partnerships": "/partnerships",
    "case-to-approve": "/P-2026-0032",
    "case-to-agree": "/P-2026-0034",
    "case-in-a-file": "/P-2026-0038",
    "case-to-sign": "/P-2026-0039",
    "case-with-a-budget": "/P-2026-0040",
    "case-by-link": f"/{BY_LINK}",
    "inbox": "/inbox",
    "clock": "/portfolio/clock",
    "case-on-hold": "/P-2026-0035",
    "case-late": "/P-2026-0036",
    "case-reported": "/P-2026-0037",
    "case-closed": "/P-2026-0001",
    "case-in-euros": "/P-2026-0023",
    "case-paid-again": "/P-2026-0024",
    "gift-taken-back": "/P-2026-0025",
    "act": "/P-2026-0032/approve",
    "act-of-a-hold": "/P-2026-0035/lift",
    "bulk": "/bulk?act=approve&p=P-2026-0031&p=P-2026-0032",
    "payments": "/payments",
    "exceptions": "/payments/exceptions",
    "exceptions-past": "/payments/exceptions/resolved",
    "files": "/payments/files",
    "owed": "/obligations",
    "figures": "/portfolio",
    "results": "/results",
    "figures-since": "/portfolio?since=2026-01-01",
    "funds": "/funds",
    "people": "/people",
    "person": "/people/dora.kim",
    "me": "/me",
    "truths": "/truths",
    "registers": "/registers",
    "operations": "/operations",
    "attestations": "/operations/attestations",
    "programs": "/operations/programs",
    "book": "/books",
    "proof": "/proof/40",
    "no-such-page": "/P-2026-7777",
}
COUNTER: Final = {
    "counter-to-pay": "/",
    "counter-files": "/files",
    "counter-answers": "/answers",
    "counter-answers-earlier": "/answers/brought-in",
    "counter-month": "/month",
    "counter-accounts": "/accounts",
}
STEPS: Final = 5


class Camera:
    """Somebody at a browser, whose page is taken to a folder under names that end with the look."""

    def __init__(self, person: Person, folder: Path, look: str) -> None:
        self.person, self._folder, self._look = person, folder, look

    async def take(self, name: str, address: str = "") -> None:
        """Take the page, or the one of an address, at its whole height."""
        if address:
            await self.person.page.goto(address)
        await self.person.page.screenshot(path=self._folder / f"{name}-{self._look}.png", full_page=True)


async def for_the_readme(browser: Browser, stack: StackState) -> None:
    """Take the README's pictures, and one of a proposal that is being made."""
    person = await sit_down(browser, stack, READER, viewport=WIDE)
    await person.sign_in(stack.console_url)
    for name, address in README.items():
        await person.open(address)
        await person.page.screenshot(path=FOLDER / f"{name}.png")
    person = await sit_down(browser, stack, PROPOSER, viewport=WIDE)
    await person.sign_in(stack.console_url)
    await person.open("/propose")
    await person.press(words.BEGIN_PROPOSAL)
    await person.press(words.SAVE_AND_CONTINUE)
    await person.page.screenshot(path=FOLDER / "propose.png")
    await take_letter()
    await grantees_for_the_readme(browser, stack, FOLDER, LOOKS)


async def take_letter() -> None:
    """Take the first page of the sample's award, on invented facts."""
    content = read_edition(SAMPLE / "letters" / "award.toml").content
    assert isinstance(content, LetterTemplate)  # noqa: S101 - the sample is one
    facts = invented_facts(content.letter)
    marking = Marking(LetterCode(facts.reference, "7KQ29FJM3D8VX1TZ"), "https://grants.example.org")
    pdf = await render(content.template, merged(content, facts, "en", marking), facts.on)
    (FOLDER / "letter.png").write_bytes(await preview(BytesIO(pdf), PaperKind.PDF, 1))


async def for_a_review(browser: Browser, stack: StackState, folder: Path) -> None:
    """Take every page in every look, as somebody with a key and a draft that is complete."""
    reader, writer = await sit_down(browser, stack, READER), await sit_down(browser, stack, PROPOSER)
    async with open_desk(acting=True) as desk:
        await enrol(reader, desk)
    await reader.sign_in(stack.counter_url)
    for person in (reader, writer):
        await person.sign_in(stack.console_url)
    await write_proposal(writer, House(0, "", folder))
    draft = writer.page.url.partition("?")[0]
    for look, options in LOOKS.items():
        await pages_of_a_grantee(browser, stack, folder, look, options)
        for first, take in ((reader, pages_of_a_reader), (writer, pages_of_a_proposer)):
            kept = await first.page.context.storage_state()
            person = await sit_down(browser, stack, first.staff_id, storage_state=kept, **options)
            await take(Camera(person, folder, look), stack, draft)
            await person.page.context.close()


async def pages_of_a_proposer(camera: Camera, stack: StackState, draft: str) -> None:
    """Take the pages of a draft, and the case that came back with a question."""
    await camera.take("case-with-question", f"{stack.console_url}/P-2026-0033")
    await camera.take("drafts", f"{stack.console_url}/propose")
    for number in range(1, STEPS + 1):
        await camera.take(f"form-{number}", f"{draft}?step={number}")


async def pages_of_a_reader(camera: Camera, stack: StackState, _: str) -> None:
    """Take the pages of the console, of the counter, and the one that signs."""
    for name, path in CONSOLE.items():
        await camera.take(name, stack.console_url + path)
    await one_exception(camera, stack)
    for name, path in COUNTER.items():
        await camera.take(name, stack.counter_url + path)
    await the_file(camera, stack)
    await signing(camera)


async def one_exception(camera: Camera, stack: StackState) -> None:
    """Take the exception that the demo left."""
    await camera.person.open("/payments/exceptions")
    await camera.person.press(words.MONEY_FROM_A_STRANGER)
    await camera.person.page.wait_for_load_state()
    await camera.take("exception")


async def the_file(camera: Camera, stack: StackState) -> None:
    """Take the payment file that waits to be handed over."""
    await camera.person.page.goto(f"{stack.counter_url}/files")
    await camera.person.page.locator("main tbody a").first.click()
    await camera.person.page.wait_for_load_state()
    await camera.take("counter-file")


async def signing(camera: Camera) -> None:
    """Take the page that signs, up to the touch, and the form that leads there with a fault."""
    person = camera.person
    await person.open("/P-2026-0032/approve")
    await person.press(words.CONTINUE)
    await person.page.wait_for_load_state()
    await camera.take("act-refused")
    await person.write("reason", "It is within the budget")
    await person.tick("no_interest")
    await person.press(words.CONTINUE)
    await person.page.wait_for_url(f"{person.stack.signing_url}/**")
    await camera.take("sign")
    await camera.take("enrol", f"{person.stack.signing_url}/enrol/{READER}")


async def pictures(stack: StackState, review: Path | None) -> None:
    """Take those of a review to a folder, or the README's."""
    async with chromium() as browser:
        await (for_the_readme(browser, stack) if review is None else for_a_review(browser, stack, review))


def main() -> int:
    """Take the pictures. Return 1 if no stack runs here."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--review", type=Path, help="take every page in every look, to this folder")
    given = parser.parse_args()
    stack = read_stack()
    if stack is None or not stack.console_url:
        sys.stderr.write("no console runs in this folder: start `make demo` first, in another terminal\n")
        return 1
    asyncio.run(pictures(stack, given.review))
    return 0


if __name__ == "__main__":
    sys.exit(main())
