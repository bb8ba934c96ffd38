"""Looking after a box and its files. Asks no daemon: whoever calls hands over what the daemon says.

doctor       everything that could keep the next airing from being heard; the station at one glance
devices      what box.yaml, commune.yaml and the schedules name outside this program
check        mistakes in people's files, and what the coming days would not allow
stray_files  files that look as if they were meant for the station, and that nothing reads
cache        how much sound is kept; verifying and sweeping it
voice_list   which voices there are, and how each sounds
clock_state  the time, who vouches for it, and setting it
board_light  the small light on the board of a box
relays_off   make sure that no amplifier is left on
box_setup    a technician's answers, written into people's files
trials       relay, stop button and cards, tried before they are written down
installation what is there and what was tried, for the record that is signed
"""
