"""What children do ahead: they read what nobody has read yet, and make the sound of what is coming.

What is short is read here where no child can keep what it reads.
"""

from __future__ import annotations

from collections.abc import Callable

from ..station.station import Station
from .children import Children

READ_AHEAD, PREPARE = "read-ahead", "prepare"  # the commands
AHEAD = "2"  # days whose sound is made
SHORT = 4_000  # letters, read within a tenth of a second


class ReadAhead:
    """Texts and recordings of one station that are still to be read."""

    def __init__(self, station: Station, children: Children) -> None:
        self._station = station
        self._children = children
        self._unread: list[str] = []  # texts and recordings, when last looked
        self._wanted: set[tuple[str, str]] = set()  # the same when the child was last started

    def look(self) -> None:
        """After people's files have changed."""
        self._unread = self._station.planner.unread_sources()

    def retry(self) -> None:
        """Have the child asked again for what it was asked for in vain."""
        self._wanted = set()

    def read(self) -> bool:
        """Have read what is unread. True if anything was read in this process.

        What a child was asked for in vain (a full disk) is read here after all, as far as it is short: the village must
        not fall silent over it.
        """
        wanted = {self._version(name) for name in self._unread}
        if wanted - self._wanted:
            self._start(wanted)
            return False
        if not wanted or self._children.is_running(READ_AHEAD):
            return False
        texts = self._station.planner.written_texts()
        short = next((text for text in texts if text in self._unread and len(text) <= SHORT), None)
        if short is None:
            return False
        self._station.planner.texts.read_and_keep(short)
        self._station.reload()
        self._unread.remove(short)
        return True

    def _start(self, wanted: set[tuple[str, str]]) -> None:
        """One that reads what was wanted before makes way: what it has read is kept, and the short comes first."""
        if self._children.is_running(READ_AHEAD):
            self._children.end(READ_AHEAD)
        if not self._children.is_running(READ_AHEAD):
            self._wanted = wanted
            self._children.start(READ_AHEAD, quiet=True)  # mistakes of files are told once, by the daemon

    def _version(self, unread: str) -> tuple[str, str]:
        """A text by these words of the commune, or a recording as it is now."""
        if unread in self._station.planner.sound_files():
            return unread, repr(self._station.files.folder.recording_state(unread))
        return unread, self._station.planner.texts.rules_revision


class PrepareAhead:
    """Starts the child, but not over what the one before has made itself: that one has made all there was to make.

    `wanted` changes with what is to be made.
    """

    def __init__(self, children: Children, wanted: Callable[[], object]) -> None:
        self._children = children
        self._wanted = wanted
        self._asked: object = None  # what was wanted when the child was started last
        self._at_work = False  # at the last look, or started since
        self._made = False  # it has ended since the look before the last

    def look(self) -> None:
        """Before each look whether anything has changed."""
        was_at_work, self._at_work = self._at_work, self._children.is_running(PREPARE)
        self._made = was_at_work and not self._at_work

    def start(self) -> None:
        """Quietly, as often as it is done: what is not ready is said in the evening."""
        if self._children.is_running(PREPARE):
            return
        wanted, is_own, self._made = self._wanted(), self._made, False
        if is_own and wanted == self._asked and self._children.has_succeeded(PREPARE):
            return
        self._asked, self._at_work = wanted, True
        self._children.start(PREPARE, "--days", AHEAD, quiet=True)
