"""A deadline for a call that has none of its own."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread


def run_with_deadline(seconds: float, act: Callable[[], bytes]) -> bytes:
    """The result of `act`. Raises `TimeoutError` after `seconds`, and whatever `act` raises.

    Socket time-outs bound neither a name server nor a server that sends byte by byte, so `act` runs in a thread that
    is abandoned; that thread ends at the next socket time-out or with this process.
    """
    future: Future[bytes] = Future()
    Thread(target=_settle_future, args=(future, act), daemon=True).start()
    return future.result(seconds)


def _settle_future(future: Future[bytes], act: Callable[[], bytes]) -> None:
    try:
        future.set_result(act())
    except BaseException as error:  # handed to the thread that waits
        future.set_exception(error)
