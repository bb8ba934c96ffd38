"""One HTTP request to an online voice: bounded in time and size, certificates checked, faults as `EngineError`s."""

from __future__ import annotations

import time
from collections.abc import Mapping
from urllib.parse import urlsplit

import requests

from ..errors import Message, RateLimited, TryAgain
from .online import run_with_deadline

MOST_BYTES = 8 << 20  # of an answer: a sentence as MP3 is a few dozen thousand
CONNECT, SILENT = 8.0, 8.0  # seconds to connect, and between two bytes of the answer


def post(url: str, body: str, headers: Mapping[str, str], seconds: float) -> bytes:
    """The body of the answer to a POST, within `seconds`.

    Raises:
        RateLimited: status 429, or a redirect to a page that asks for it.
        TryAgain: anything else that is not a complete answer with status 200.
    """
    host = urlsplit(url).hostname
    try:
        return run_with_deadline(seconds, lambda: _fetch(url, body, headers, time.monotonic() + seconds))
    except TimeoutError as error:
        raise TryAgain(Message("{host} took longer than {seconds:.0f} s", host=host, seconds=seconds)) from error
    except requests.exceptions.SSLError as error:
        raise TryAgain(Message("{host} cannot prove who it is: check this machine's clock", host=host)) from error
    except (requests.RequestException, OSError) as error:
        raise TryAgain(Message("{host} cannot be reached, or broke off", host=host)) from error


def _fetch(url: str, body: str, headers: Mapping[str, str], deadline: float) -> bytes:
    with requests.post(
        url, data=body, headers=dict(headers), timeout=(CONNECT, SILENT), stream=True, allow_redirects=False
    ) as response:
        _check_status(response)
        answer = bytearray()
        for part in response.iter_content(4096):
            answer += part
            if len(answer) > MOST_BYTES or time.monotonic() > deadline:
                raise TimeoutError
        return bytes(answer)


def _check_status(response: requests.Response) -> None:
    """Raise for every answer but a plain 200."""
    host, location = urlsplit(response.url).hostname, response.headers.get("Location", "")
    if response.status_code == 429 or "/sorry/" in location:
        raise RateLimited(Message("{host} asks to be left alone", host=host), _retry_after(response))
    if response.is_redirect:
        raise TryAgain(Message("{host} sends us elsewhere (does this network ask for a login?)", host=host))
    if response.status_code != 200:
        raise TryAgain(Message("{host} answers {status}", host=host, status=response.status_code))


def _retry_after(response: requests.Response) -> float:
    """Seconds; an hour where the header is missing or holds a date, which is not parsed."""
    value = response.headers.get("Retry-After", "")
    return float(value) if value.isdecimal() else 3600.0
