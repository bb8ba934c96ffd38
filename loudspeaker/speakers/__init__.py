"""Ways out: a Programme goes in, air comes out. One file a way; each is a `Speaker` (interfaces.py).

    portaudio.py  a sound card, through a child process: player.py on soundcard.py, and in it
                  tape.py (samples read ahead) -> track.py (one sequence) -> deck.py (a block of the card),
                  anchor.py (when does a frame leave?), leash.py (is it still the card?)
    file.py       what would have been heard, one FLAC a day (day.py is its child process; reel.py takes in a stream)
    memory.py     the stand-in for tests and rehearsals; paced.py is what it shares with file.py
    mixer.py      the card's volume, as long as we play on it
    alsa.py       what ALSA calls a card
    outlets.py    which of them an output of box.yaml gets, by entry points `loudspeaker.speakers`
    amplifier.py  the relay before a speaker
    button.py     the stop button
    proof.py      the ear after it (ear.py is its child process)
    stream.py     another station as a programme (tuner.py is its child process; it receives from sources.py,
                  whose only way to the network is gate.py)
    intact.py     is a programme still what it was?

Nothing that the daemon or a player loads here imports numpy; only day.py does.
"""
