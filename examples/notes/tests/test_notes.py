"""The service against the database that DATABASE_URL names, with its migrations applied."""

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import delete

from notes.database import engine
from notes.main import app
from notes.models import Note

client = TestClient(app)


@pytest.fixture(autouse=True)
def empty_table():
    with engine.begin() as connection:
        connection.execute(delete(Note))


def test_what_is_written_is_read_back():
    written = client.post("/notes", json={"text": "milk"}).json()
    assert client.get(f"/notes/{written['id']}").json() == written


def test_pinned_notes_come_first():
    for text, pinned in [("one", True), ("two", False)]:
        client.post("/notes", json={"text": text, "pinned": pinned})
    assert [note["text"] for note in client.get("/notes").json()] == ["one", "two"]


@pytest.mark.parametrize("body", [{}, {"text": ""}, {"text": "x" * 10_001}])
def test_bad_notes_are_refused(body):
    assert client.post("/notes", json=body).status_code == 422


def test_a_missing_note_is_said_to_be_missing():
    assert client.get("/notes/0").status_code == 404
