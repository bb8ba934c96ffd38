"""A disk without room: a small file system of its own, which root alone can mount."""

from __future__ import annotations

import ctypes
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

CLONE_NEWNS = 0x20000  # linux/sched.h


@contextmanager
def small_disk(folder: Path, size: int) -> Iterator[Path]:
    """`folder` on a disk of `size` bytes; only this thread and its children see it, and it goes with them."""
    folder.mkdir(parents=True, exist_ok=True)
    mount_for_this_thread_alone()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)], capture_output=True)
    if mounted.returncode:
        pytest.skip("may not mount here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def mount_for_this_thread_alone() -> None:
    """Take a mount namespace of one's own (unshare(2)): a test that is killed leaves nothing mounted."""
    if ctypes.CDLL(None).unshare(CLONE_NEWNS) == 0:
        subprocess.run(["mount", "--make-rslave", "/"], check=True)


def fill(path: Path, leave: int = 0) -> None:
    """Take whatever room there is, but for `leave` bytes."""
    with suppress(OSError), path.open("ab", buffering=0) as file:
        while True:
            file.write(b"\0" * 65536)
    with path.open("r+b") as file:
        file.truncate(max(0, path.stat().st_size - leave))
