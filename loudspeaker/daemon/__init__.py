"""The running process, and whoever asks it for something.

loop            wakes the station when something is due
service         what the loop runs: the station on the air, and what it tells   children    commands as child processes
on_air          controller, speakers and plan of one station on the air         read_ahead  what nobody has read yet
requests        carries out what people ask                                     quota_use   what policy counts of a day
manual_airings  airings that somebody asks for by hand
asked_airings   how what people ask for is named            box_button  what a press of the button at the box means
board_rows      the station at a glance                    examination     what the doctor said last
voice_installing    a voice that somebody has installed
control_socket  hears callers and answers them                                  protocol    one line of JSON each way
client          how a command gets something done                               foreground  on the air without a daemon
signals         Ctrl+C at a command that waits
"""
