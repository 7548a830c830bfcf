"""The application against the database that DATABASE_URL names, with its migrations applied."""

import pytest
from links import create_app, database
from links.models import Link


@pytest.fixture
def client():
    app = create_app()
    with app.app_context():
        database.session.execute(database.delete(Link))
        database.session.commit()
    return app.test_client()


def test_a_link_leads_to_its_target_and_counts(client):
    assert client.post("/", data={"target": "https://example.com/"}).status_code == 303
    page = client.get("/").text
    code = page.split('<a href="/')[1].split('"')[0]
    assert client.get(f"/{code}").location == "https://example.com/"
    assert "followed 1 times" in client.get("/").text


@pytest.mark.parametrize("target", ["", "javascript:alert(1)", "ftp://example.com"])
def test_other_addresses_are_refused(client, target):
    assert client.post("/", data={"target": target}).status_code == 400


def test_an_unknown_code_leads_nowhere(client):
    assert client.get("/nothing").status_code == 404
