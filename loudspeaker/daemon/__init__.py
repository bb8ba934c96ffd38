"""The running process, and its clients.

loop              wakes the station when something is due
service           what the loop runs: the station on the air, and what it tells
on_air            controller, speakers and plan of one station on the air
children          commands of this program as child processes
read_ahead        texts that nobody has read yet, and sound of what is coming, by children
render_jobs       sound that people wait for, by children; request_sound: what of it a request waits for
examination       the last result of the doctor
voice_installing  a voice that somebody has installed
time_check        what time it is by the hub

control_socket    reads requests of callers and answers them
requests          carries out what people ask
manual_airings    airings that somebody asks for by hand; asked_airings: how they are named
alert_requests    signed alerts on the air; repeated_alerts: those with a cadence
quota_use         what policy counts of a day
board_rows        the station at a glance
box_button        what a press of the button at the box means
agent_access      what the agent may ask

protocol          one line of JSON each way
client            how a command gets something done; board_client: what the console asks besides
alert_delivery    hands the alerts of a delivery to the daemon
foreground        on the air without a daemon
signals           Ctrl+C at a command that waits
"""
