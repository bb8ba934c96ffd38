"""Files that people send: each in a folder of its own beside the console's database, and the job that reads it."""

from __future__ import annotations

import re
import secrets
import shutil
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from starlette.datastructures import UploadFile
from starlette.responses import Response

from ...errors import BadUsage, Message, NotFound
from ...importers import files
from ..jobs import Job
from ..pages import PageRequest

LONGEST_NAME = 60  # letters of an uploaded file's name
TOKEN = re.compile(r"[0-9a-f]{16}")
SUFFIX = re.compile(r"\.[a-z0-9]{1,5}")
PICTURES = frozenset({".jpg", ".jpeg", ".png", ".heic", ".webp"})


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that somebody sent, in a folder of its own beside the console's database."""

    token: str
    path: Path

    @property
    def folder(self) -> Path:
        return self.path.parent


def upload_key(page: PageRequest, token: str) -> str:
    """Of the job that reads an upload: nobody else's can be asked for."""
    return f"{page.person.account.login}/{token}"


def upload_folder(page: PageRequest, token: str) -> Path:
    if not TOKEN.fullmatch(token):
        raise NotFound(Message("this file is not here any more; send it again"))
    return page.site.own / "in" / str(page.person.account.id) / token


def receive_upload(page: PageRequest, kinds: Collection[str]) -> Upload:
    """Put the file that was sent into a folder of its own; what this person sent before goes. Raises `BadUsage`."""
    sent = page.form.get("file")
    if not isinstance(sent, UploadFile) or not sent.filename:
        raise BadUsage(Message("choose a file first"))
    name = sent.filename.replace("\\", "/").rpartition("/")[2]
    suffix = "." + name.rpartition(".")[2].lower()
    if suffix in PICTURES:
        raise BadUsage(
            Message("a photograph is no text: open it with Google Lens or Zalo, copy the words, and paste them here")
        )
    if not SUFFIX.fullmatch(suffix) or suffix not in {*kinds, *files.OLD_WORD}:
        raise BadUsage(
            Message("a file of this kind is not taken here; these are: {kinds}", kinds=", ".join(sorted(kinds)))
        )
    token = secrets.token_hex(8)
    folder = upload_folder(page, token)
    shutil.rmtree(folder.parent, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    stem = "".join(letter for letter in name.rpartition(".")[0] if letter.isalnum() or letter in " -_")[:LONGEST_NAME]
    upload = Upload(token, folder / f"{stem.strip() or 'tep'}{suffix}")
    with upload.path.open("wb") as file:
        shutil.copyfileobj(sent.file, file)
    return upload


def find_job(page: PageRequest) -> Job:
    job = page.console.jobs.find(upload_key(page, page.path["job"]))
    if job is None:
        raise NotFound(Message("this file is not here any more; send it again"))
    return job


def show_reading(page: PageRequest) -> Response:
    """While an upload is being read: a page that looks again."""
    response = page.page("reading_file.html")
    response.headers["Refresh"] = "1"
    return response


def forget_upload(page: PageRequest) -> None:
    page.console.jobs.forget(upload_key(page, page.path["job"]))
    shutil.rmtree(upload_folder(page, page.path["job"]), ignore_errors=True)
