"""Timed, spoken village bulletins: a script goes in, a loudspeaker speaks.

    config/     people's files -> Commune, Box, Broadcasts, Bulletins pure
    text/       written text -> spoken text -> Utterances             pure
    schedule/   Broadcasts -> plan -> Airings                         pure
    sound/      Clips -> a programme, measured and mastered           pure
    engines/    Utterance -> Clip                                     plug-ins
    production/     words, voice, cache, mastering -> Programme           ahead of time, in processes that end
    playout/    the life of an airing, up to its one verdict          pure: takes `now`
    speakers/   Programme -> air                                      plug-ins
    store/      clips, programmes, as-run log                         survive a power cut
    importers/  reports/                                                 people's documents, in and out
    station/    one commune's parts, and everything a person can ask  wired in one place
    daemon  cli/  control                                             shells

The ground floor is errors, model/, clock, ffmpeg, i18n, yamlfile/; all that can be swapped is in interfaces.
"""
