"""Ways out: a Programme goes in, air comes out. One file or folder a way; each is a `Speaker` (interfaces.py).

    card/         a sound card: PortAudio in a child process, the mixer
    file.py       what would have been heard, one FLAC a day (day.py is its child process; reel.py takes in a stream)
    memory.py     the stand-in for tests and rehearsals; paced.py is what it shares with file.py
    outlets.py    which of them an output of box.yaml gets, by entry points `loudspeaker.speakers`
    amplifier.py  the relay before a speaker
    button.py     the stop button
    proof.py      the ear after it (ear.py is its child process)
    streams/      another station as a programme
    intact.py     is a programme still what it was?

Nothing that the daemon or a player loads here imports numpy; only day.py does.
"""
