"""People's files of an open station as values, and what is meant by a name that a person gives."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from copy import copy
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from ..config.folder import Folder
from ..config.source import Source
from ..errors import BadFile, BadUsage, Message, Problem
from ..interfaces import Clock
from ..model.box import Box
from ..model.bulletin import Bulletin, CarriedSound, split_origin
from ..model.commune import Commune
from ..model.contents import Contents
from ..store.last_good import LastGoodVersions
from ..store.received import ReceivedFiles
from .deliveries.membership import AcceptedManifest, FollowedScope, read_membership
from .naming import bulletin_id, village_id
from .paths import StationPaths


def find_sources(paths: StationPaths) -> list[Source]:
    """The folders with the commune's files: people's own, or what came signed. Raises `Refused`."""
    membership = read_membership(paths)
    if membership is None:
        return [Source(paths.home)]
    received = received_source(paths, membership.scope, membership.accepted)
    own = Source(paths.home) if membership.edited_here else received
    return [own, *(higher_source(paths, membership.scope, office) for office in membership.higher)]


def received_source(paths: StationPaths, scope: str, accepted: AcceptedManifest) -> Source:
    """The files of one version."""
    folder = ReceivedFiles(paths.received, scope).files(accepted.version)
    return Source(
        folder, expected=accepted.files, speech=accepted.speech, approved=accepted.approved, sounds=accepted.sounds
    )


def higher_source(paths: StationPaths, commune: str, followed: FollowedScope) -> Source:
    """The bulletins of an office above the commune, its name, and of its schedules those that are for this commune.

    The day on which its manifest ends is no day of theirs any more.
    """
    accepted = followed.accepted
    files = {path: sha for path, sha in accepted.files.items() if is_for_commune(path, commune, followed.scope)}
    until = accepted.expires and accepted.expires.date() - timedelta(days=1)
    folder = ReceivedFiles(paths.received, followed.scope).files(accepted.version)
    source = Source(folder, followed.scope, files, until=until, sounds=accepted.sounds)
    return replace(source, speech=accepted.speech, approved=accepted.approved)


def is_for_commune(path: str, commune: str, origin: str) -> bool:
    """Is a file of the office `origin` read on the boxes of a commune? Its schedules are named by whom they are for.

    Of its commune.yaml only its name.
    """
    return path.startswith(("bulletins/", "speech/")) or path in (
        "commune.yaml",
        *(f"schedules/{name}.yaml" for name in (commune, origin)),
    )


def open_folder(paths: StationPaths, stand_in: bool = True) -> Folder:
    """The station's files, wherever they come from; with last good versions of broken ones, if these may stand in.

    Raises `Refused`.
    """
    return Folder(find_sources(paths), LastGoodVersions(paths.last_good) if stand_in else None, box=Source(paths.home))


class StationFiles:
    """One reading of people's files in `folder`, until `reload`; `clock` ends the time of a last good version.

    Raises `BadFile` where there is no station, or where neither commune.yaml or box.yaml nor a good version is left.
    """

    def __init__(self, folder: Folder, clock: Clock) -> None:
        self.folder = folder
        self._clock = clock
        self.contents = self._read()

    @property
    def commune(self) -> Commune:
        return self.contents.commune

    @property
    def box(self) -> Box:
        return self.contents.box

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Mistakes in the files, which cost only what they are in."""
        return self.contents.problems

    def reload(self) -> None:
        """Read the files again. Raises `BadFile`; what was read before then stays."""
        self.contents = self._read()

    def stands_in_until(self, path: str) -> datetime | None:
        """When the last good version of a broken file is used no more; None where none is used."""
        last_good, is_broken = self.folder.last_good, any(problem.path == path for problem in self.problems)
        return last_good.until(path, self._clock.now()) if last_good and is_broken else None

    def suppose(self, edits: Mapping[str, bytes | None]) -> StationFiles:
        """The files as they would be with these edits, by path (None: deleted); nobody else sees them.

        Raises `BadFile` with what is wrong with a file that is edited.
        """
        supposed = copy(self)
        supposed.contents = self.folder.suppose(edits, self._clock.now())
        return supposed

    def bulletin(self, name: str) -> Bulletin:
        """As its file is now, by its id, file or title. Raises `NotFound`, or `BadFile` where it is broken."""
        bulletin = self.bulletin_id(name)
        if mistakes := self._mistakes(bulletin):
            raise BadFile(mistakes)
        return self.contents.bulletins[bulletin]

    def carried_sound(self, bulletin: str) -> CarriedSound | None:
        """The sound that is signed with a bulletin, by its id, whether it has come or not."""
        local, origin = split_origin(bulletin)
        sources = (source for source in self.folder.sources if source.origin == origin)
        return next((source.sounds.get(f"bulletins/{local}.md") for source in sources), None)

    def template(self, name: str) -> Bulletin:
        """For an emergency, which cannot wait until a broken file is mended: its last good version will do.

        Raises `NotFound`, or `BadFile` where there is none.
        """
        bulletin = self.bulletin_id(name)
        if bulletin not in self.contents.bulletins:
            raise BadFile(self._mistakes(bulletin))
        return self.contents.bulletins[bulletin]

    def bulletin_id(self, name: str) -> str:
        """The id of a bulletin by its id, file or title. Raises `NotFound`, `BadUsage`."""
        if name in self.contents.bulletins:
            return name
        titles = {bulletin.id: bulletin.title for bulletin in self.contents.bulletins.values()}
        return bulletin_id(name, titles, self.contents.broken)

    def village_id(self, village: str) -> str:
        """The id of a village by its id or name. Raises `NotFound`, `BadUsage`."""
        names = {known: known for known in (*self.commune.villages, *self.box.plays)}
        names |= {schedule.id: schedule.name for schedule in self.contents.schedules}
        return village_id(village, names)

    def hearers(self, villages: Collection[str], everywhere: bool) -> tuple[str, ...]:
        """The ids of the villages that are meant, all of them heard on this box. Raises `NotFound`, `BadUsage`."""
        if everywhere:
            villages = self.box.plays
        if not villages:
            raise BadUsage(Message("say for whom: --village VILLAGE, or --all"))
        ids = tuple(dict.fromkeys(map(self.village_id, villages)))
        for village in ids:
            if village not in self.box.plays:
                raise BadUsage(
                    Message("this box plays nothing for “{village}”; see `plays:` in box.yaml", village=village)
                )
        return ids

    def outputs(self) -> tuple[str, ...]:
        """The names of this box's outputs; one without a name where box.yaml has none."""
        return tuple(self.box.outputs) or ("",)

    def _mistakes(self, bulletin: str) -> list[Problem]:
        name, origin = split_origin(bulletin)
        path = Source(Path(), origin).name(f"bulletins/{name}.md")
        return [problem for problem in self.problems if problem.path == path]

    def _read(self) -> Contents:
        home = self.folder.home
        if not os.path.lexists(home / "commune.yaml"):
            message = Message("there is no station in {home}; make one with “loudspeaker init”", home=home)
            raise BadFile([Problem("commune.yaml", 0, message)])
        return self.folder.contents(self._clock.now())
