"""Another station, or a line into the box, carried live as a programme.

receiver.py   the receivers, on the daemon's side
worker.py     the child process of each: what comes, levelled, into a pipe
sources.py    what a worker receives from
probe.py      whether a stream would come, for `doctor`
proxy.py      the only way to the network: to the hosts that the commune has named
"""
