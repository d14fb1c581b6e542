"""A receiver of webhooks: it verifies each message, keeps it once, and answers once it is kept (docs/webhooks.md).

python -m examples.webhook SECRET-FILE DATABASE PORT    (pip install standardwebhooks; a proxy with TLS before it)
"""

from __future__ import annotations

import sqlite3
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

from standardwebhooks import Webhook, WebhookVerificationError


def receiver(secret: str, database: Path, port: int) -> HTTPServer:
    """Return a server on this machine that keeps the events that it hears, by their ids, in a table of SQLite."""
    webhook, kept = Webhook(secret), sqlite3.connect(database, check_same_thread=False)
    kept.execute("CREATE TABLE IF NOT EXISTS events (id TEXT PRIMARY KEY, type TEXT, body TEXT)")

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            try:
                event = webhook.verify(body, dict(self.headers))
            except WebhookVerificationError:
                return self.answer(401)  # not from whom we expect it: it is sent again, and its people are told
            with kept:  # the same id is the same event: kept once, however often it comes
                row = (self.headers["webhook-id"], event["type"], body.decode())
                kept.execute("INSERT OR IGNORE INTO events VALUES (?, ?, ?)", row)
            return self.answer(204)

        def answer(self, status: int) -> None:
            self.send_response(status)
            self.send_header("content-length", "0")
            self.end_headers()

    return HTTPServer(("127.0.0.1", port), Receiver)


if __name__ == "__main__":
    receiver(Path(sys.argv[1]).read_text("ascii").strip(), Path(sys.argv[2]), int(sys.argv[3])).serve_forever()
