"""This box as one of many.

box_key        by which it signs its log                       box_villages   what it plays, by a stick or another box
log_lives      logs that were closed, and the one that goes on log_segment    a piece of the log, as a hub takes it
log_request    a piece that the agent asks for                 returned_logs  logs that boxes sent back on a stick
moving         into another commune                            hub_contact    what it has heard from its hub
hub_time       what time it is by the hub
"""
