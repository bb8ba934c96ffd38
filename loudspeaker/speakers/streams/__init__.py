"""Another station, or a line into the box, carried live as a programme.

stream.py     the receiver, on the daemon's side
tuner.py      its child: what comes, levelled, into a pipe
sources.py    what the tuner receives from
trial.py      would it come? for `doctor`
gate.py       the only way to the network: to the hosts that the commune has named
"""
