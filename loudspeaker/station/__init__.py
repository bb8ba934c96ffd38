"""One commune's station: its parts, wired once in `station.py`, each with a face of its own.

paths           the folders that are its own                    people_files   what its files say, and names in them
commune_clock   the time in the commune's zone                  log_file       its as-run log, opened or replaced
voice_engines   the engines of its voices                       planner        programmes of an airing, and the plan
preparation     makes sound ahead of time                       airings        what is planned and what became of it
alerts          an emergency before it is aired                 alarms         which emergencies stand, and their end
approvals       what is approved, and whether it still stands   decisions      skips, pauses, approvals in the log
carried_decisions  those that came signed with the manifest
reviews         where a bulletin stands on its way to an approval
restrictions    what people decided that means less sound       naming         how people name bulletins and villages
rendering       what renders its programmes (numpy)
bulletin_editing   edits of bulletins before they are saved     hearing        a bulletin to be listened to
bulletin_export    a bulletin as a sound file, with its picture (numpy)
commune_editing   edits of commune.yaml, and what they do
delivery        signed files that came: taken, or refused         late_files     what comes behind its manifest
trust_chains    whom this box believes, from the first list on
box_key         by which this box signs its log                 log_request    a piece of it that the agent asks for
read_text       `read`, with or without a station               new_station    the sample commune, or an empty one
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .station import Station

__all__ = ["Station"]


def __getattr__(name: str) -> type[Station]:
    """The whole is loaded when it is first asked for."""
    if name != "Station":
        raise AttributeError(name)
    from .station import Station  # a command that only asks the daemon does without

    return Station
