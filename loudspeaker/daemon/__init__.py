"""The running process, and whoever asks it for something.

loop             wakes the station when something is due       control_socket  one JSON line each way
requests         what people ask of a station on the air       client          how a command gets it done
on_air           controller, speakers and plan on the air      foreground      on the air without a daemon
service          what the daemon runs                          quota_use       what policy counts of a day
signals          Ctrl+C at a command that waits
"""
