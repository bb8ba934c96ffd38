"""A form that cannot be taken just now: the log-in had ended or began anew, the disk is full, somebody else is saving.

Nothing that was typed is lost: the answer holds the form's fields, to be sent again by one press of a button. Another
site cannot make use of it: its forms are refused before (`origin_checks.is_own_form`).
"""

from __future__ import annotations

from collections.abc import Sequence

from starlette.datastructures import UploadFile
from starlette.responses import Response

from ..errors import LoudspeakerError, Message
from .guard import Task
from .site_pages import SitePage

Fields = Sequence[tuple[str, str]]  # name and value
SECRETS = frozenset({"password", "again", "old", "code"})  # fields that are typed again
TOKEN = "form_token"


def keep_form(page: SitePage, status: int, message: Message | LoudspeakerError, task: Task | None) -> Response:
    """The answer to a form that can be sent again as it is."""
    fields = _fields(page)
    if page.is_fragment or task in (None, Task.ALARM) or fields is None:
        return page.error(status, message)
    url = page.http.url
    return offer_again(page, status, message, fields, f"{url.path}?{url.query}" if url.query else url.path)


def offer_again(
    page: SitePage, status: int, message: Message | LoudspeakerError, fields: Fields, action: str
) -> Response:
    """A page with these fields and one button, which sends them to `action`."""
    return page.page("kept.html", status, fields=fields, action=action, message=message)


def _fields(page: SitePage) -> Fields | None:
    """What was typed and ticked; None where it may not, or cannot, be sent again: a password, a file."""
    pairs = page.form.multi_items()
    if any(isinstance(value, UploadFile) or name in SECRETS for name, value in pairs):
        return None
    return [(name, value) for name, value in pairs if isinstance(value, str) and name != TOKEN] or None
