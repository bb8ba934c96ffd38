"""One commune's station: its parts, wired once in `station.py`, each with a face of its own.

paths           the folders that are its own                    people_files   what its files say, and names in them
commune_clock   the time in the commune's zone                  log_file       its as-run log, opened or replaced
voice_engines   the engines of its voices                       planner        programmes of an airing, and the plan
preparation     makes sound ahead of time                       airings        what is planned and what became of it
approvals       what is approved, and whether it still stands   decisions      skips, pauses, approvals in the log
reviews         where a bulletin stands on its way to an approval
restrictions    what people decided that means less sound       naming         how people name bulletins and villages
rendering       what renders its programmes (numpy)             hearing        a bulletin to be listened to
read_text       `read`, with or without a station               new_station    the sample commune, or an empty one
paper_photos    photographs of approvals on paper

editing/        changes of people's files, shown before they are saved
emergency/      alarms: given at the box or signed, which stand, what became of them
deliveries/     signed files: whom this box believes, what it takes, what is offered
signing/        what an office packs for people to sign
box/            this box as one of many: its key, its log, its hub
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
