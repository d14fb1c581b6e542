"""The console's secret at the OpenID provider is changed: by the old one nobody signs in, by the new one everybody."""

from __future__ import annotations

import re
import sys
from html import unescape
from http.cookies import SimpleCookie
from typing import Final

import httpx

from deploy.embedded.ports import free_port
from deploy.embedded.processes import ChildProcess
from deploy.settings import DATABASE_VARIABLE, SECRETS_VARIABLE
from tests.chaos.partnerships.restoring import FIRST
from tests.drills.course import Course
from tests.drills.faults.strict_provider import SECRET_AT
from tests.drills.faults.troubled_office import TroubledOffice, is_a_sentence, restart
from tests.waiting import until

CLIENT: Final = "accord"


class Door:
    """A console of the office, and the provider that says who comes in."""

    def __init__(self, office: TroubledOffice) -> None:
        provider, console, signing = free_port(), free_port(), free_port()
        self.provider, self.console = f"http://localhost:{provider}", f"http://localhost:{console}"
        self.secret, logs = office.folder / "oidc.secret", office.folder / "logs"
        self.secret.touch(mode=0o600)
        settings = {
            DATABASE_VARIABLE: office.stack.postgres.address, SECRETS_VARIABLE: str(office.stack.postgres.secrets),
            "TEMPORAL_ADDRESS": office.stack.state.temporal_address, "ACCORD_CONSOLE_ORIGIN": self.console,
            "ACCORD_SIGNING_ORIGIN": f"http://localhost:{signing}", "ACCORD_OIDC_ISSUER": self.provider,
            "ACCORD_OIDC_CLIENT": CLIENT, "ACCORD_OIDC_SECRET_FILE": str(self.secret),
        }  # fmt: skip
        run = [sys.executable, "-W", "ignore", "-m"]
        strict = [*run, "tests.drills.faults.strict_provider", CLIENT, str(provider)]
        self.processes = (
            ChildProcess("provider", strict, logs / "provider.log", {"AUTHLIB_INSECURE_TRANSPORT": "1"}),
            ChildProcess("console", [*run, "accord", "console"], logs / "console.log", settings),
        )

    async def until_open(self) -> None:
        """Wait until both answer."""
        for address in (f"{self.provider}/.well-known/openid-configuration", f"{self.console}/health"):
            await until(lambda address=address: _answers(address))  # type: ignore[misc]

    async def keep(self, secret: str) -> None:
        """Keep another secret in the console's file, and start it anew."""
        self.secret.write_text(secret, "ascii")
        await restart(self.processes[1])
        await self.until_open()

    async def accept(self, secret: str) -> None:
        """Let the provider know the client by another secret."""
        async with httpx.AsyncClient() as asking:
            (await asking.put(self.provider + SECRET_AT, content=secret)).raise_for_status()

    async def sign_in(self) -> tuple[int, str]:
        """Sign in as a person, and return the console's last answer: 303 where they are in, else what it says."""
        async with httpx.AsyncClient() as asking:
            begun = await asking.get(f"{self.console}/login")
            chosen = await asking.post(begun.headers["location"], data={"sub": FIRST})
            cookies = SimpleCookie(begun.headers["set-cookie"])
            sent = "; ".join(f"{name}={one.value}" for name, one in cookies.items())
            back = await asking.get(chosen.headers["location"], headers={"Cookie": sent})
            words = re.search(r"signing in failed[^<]*", back.text, re.IGNORECASE)
            return back.status_code, unescape(words[0]).strip() if words else ""


async def _answers(address: str) -> bool:
    try:
        async with httpx.AsyncClient() as asking:
            return (await asking.get(address)).is_success
    except httpx.HTTPError:
        return False


async def drill_sign_in(office: TroubledOffice, course: Course) -> None:
    """Change the secret at the provider first, then in the console's file."""
    door = Door(office)
    door.secret.write_text("the first secret", "ascii")
    for process in door.processes:
        process.start()
    try:
        await door.until_open()
        await door.accept("the first secret")
        code, words = await door.sign_in()
        course.promise("a person signs in by the console's secret at the provider", code == 303, (code, words))
        await door.accept("the second secret")
        code, words = await door.sign_in()
        course.promise(f"by the old one nobody does: {words}", code == 400 and is_a_sentence(words), (code, words))
        await door.keep("the second secret")
        code, words = await door.sign_in()
        course.promise("with the new one in its file, and started anew, they do", code == 303, (code, words))
    finally:
        for process in door.processes:
            process.stop()
