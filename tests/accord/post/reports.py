"""Reports of mail servers on mail that came back (RFC 3464)."""

from __future__ import annotations

from typing import Final

TOKEN: Final = "0123456789abcdef0123456789abcdef"


def report(status: str = "5.1.1", to: str = f"grants+{TOKEN}@funder.test") -> bytes:
    return f"""From: MAILER-DAEMON@mx.test
To: {to}
Subject: Undelivered
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="x"

--x
Content-Type: text/plain

It could not be delivered.
--x
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.test

Final-Recipient: rfc822; jane@riverbend.test
Action: failed
Status: {status}

--x--
""".replace("\n", "\r\n").encode()
