"""Who tries Accord on one machine chooses a person by name and role, and is signed in as that person."""

from __future__ import annotations

from html import unescape
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from flask.testing import FlaskClient

from accord.demo.sign_in import Choice, application

PEOPLE = [Choice("femi.ade", "Femi Ade", "finance approver"), Choice("dora.kim", "Dora Kim", "director")]
ASKED = urlencode({
    "client_id": "accord", "response_type": "code", "scope": "openid", "state": "s",
    "redirect_uri": "http://localhost:20000/login/return",
})  # fmt: skip
PAGE = f"/oauth2/authorize?{ASKED}"


@pytest.fixture
def asking(monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
    return application(lambda: PEOPLE).test_client()


def test_the_page_shows_each_person_with_their_role_and_nothing_of_the_protocol(asking: FlaskClient) -> None:
    page = unescape(asking.get(PAGE).text)
    assert all(word in page for person in PEOPLE for word in (person.name, person.roles))
    assert not any(word in page for word in ("Client ID", "Authorize", 'placeholder="sub"', "cdn."))
    assert asking.get("/static/style.css").status_code == 200


def test_who_chooses_a_person_comes_back_signed_in_as_that_person(asking: FlaskClient) -> None:
    answer = asking.post(PAGE, data={"sub": "dora.kim"})
    back = urlsplit(answer.headers["Location"])
    assert (answer.status_code, back.path) == (302, "/login/return")
    token = asking.post("/oauth2/token", auth=("accord", "any"), data={
        "grant_type": "authorization_code", "code": parse_qs(back.query)["code"][0],
        "redirect_uri": "http://localhost:20000/login/return",
    })  # fmt: skip
    told = asking.get("/userinfo", headers={"Authorization": f"Bearer {token.get_json()['access_token']}"})
    assert told.get_json()["sub"] == "dora.kim"


def test_an_empty_directory_is_told_with_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
    assert "accord directory load" in application(list).test_client().get(PAGE).text
