"""A form that came too late: the log-in had ended, or began anew in another tab. Nothing that was typed is lost.

The answer holds the form's fields, to be sent again by one press of a button. Another site cannot make use of it: its
forms are refused before (`guard.is_own_form`).
"""

from __future__ import annotations

from starlette.datastructures import UploadFile
from starlette.responses import Response

from ..errors import Message
from .guard import Task
from .pages import PageRequest

SECRETS = frozenset({"password", "again", "old", "code"})  # fields that are typed again
TOKEN = "form_token"


def keep_form(page: PageRequest, status: int, message: Message, task: Task) -> Response:
    """The answer to a form of an ended session (401), or of one before the last log-in (403)."""
    fields = _fields(page)
    if page.is_fragment or task is Task.ALARM or fields is None:
        return page.error(status, message)
    url = page.http.url
    action = f"{url.path}?{url.query}" if url.query else url.path
    return page.page("kept.html", status, fields=fields, action=action, message=message)


def _fields(page: PageRequest) -> list[tuple[str, str]] | None:
    """What was typed and ticked; None where it may not, or cannot, be sent again: a password, a file."""
    pairs = page.form.multi_items()
    if any(isinstance(value, UploadFile) or name in SECRETS for name, value in pairs):
        return None
    return [(name, value) for name, value in pairs if isinstance(value, str) and name != TOKEN] or None
