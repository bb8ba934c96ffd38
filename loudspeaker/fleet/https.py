"""The hub's folder over HTTPS: one kept connection, documents by their ETag, files in pieces that a lost line keeps.

What comes is not believed: documents are limited in size and verified by others, a file is only whole when its SHA-256
is the one that was signed. No redirection is followed.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from ..codec import UNREADABLE, decode_error
from ..errors import LoudspeakerError, Message, NotFound, Refused, describe_os_error
from ..store.atomic import write_atomic
from ..store.received import MOST_DOCUMENT_BYTES, DamagedFile, is_whole
from .hub_settings import HubSettings, make_tls_context

PATIENCE = 30.0  # s, for each answer and each read of it
PIECE = 256 << 10  # bytes of a file at a time: half a minute at 64 kbit/s
READ = 64 << 10
GONE = (404, 410)
RANGE = re.compile(r"bytes (\d+)-\d+/(\d+|\*)")
FAILURES = (OSError, http.client.HTTPException)  # of a server or a line that is not there, or breaks


class HubFolder:
    """What a hub serves. Called from one thread; raises one of `FAILURES`, or `Refused`, where it answers badly."""

    def __init__(self, settings: HubSettings, folder: Path) -> None:
        self._line = http.client.HTTPSConnection(
            settings.address, settings.https_port, timeout=PATIENCE, context=make_tls_context(settings.ca)
        )
        self._headers = {**settings.log_in, "Accept-Encoding": "identity"}
        self._tags: dict[str, str] = {}  # of documents that are here
        self._brought: dict[str, str] = {}  # their SHA-256, of those in the folder
        self._folder = folder

    def close(self) -> None:
        self._line.close()

    def read_document(self, path: str) -> bytes | None:
        """A document; None where it is the one that was read before. Raises `NotFound`, `Refused` of one too large."""
        known = self._tags.get(path)
        answer = self._ask(path, {"If-None-Match": known} if known else {})
        if answer.status == 304 and known:
            answer.read()
            return None
        self._must_be(answer, path, 200)
        content = answer.read(MOST_DOCUMENT_BYTES + 1)
        if len(content) > MOST_DOCUMENT_BYTES:
            self._line.close()
            most = MOST_DOCUMENT_BYTES
            raise Refused(Message("the hub has sent more than {most} bytes for {path}", most=most, path=path))
        self._must_be_over(answer)
        if tag := answer.headers["ETag"]:
            self._tags[path] = tag
        return content

    def fetch_document(self, path: str) -> None:
        """Bring a document into the folder, where it is another one, or is damaged there.

        Raises as `read_document`, `WriteError`.
        """
        if not is_whole(self._folder / path, self._brought.get(path, "")):
            self._tags.pop(path, None)
        content = self.read_document(path)
        if content is not None:
            self._brought.pop(path, None)  # where there is no room for it, it has not come: else its tag would say so
            write_atomic(self._folder / path, content)
            self._brought[path] = hashlib.sha256(content).hexdigest()

    def keep_document(self, path: str, content: bytes) -> None:
        """Bring a document into the folder that came by another way. Raises `WriteError`."""
        self._tags.pop(path, None)
        write_atomic(self._folder / path, content)

    def forget_document(self, path: str) -> None:
        """One that the hub does not have (any more)."""
        self._tags.pop(path, None)
        (self._folder / path).unlink(missing_ok=True)

    def fetch_piece(self, path: str, size: int, sha256: str) -> bool:
        """Bring the next piece of a file into the folder, behind those that are there; True when it is whole.

        Raises `DamagedFile` where it is not the one that was signed: nothing of it is kept.
        """
        whole = self._folder / path
        if is_whole(whole, sha256):
            return True  # it waits to be taken
        part = (self._folder / path).with_suffix(".part")
        part.parent.mkdir(parents=True, exist_ok=True)
        have = part.stat().st_size if part.is_file() else 0
        if have < size:
            self._append(path, part, have, size)
        if part.is_file() and part.stat().st_size < size:
            return False
        part.touch()
        if part.stat().st_size != size or not is_whole(part, sha256):
            part.unlink()
            raise DamagedFile(Message("a file that came is damaged, or not the one that was signed"))
        part.replace(self._folder / path)
        return True

    def _append(self, path: str, part: Path, have: int, size: int) -> None:
        """What comes is on the disk as far as it has come, whatever ends it; never more than one byte too much."""
        last = min(have + PIECE, size) - 1
        answer = self._ask(path, {"Range": f"bytes={have}-{last}"})
        if answer.status == 206:
            begins = RANGE.fullmatch(answer.headers["Content-Range"] or "")
            if begins is None or int(begins[1]) != have:
                self._line.close()
                part.unlink(missing_ok=True)
                raise Refused(Message("the hub has sent another piece of {path} than was asked for", path=path))
            most = last + 1 - have
        else:
            self._must_be(answer, path, 200)  # it knows no pieces: all of it comes
            have, most = 0, size
        with part.open("r+b" if part.exists() else "xb") as out:
            out.truncate(have)
            out.seek(have)
            left = most + 1
            while left and (content := answer.read(min(READ, left))):
                out.write(content)
                left -= len(content)
            if not left:
                self._line.close()  # there may be no end of it
                return
            self._must_be_over(answer)
            if out.tell() == have:
                part.unlink()
                raise Refused(Message("the hub has sent another piece of {path} than was asked for", path=path))

    def _ask(self, path: str, headers: Mapping[str, str]) -> http.client.HTTPResponse:
        """The answer, of which nothing has been read. A connection that the server has let go is made anew."""
        was_open = self._line.sock is not None
        try:
            return self._ask_once(path, headers)
        except FAILURES:
            self._line.close()
            if not was_open:
                raise
        try:
            return self._ask_once(path, headers)
        except FAILURES:
            self._line.close()
            raise

    def _ask_once(self, path: str, headers: Mapping[str, str]) -> http.client.HTTPResponse:
        self._line.request("GET", f"/{path}", headers={**self._headers, **headers})
        return self._line.getresponse()

    def _must_be_over(self, answer: http.client.HTTPResponse) -> None:
        """Raises one of `FAILURES` where less has come than was announced, of which http.client says nothing."""
        if answer.length:
            self._line.close()
            raise http.client.IncompleteRead(b"", answer.length)

    def _must_be(self, answer: http.client.HTTPResponse, path: str, status: int) -> None:
        """Raises `NotFound` where there is none of this path, `Refused` for any other status."""
        if answer.status == status:
            return
        with suppress(*FAILURES):
            answer.read(READ)
        if not answer.isclosed():  # a long one, or a broken one
            self._line.close()
        if answer.status in GONE:
            raise NotFound(Message("the hub has no {path}", path=path))
        raise Refused(Message("the hub answers {status} for {path}", status=answer.status, path=path))


def read_error(body: bytes, status: int) -> LoudspeakerError:
    """The error that a hub tells of."""
    with suppress(*UNREADABLE):
        return decode_error(json.loads(body)["error"])
    return Refused(Message("the hub answers {status}", status=status))


def hub_unreachable(host: str, error: Exception) -> Message:
    """What is told of a hub that does not answer."""
    why = describe_os_error(error) if isinstance(error, OSError) else str(error)
    return Message("the hub {address} cannot be reached: {error}", address=host, error=why)
