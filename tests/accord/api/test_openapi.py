"""The description is of what is served: each path, each parameter, and answers that fit their schemas."""

from __future__ import annotations

from typing import Any

from accord.api.routes import PATHS
from accord.follow.cosigning import Stop, signed_stop
from domain.organisation.tokens import Scope
from tests.accord.api.conftest import ORIGIN, Api
from tests.ledger.proof import TREASURER


async def described(api: Api) -> dict[str, Any]:
    return dict((await api.asking.get("/v1/openapi.json")).json())


async def test_each_path_is_described_with_its_scope_and_parameters(api: Api) -> None:
    document = await described(api)
    assert (document["openapi"], document["servers"]) == ("3.1.0", [{"url": ORIGIN}])
    assert list(document["paths"]) == [path.path for path in PATHS]
    for path in PATHS:
        assert list(document["paths"][path.path]) == [path.method.lower()]
        operation = document["paths"][path.path][path.method.lower()]
        assert operation["security"] == [{"token": [path.scope]}]
        assert [parameter["name"] for parameter in operation["parameters"]] == [p.name for p in path.parameters]


async def test_answers_and_problems_fit_their_schemas(api: Api) -> None:
    import jsonschema  # takes a second, and each process of a run collects this file

    document = await described(api)

    def require_fit(name: str, answer: Any) -> None:
        schema = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
        jsonschema.Draft202012Validator(schema).validate(answer)

    require_fit("Events", (await api.get("/v1/events?limit=3")).json())
    require_fit("Consistency", (await api.get("/v1/consistency?from=1&to=3")).json())
    require_fit("BookPage", (await api.get("/v1/commitments")).json())
    require_fit("Page", (await api.get("/v1/funds")).json())
    require_fit("Problem", (await api.get("/v1/events?after=x")).json())
    taken = await api.post(signed_stop(Stop("ledger.example.org", 7, 6, "an approval by the proposer"), TREASURER, 1))
    require_fit("Taken", taken.json())


async def test_what_is_handed_in_is_described_with_its_body_and_each_of_its_answers(api: Api) -> None:
    operation = (await described(api))["paths"]["/v1/cosignatures"]["post"]
    body = operation["requestBody"]
    assert (body["required"], list(body["content"])) == (True, ["text/plain; charset=utf-8"])
    assert body["content"]["text/plain; charset=utf-8"]["schema"]["maxLength"] == 16_384
    assert operation["security"] == [{"token": [Scope.COSIGN]}]
    assert {"200", "201", "400", "401", "403", "409", "413", "429", "503"} <= set(operation["responses"])
