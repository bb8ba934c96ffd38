"""The Station: one commune's parts, wired once, and everything a person can ask of them, a file for each family.

parts      what there is: files, log, stores, engines, clock
folder     people's files as values, with every mistake     planner   which sound an airing needs, and the plan
planning   plan prepare approve render call                 live      conductor, speakers and plan on the air
record     rows verify story report                         service   what the daemon runs
onair      play urgent stop skip pause rehearse             story     one airing in plain words
care       doctor test clock voices cache                   words     `read`
files      check import export                              sample    the sample commune
"""

from .station import Station

__all__ = ["Station"]
