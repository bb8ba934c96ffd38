"""Signed files of the commune and of the offices above it: whom this box believes, what it takes, what is offered.

membership         whose files this box takes                  delivery           taking them, or refusing them
trust_chains       whom it believes, from the first list on    verified_manifest  a manifest that may be taken
late_files         what comes behind its manifest              delivered_names    what people call what is in it
delivered_changes  what it changes, for whoever signs it       carried_decisions  skips and pauses that came with it
stick_answer       what is written onto a stick                fetched_answer     what is told to the agent
offers             what offices above offer                    commune_outlook    what a commune would hear of one
"""
