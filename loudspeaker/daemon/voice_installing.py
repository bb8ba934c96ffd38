"""Voices that people have installed: by a child, one at a time, which tells how far it is."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from typing import BinaryIO

from ..codec import UNREADABLE, decode, decode_error
from ..errors import Message, Refused
from ..model.board import VoiceInstallation
from ..model.office_requests import InstallVoice
from ..station.paths import StationPaths
from .children import Children

VOICES = "voices"  # the command
TAIL = 4096  # bytes: the last lines that a child has said
ENDED = Message("the program that installs it has ended too early; see the journal")


class VoiceInstaller:
    """The last `voices install`."""

    def __init__(self, paths: StationPaths, children: Children | None = None) -> None:
        self._folder = paths.voice_files
        self._children = children or Children(paths.command_line)
        self._known = VoiceInstallation()
        self._output: BinaryIO | None = None  # its last lines tell how far it is

    def start(self, request: InstallVoice) -> None:
        """Begin. Raises `Refused` while another one is being installed."""
        if self._children.is_running(VOICES):
            raise Refused(Message("{voice} is being installed; wait until that is over", voice=self._known.voice))
        self.latest()  # lets go of what the one before has said
        self._output = os.fdopen(os.memfd_create(VOICES), "w+b")
        source = ["--source", str(self._folder)] if request.from_box else []
        words = (VOICES, "install", request.voice, *source, "--progress-json")
        self._children.start(*words, output=self._output)
        self._known = VoiceInstallation(request.voice, running=True)

    def latest(self) -> VoiceInstallation:
        """At once."""
        running = self._children.is_running(VOICES)  # before what it has said is read
        if self._output is None:
            return self._known
        for line in _last_lines(self._output):
            self._known = _take(self._known, line)
        if not running:
            self._output.close()
            self._output = None
            is_told = self._known.sha256 or self._known.why
            self._known = replace(self._known, running=False, why=self._known.why if is_told else ENDED)
        return self._known


def _last_lines(output: BinaryIO) -> list[bytes]:
    """The child writes on at the end of the same open file: reading must not move that."""
    size = os.fstat(output.fileno()).st_size
    return os.pread(output.fileno(), TAIL, max(0, size - TAIL)).splitlines()


def _take(before: VoiceInstallation, line: bytes) -> VoiceInstallation:
    """What is known after one more line; half a line says nothing."""
    try:
        progress = decode(dict[str, object], json.loads(line))
        if "failure" in progress:
            return replace(before, why=decode_error(decode(dict[str, object], progress["failure"])).message)
        if "installed" in progress:
            return replace(before, sha256=decode(str, progress["installed"]))
        return replace(before, done=decode(int, progress["done"]), total=decode(int, progress["total"]))
    except UNREADABLE:
        return before
