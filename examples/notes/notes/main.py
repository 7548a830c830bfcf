"""The service."""

import logging
import os
from datetime import datetime

from fastapi import Depends, FastAPI, HTTPException
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from notes.database import session
from notes.models import Note

PAGE_SIZE = int(os.environ.get("NOTES_PAGE_SIZE", "50"))

logger = logging.getLogger(__name__)
app = FastAPI(title=os.environ.get("NOTES_TITLE", "Notes"))


class NewNote(BaseModel):
    text: str = Field(min_length=1, max_length=10_000)
    pinned: bool = False


class StoredNote(NewNote):
    model_config = ConfigDict(from_attributes=True)

    id: int
    written_at: datetime


@app.get("/notes")
def newest(session: Session = Depends(session)) -> list[StoredNote]:
    """Pinned notes first, then the newest."""
    found = session.scalars(
        select(Note).order_by(Note.pinned.desc(), Note.id.desc()).limit(PAGE_SIZE)
    )
    return [StoredNote.model_validate(note) for note in found]


@app.post("/notes", status_code=201)
def write(new: NewNote, session: Session = Depends(session)) -> StoredNote:
    note = Note(text=new.text, pinned=new.pinned)
    session.add(note)
    session.commit()
    logger.info("note written", extra={"note": note.id})
    return StoredNote.model_validate(note)


@app.get("/notes/{number}")
def one(number: int, session: Session = Depends(session)) -> StoredNote:
    note = session.get(Note, number)
    if note is None:
        raise HTTPException(404, "there is no such note")
    return StoredNote.model_validate(note)
