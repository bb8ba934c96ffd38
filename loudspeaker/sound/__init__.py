"""Samples: what is done to sound, from clips to a mastered programme. Pure: numpy in, numpy out; no file is opened.

clip.py       the value: mono float32 samples at a rate
edit.py       resample, trim, normalize one clip
chime.py      tunes of our own
compose.py    clips and pauses to one clip
master.py     that clip made fit for a loudspeaker: filters.py, dynamics.py, loudness.py, by the numbers of profiles.py
blocks.py     long sound in short blocks
wav.py, flac.py  to and from open files
"""
