"""The organisations with which the demo has partnerships. All are invented, and so are their papers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final

from accord.demo.cases.proposals import Content, party

PARISH = party("Saint Agnes Parish Room", "00-1999999")
NORTHERN = party("Northern Light Telecom Ltd", kind="PRIVATE_COMPANY", country="CA")
PACKET = party("Packet Harbour Ltd", kind="PRIVATE_COMPANY", country="GB")
LAKESIDE = party("Lakeside School of Networking", "00-1000002")
RIVERBEND = party("Riverbend Library Network", "00-1000001")
_LATELY: Final = datetime.now(UTC).date() - timedelta(days=2)
"""The day of the invented papers: an extract is asked for anew after two years."""

REGISTERED: Content = {
    "kind": "REGISTRATION",
    "dated": _LATELY.isoformat(),
    "sha256": sha256(b"an invented extract of an invented register").hexdigest(),
    "kept_by": "Records office, file 2026/31",
    "read_by": "vera.lind",
    "reference": "an invented entry of the register, number 4711",
    "number": {"scheme": "UG-NGO", "number": "4711"},
}
"""A paper that proves a foreign body's status. It is invented, like the body."""

EXCHANGE = party("Lake Crescent Exchange Association", country="UG", papers=[REGISTERED])
HARBOR = party("Harbor Chapter of Open Networks", "00-1000004",
                central={"name": "Open Networks United", "ein": "00-1000005"},
                papers=[REGISTERED | {"kind": "GROUP_CONFIRMATION", "number": None}])  # fmt: skip
BLUE_HERON = party("Blue Heron Networks", country="UG", papers=[REGISTERED])
ZORVAN = party("Zorvan Trade Education Fund", "00-1000008")
CAPITOL = party("Capitol Digital Archive", "00-1000012")
