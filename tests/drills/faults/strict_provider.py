"""An OpenID provider that lets in one client alone, by its secret, which an administrator changes by a request."""

from __future__ import annotations

import sys
from typing import Final

import uvicorn
from flask import Flask, request
from oidc_provider_mock import app as provider
from oidc_provider_mock._storage import Client, ClientAllowAny, storage

SECRET_AT: Final = "/administration/secret"


def application(client_id: str) -> Flask:
    """Return the provider, at which whoever administers it says the client's secret."""
    app: Flask = provider(require_client_registration=True)

    @app.put(SECRET_AT)
    def change() -> str:
        client = Client(
            id=client_id, secret=request.get_data(as_text=True), redirect_uris=ClientAllowAny(),
            allowed_scopes=Client.SCOPES_SUPPORTED, token_endpoint_auth_method=ClientAllowAny(),
        )  # fmt: skip
        storage.store_client(client)
        return client_id

    return app


if __name__ == "__main__":
    uvicorn.run(application(sys.argv[1]), interface="wsgi", host="127.0.0.1", port=int(sys.argv[2]), log_level="info")
