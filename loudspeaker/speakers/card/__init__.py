"""A sound card, through a child process that owns it: when a card or its server hangs, only killing that process helps.

speaker.py    the speaker, on the daemon's side; keep-alives tell whether its player lives
messages.py   what the two write to each other
player.py     the child: portaudio.py (a stream on the card), and in it
              prebuffer.py (samples read ahead) -> track.py (one sequence) -> render.py (a block of the card),
              dac_clock.py (when does a frame leave the card?), ../stream_guard.py (is it still the same card?)
latency_history.py  what the last streams of each card have found, from one daemon to the next
mixer.py      the card's volume, while we play on it
alsa.py       ALSA's names for cards
"""
