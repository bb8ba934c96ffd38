"""Ways out: a programme goes in, sound comes out. One file or folder a way; each is a `Speaker` (interfaces.py).

    card/         a sound card: PortAudio in a child process, the mixer
    file.py       what would have been heard, one FLAC a day (day_file.py is its child process; stream_recorder.py
                  takes in a stream)
    memory.py     the stand-in for tests and rehearsals; timed.py is what it shares with file.py
    factory.py    which of them an output of box.yaml gets, by entry points `loudspeaker.speakers`
    amplifier.py  an amplifier with its relay before a speaker
    pins.py       relays, the stop button, and what is wrong with them
    proof.py      whether it was heard (level_worker.py is its child process)
    stream_guard.py  is a stream still on its card?
    streams/      another station as a programme
    integrity.py  is a programme still what it was?

Nothing that the daemon or a player loads here imports numpy; only day_file.py does.
"""
