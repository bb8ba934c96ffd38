"""The Station: one commune's parts, wired once, and everything a person can ask of them, a file for each family.

parts      what there is: files, log, stores, engines, clock
folder     people's files as values, with every mistake     planner   which sound an airing needs, and the plan
planning   plan prepare render                              record    rows verify story report
approvals  what a person approves, and whether it still stands
decisions  skips, pauses, approvals in the log
calling    an emergency before it is aired                  call      the same as a value
paths      where a station keeps what is its own
care       doctor test clock voices cache                   words     `read`
equipment  what doctor looks at outside this program
files      check import export                              story     one airing in plain words
empty      a new station of one's own                       commissioning  which outputs may air what is planned
sample     the sample commune                               chart     a day as a picture
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .station import Station

__all__ = ["Station"]


def __getattr__(name: str) -> type[Station]:
    """The whole is loaded when somebody asks for it: an errand for the daemon does without."""
    if name != "Station":
        raise AttributeError(name)
    from .station import Station

    return Station
