"""Decrypt payloads for the Temporal UI in the browser of somebody who is signed in: it decodes, and never encodes.

The UI asks this address for each page (its "remote codec"). Who asks, and of which workflows, stands in the access log.
"""

from __future__ import annotations

import secrets
from typing import Final

from google.protobuf.json_format import MessageToDict, Parse, ParseError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from temporalio.api.common.v1 import Payload, Payloads

from accord.console.serving.desk import Console
from accord.presentation.faults import BadInput
from accord.web.pages import problem
from deploy.payloads.codec import EncryptedPayloads, PayloadUnreadable
from domain.streams import PARTNERSHIP_STREAMS, StreamId

PATH: Final = "/codec/decode"
"""Temporal's UI is given what stands before /decode as its codec's endpoint."""

TRIAL_PATH: Final = "/codec/{token}/decode"
"""The same for the UI of a stack on one machine, where a token in the address stands for a session."""

TRIAL_UI: Final = "temporal.ui"
"""The reader whom the access log names there: sign-in asks nobody for a password, so it is anybody at the machine."""

MOST_BYTES: Final = 16 * 1024 * 1024
"""Bytes of one request: a page of the UI asks for some events."""


_ALLOWED: Final = {
    "Access-Control-Allow-Credentials": "true",
    "Access-Control-Allow-Headers": "authorization, content-type, x-namespace",
    "Access-Control-Allow-Methods": "POST",
    "Access-Control-Max-Age": "7200",
    "Vary": "Origin",
}


async def allow(request: Request) -> Response:
    """Tell a browser that the Temporal UI, and no other page, may read from here."""
    return Response(status_code=204, headers=_cors(request))


async def decode(request: Request) -> Response:
    """Answer with the payloads that were sent, decrypted. A payload that cannot be is left as it is."""
    console: Console = request.app.state.console
    codec = console.desk.temporal.data_converter.payload_codec
    if not isinstance(codec, EncryptedPayloads):
        raise BadInput("payloads: this console has no keys of payloads")
    submission = await _sent(request)
    plain_payloads = {place: _opened(codec, payload) for place, payload in enumerate(submission.payloads)}
    subjects = {
        _of(payload) for place, payload in enumerate(submission.payloads) if plain_payloads[place] is not payload
    }
    await console.looked_at(request.state.reader, *sorted(subjects))
    return JSONResponse(MessageToDict(Payloads(payloads=list(plain_payloads.values()))), headers=_cors(request))


async def decode_with_token(request: Request) -> Response:
    """Answer as `decode` does, if the address holds the token of this console."""
    token = request.app.state.console.settings.codec_token
    if not token or not secrets.compare_digest(token.encode(), request.path_params["token"].encode()):
        return problem(request, 401, "this is no token of this console; sign in, and ask at the address without one")
    request.state.reader = TRIAL_UI
    return await decode(request)


def _cors(request: Request) -> dict[str, str]:
    console: Console = request.app.state.console
    return {**_ALLOWED, "Access-Control-Allow-Origin": console.settings.temporal_ui or console.settings.origin}


async def _sent(request: Request) -> Payloads:
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MOST_BYTES:
            raise BadInput("payloads: these are too many at a time")
    try:
        return Parse(bytes(body), Payloads())
    except (ParseError, ValueError) as fault:
        raise BadInput("payloads: these are not payloads as the Temporal UI sends them") from fault


def _opened(codec: EncryptedPayloads, payload: Payload) -> Payload:
    try:
        return codec.opened(payload)
    except PayloadUnreadable:
        return payload


def _of(payload: Payload) -> str:
    """Return the subject of a decrypted payload, as the access log names it: a partnership, or another workflow."""
    workflow_id = payload.metadata["workflow"].decode().partition("/")[2]
    is_partnership = workflow_id.startswith(PARTNERSHIP_STREAMS)
    return StreamId(workflow_id).subject if is_partnership else f"workflow {workflow_id}"
