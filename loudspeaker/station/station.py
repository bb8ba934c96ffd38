"""One commune's station on this machine, opened in one place. Everything a person can ask for is a method of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Self

from ..interfaces import Clock
from .files import Files


class Station(Files):
    """The verbs, by family: Planning, Recording, Care, Files, on the Parts."""

    @classmethod
    def open(
        cls, home: Path, state: Path | None = None, *, say: Callable[[str], str] = str, clock: Clock | None = None
    ) -> Self:
        """Read the files in `home`; the log lies in `state` (home/.state). Raises `BadFile`."""
        return cls(home, state or home / ".state", clock, say)
