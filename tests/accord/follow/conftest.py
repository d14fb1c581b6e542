"""A ledger behind its real API at a loopback address, and an auditor with a token, a folder and no database."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import uvicorn

from accord.api.app import application
from accord.api.settings import ApiSettings
from accord.client.desk import Desk
from accord.follow.folder import Replica
from accord.follow.following import LedgerFollower, Round
from accord.follow.standing import ReplicaStanding, standing_of
from accord.follow.wire import LedgerApi
from deploy.database import open_pool
from deploy.logins import Login, as_user, new_secret, read_secret
from domain.directory.people import ApiTokenEnrolled
from domain.organisation.tokens import PREFIX, ApiToken, Scope, digest_of_secret, token_id_of
from ledger import Ledger, clock
from ledger.proof.checkpoints import CheckpointFolder, sign_checkpoint
from ledger.proof.stored_tree import StoredTree
from records.keys.keyring import Keyring
from tests.accord.audit.story import Story, story_at
from tests.conftest import STAFFED, address_of, copy_of, name_in
from tests.governing import decree
from tests.ledger.proof import LOG, TREASURER
from tests.logins import let_in


@dataclass
class House:
    """An organisation whose API is served, and where its auditor keeps a replica."""

    desk: Desk
    url: str
    secret: str
    checkpoints: Path
    replica: Path
    story: Story
    begins: int
    """The position of the event that enrolled the auditor's token."""

    async def signed(self) -> None:
        """Sign the ledger as it stands, as its signer does each minute."""
        await sign_checkpoint(StoredTree(Ledger(self.desk.pool)), CheckpointFolder(self.checkpoints), LOG)

    async def signed_anew(self) -> None:
        """Sign the ledger in a folder that knows of no earlier checkpoint, as whoever forked it would."""
        for file in self.checkpoints.iterdir():
            file.unlink()
        await self.desk.pool.execute("TRUNCATE ledger.nodes")
        await self.signed()

    async def followed(self) -> Round:
        """A round of the follower, in a process's thread of its own: it has the address, the token and the folder."""
        return await asyncio.to_thread(self._round)

    def _round(self) -> Round:
        with Replica(self.replica) as replica, LedgerApi(self.url, self.secret) as api:
            return LedgerFollower(api, replica, LOG.verifier, TREASURER).once()

    def standing(self) -> ReplicaStanding:
        """What the replica says of itself."""
        with Replica(self.replica, to_read=True) as replica:
            return standing_of(replica)


def token(*scopes: Scope, witness: str | None = str(TREASURER.verifier)) -> tuple[str, ApiToken]:
    """A new secret, and its token."""
    secret = PREFIX + new_secret()
    digest = digest_of_secret(secret)
    made = ApiToken(
        token_id=token_id_of(digest), holder="audit-firm", scopes=scopes, sha256=digest, last_day=clock.today(),
        witness=witness,
    )  # fmt: skip
    return secret, made


@pytest.fixture
async def house(staffed_template: str, keyring: Keyring, tmp_path: Path) -> AsyncIterator[House]:
    """An organisation of the test's own: what some tests do to its ledger nobody may share."""
    async with copy_of(STAFFED, staffed_template) as name:
        address = address_of(name, staffed_template)
        await let_in(address)
        login = read_secret(Path(os.environ["ACCORD_SECRETS"]) / Login.API)
        owner = await open_pool(address)
        pool = await open_pool(as_user(address, Login.API.of(name_in(address)), login), 3)
        folder = tmp_path / "checkpoints"
        folder.mkdir()
        listening = socket.create_server(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        server = uvicorn.Server(uvicorn.Config(application(pool, ApiSettings(url, folder)), log_level="critical"))
        serving = asyncio.create_task(server.serve([listening]))
        keys = Keyring(shutil.copytree(keyring.folder, tmp_path / "keys"))
        desk = Desk(owner, keys)
        secret, made = token(*Scope)
        await decree(desk, ApiTokenEnrolled(token=made))
        yield House(desk, url, secret, folder, tmp_path / "replica", await story_at(desk), await desk.ledger.head())
        server.should_exit = True
        await serving
        pool.terminate()
        owner.terminate()
