"""Ways out: a Programme goes in, air comes out. One file a way; each is a `Speaker` (interfaces.py).

    portaudio.py  a sound card, through a child process (player.py with deck.py, track.py, tape.py, anchor.py)
    file.py       what would have been heard, one FLAC a day (day.py is its child process)
    memory.py     the stand-in for tests and rehearsals
    outlets.py    which of them an output of box.yaml gets, by entry points `loudspeaker.speakers`
    amplifier.py  the relay before a speaker; proof.py the ear after it; mixer.py the card's volume

Nothing in this room imports numpy: the daemon and the player live here.
"""
