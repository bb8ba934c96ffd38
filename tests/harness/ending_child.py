"""Child processes that end with the process that starts them, however that ends."""

from __future__ import annotations

import ctypes
import os
import signal
from collections.abc import Callable

PR_SET_PDEATHSIG = 1  # linux/prctl.h


def end_with(parent: int) -> Callable[[], None]:
    """A `preexec_fn`: the kernel kills the child when the thread of `parent` that started it ends (prctl(2)).

    At once where `parent` was killed before that could be asked for.
    """

    def be_killed() -> None:
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)

    return be_killed
