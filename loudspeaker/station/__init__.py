"""The Station: one commune's parts, wired once, and everything a person can ask of them, a file for each family.

parts      what there is: files, log, stores, engines, clock
folder     people's files as values, with every mistake     planner   which sound an airing needs, and the plan
planning   plan prepare render call                         record    rows verify story report
onair      play urgent stop skip pause approve rehearse     decisions skips, pauses, approvals in the log
errands    through the daemon, or by hand                   byhand    on the air without a daemon
interruptions  Ctrl+C at a command that waits
live       conductor, speakers and plan on the air          asked     what people ask of it, through the door
service    what the daemon runs                             counted   what policy counts of a day
care       doctor test clock voices cache                   words     `read`
equipment  what doctor looks at outside this program
files      check import export                              story     one airing in plain words
sample     the sample commune                               chart     a day as a picture
"""

from .station import Station

__all__ = ["Station"]
