"""From planned airings to their verdicts. Pure: takes `now`, and reaches everything else through `ports.py`.

ports.py                        the log and the station, as playout needs them
item.py, states.py              an open airing, and the states that it may go through
controller.py                   the face: one `step` does what is due
queue.py                        all open airings, by the plan, by requests, and after a restart by the log
arming.py, output.py            what each output sounds next
verdicts.py, deadlines.py       what became of each airing, and until when it may start
journal.py                      what is written into the log, and how it is read again
buffered_log.py, memory_log.py  a log that waits for the disk; a log without one
clock_trust.py                  may the clock be believed?
"""
