"""A new page of the console: what answers, its template, its row with who may open it, and a way to it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.newcomer.copies import Place, ask, copy_of_the_tree, do

PLACES = (
    Place(
        "accord/console/pages/overview.py",
        "async def receipt(",
        '''async def greet(request: Request) -> Response:
    """Greet the reader."""
    return page(request, "greetings.html", {})


''',
    ),
    Place(
        "accord/console/templates/greetings.html",
        "",
        '{% extends "base.html" %}\n{% block title %}Greetings{% endblock %}\n'
        "{% block content %}<h1>Good to see you</h1>{% endblock %}\n",
    ),
    Place(
        "accord/console/serving/app.py",
        '    Page("/funds", tables.funds, Access.READER),\n',
        '    Page("/greetings", overview.greet, Access.READER),\n',
    ),
    Place(
        "accord/console/templates/base.html", '      <a href="/people">', '      <a href="/greetings">Greetings</a>\n'
    ),
)


def test_its_places_are_there(tmp_path: Path) -> None:
    assert (len(PLACES), len({place.path for place in PLACES})) == (4, 4)
    do(copy_of_the_tree(tmp_path / "accord"), PLACES)


@pytest.mark.slow
def test_a_new_page_is_four_places(tmp_path: Path) -> None:
    """Then the test that tries every page without a login finds it, and finds it closed."""
    copy = copy_of_the_tree(tmp_path / "accord")
    do(copy, PLACES)
    told = ask(copy, "-m", "pytest", "-v", "-p", "no:cacheprovider", "tests/accord/console/serving/test_access.py",
               "-k", "greetings")  # fmt: skip
    assert "2 passed" in told  # closed without a session, and open to a reader
