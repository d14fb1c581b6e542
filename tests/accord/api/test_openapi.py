"""The description is of what is served: each path, each parameter, and answers that fit their schemas."""

from __future__ import annotations

from typing import Any

from accord.api.routes import PATHS
from tests.accord.api.conftest import ORIGIN, Api


async def described(api: Api) -> dict[str, Any]:
    return dict((await api.asking.get("/v1/openapi.json")).json())


async def test_each_path_is_described_with_its_scope_and_parameters(api: Api) -> None:
    document = await described(api)
    assert (document["openapi"], document["servers"]) == ("3.1.0", [{"url": ORIGIN}])
    assert list(document["paths"]) == [path.path for path in PATHS]
    for path in PATHS:
        operation = document["paths"][path.path]["get"]
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
