"""An API that its owner wrote anew: it serves whatever events they like, signed with the ledger's own key."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial, reduce
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from ledger import StoredEvent
from ledger.proof.consistency import consistency_path
from ledger.proof.notes import Checkpoint
from ledger.stored_json import event_as_json
from ledger.tree import Frontier, Span, leaf_of, node_of
from tests.ledger.proof import LOG

Answer = dict[str, Any] | bytes
Change = Callable[[str, Answer], Answer]
"""What is answered in place of an answer, by the path that was asked."""


class AnotherApi(NamedTuple):
    """A server on loopback, and every request that it was asked."""

    url: str
    asked: list[str]


def whole(events: Sequence[StoredEvent]) -> list[StoredEvent]:
    """The events at positions without a gap, each with the leaf of its own bytes."""
    placed = (event._replace(position=place) for place, event in enumerate(events, 1))
    return [event._replace(leaf=leaf_of(event)) for event in placed]


def signed_note(events: Sequence[StoredEvent]) -> str:
    """The checkpoint over events, signed by the ledger's key."""
    frontier = Frontier()
    for event in events:
        frontier.append(event.leaf)
    checkpoint = Checkpoint(LOG.name, frontier.size, frontier.root)
    return f"{checkpoint.text}\n{LOG.line(checkpoint.text)}"


@contextmanager
def serving(events: Sequence[StoredEvent], change: Change = lambda _, answer: answer) -> Iterator[AnotherApi]:
    """Serve events until the end of the block, with whatever is changed of each answer."""
    asked = list[str]()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            address = urlsplit(self.path)
            asked.append(self.path)
            answer = change(address.path, _answer(events, address.path, dict(parse_qsl(address.query))))
            content = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
            self.send_response(200)
            if content[:2] == b"\x1f\x8b":
                self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=partial(server.serve_forever, 0.01))
        thread.start()
        try:
            yield AnotherApi(f"http://127.0.0.1:{server.server_port}", asked)
        finally:
            server.shutdown()
            thread.join()


def _answer(events: Sequence[StoredEvent], path: str, query: dict[str, str]) -> Answer:
    if path.endswith("checkpoint"):
        return signed_note(events).encode()
    if path.endswith("events"):
        after = int(query["after"])
        page = events[after : after + int(query["limit"])]
        return {"head": {"size": len(events)}, "events": [event_as_json(event) for event in page]}
    spans = consistency_path(int(query["from"]), int(query["to"]))
    return {"proof": [_hash(events, span).hex() for span in spans]}


def _hash(events: Sequence[StoredEvent], span: Span) -> bytes:
    frontier = Frontier()
    for event in events[span.start : span.end]:
        frontier.append(event.leaf)
    return reduce(lambda right, left: node_of(left, right), reversed(frontier.nodes))
