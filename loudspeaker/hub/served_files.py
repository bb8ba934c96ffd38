"""Files of a hub's folder over HTTP: a short one at once, a long one as Starlette does it.

The boxes of a province come for the same few kilobytes all at the same time. Starlette hands a file to other threads,
several times for each answer; that takes most of what an answer costs where the kernel has the file in memory anyway.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

from ..store.atomic import read_regular_file

SHORT = 64 << 10  # bytes
RANGE = re.compile(r"bytes=(\d{1,9})-(\d{0,9})")


class ServedFiles:
    """Those of the folder `root`."""

    def __init__(self, root: Path) -> None:
        self._root, self._long = root, StaticFiles(directory=root)

    async def answer(self, path: str, request: Request) -> Response:
        """The file, a range of it, that it has not changed, or that there is none (raises `HTTPException`)."""
        content = read_regular_file(self._root / path, SHORT + 1) if request.method == "GET" else None
        short = _answer_at_once(content, request) if content is not None and len(content) <= SHORT else None
        return short or await self._long.get_response(path, request.scope)


def _answer_at_once(content: bytes, request: Request) -> Response | None:
    """None where a range is asked for that is not there, or in a form that boxes do not use."""
    sent = request.headers
    tag = f'"{hashlib.sha256(content).hexdigest()}"'
    headers = {"ETag": tag, "Accept-Ranges": "bytes"}
    if tag in sent.get("If-None-Match", ""):
        return Response(status_code=304, headers=headers)
    kind = "application/json" if request.url.path.endswith(".json") else "application/octet-stream"
    if "Range" not in sent:
        return Response(content, 200, headers, kind)
    span = RANGE.fullmatch(sent["Range"])
    if span is None or "If-Range" in sent or int(span[1]) >= len(content):
        return None
    first, last = int(span[1]), min(int(span[2] or len(content)), len(content) - 1)
    headers["Content-Range"] = f"bytes {first}-{last}/{len(content)}"
    return Response(content[first : last + 1], 206, headers, kind) if first <= last else None
