"""A sound card, through a child process that owns it: when a card or its server hangs, only killing that one helps.

portaudio.py  the speaker, on the daemon's side; a heartbeat tells whether its player lives
player.py     the child: soundcard.py (PortAudio), and in it
              tape.py (samples read ahead) -> track.py (one sequence) -> deck.py (a block of the card),
              anchor.py (when does a frame leave?), leash.py (is it still the card?)
mixer.py      the card's volume, as long as we play on it
alsa.py       what ALSA calls a card
"""
