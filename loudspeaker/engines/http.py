"""One request to a service that speaks: bounded in time and size, certificates checked, every fault one of our four.

No engine may come in. The texts that are sent are the commune's; which service gets them is the adapter's business.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from threading import Thread
from urllib.parse import urlsplit

import requests

from ..errors import Message, RateLimited, TryAgain

LARGEST = 8 << 20  # bytes: a sentence as MP3 is a few dozen thousand
CONNECT, SILENT = 8.0, 8.0  # seconds to reach it, and between two of its bytes


def post(url: str, body: str, headers: Mapping[str, str], seconds: float) -> bytes:
    """The whole answer. Raises `RateLimited` on 429, `TryAgain` for anything else that is not a complete 200."""
    host = urlsplit(url).hostname
    try:
        return within(seconds, lambda: _fetched(url, body, headers, time.monotonic() + seconds))
    except TimeoutError as error:
        raise TryAgain(Message("{host} took longer than {seconds:.0f} s", host=host, seconds=seconds)) from error
    except requests.exceptions.SSLError as error:
        raise TryAgain(Message("{host} cannot prove who it is: check this machine's clock", host=host)) from error
    except (requests.RequestException, OSError) as error:
        raise TryAgain(Message("{host} cannot be reached, or broke off", host=host)) from error


def within(seconds: float, act: Callable[[], bytes]) -> bytes:
    """What `act` gives, or `TimeoutError`.

    A socket's time-outs bound neither a name server nor a server that drips, so the whole is given up from outside;
    the thread that is left behind ends with the next silence or with this process.
    """
    future: Future[bytes] = Future()
    Thread(target=_settle, args=(future, act), daemon=True).start()
    return future.result(seconds)


def _settle(future: Future[bytes], act: Callable[[], bytes]) -> None:
    try:
        future.set_result(act())
    except BaseException as error:  # handed to the thread that waits
        future.set_exception(error)


def _fetched(url: str, body: str, headers: Mapping[str, str], deadline: float) -> bytes:
    with requests.post(
        url, data=body, headers=dict(headers), timeout=(CONNECT, SILENT), stream=True, allow_redirects=False
    ) as response:
        _judge(response)
        answer = bytearray()
        for part in response.iter_content(4096):
            answer += part
            if len(answer) > LARGEST or time.monotonic() > deadline:
                raise TimeoutError
        return bytes(answer)


def _judge(response: requests.Response) -> None:
    """Anything but a plain 200 is a fault."""
    host, location = urlsplit(response.url).hostname, response.headers.get("Location", "")
    if response.status_code == 429 or "/sorry/" in location:
        raise RateLimited(Message("{host} asks to be left alone", host=host), _retry_after(response))
    if response.is_redirect:
        raise TryAgain(Message("{host} sends us elsewhere (does this network ask for a login?)", host=host))
    if response.status_code != 200:
        raise TryAgain(Message("{host} answers {status}", host=host, status=response.status_code))


def _retry_after(response: requests.Response) -> float:
    """Seconds; the date that the header may hold instead is not worth a parser, an hour will do."""
    asked = response.headers.get("Retry-After", "")
    return float(asked) if asked.isdecimal() else 3600.0
