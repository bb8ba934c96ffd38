"""The agent: carries what is signed from a hub to this box's daemon, and tells the hub how the box is.

topics         topics, messages and paths that box and hub have in common
joining        enrolment by a short code, both sides, pure
join_client    … at the box          log_sender     the box's log, at the hub
join_stick     … by a stick, without a keyboard    stick_joining  all of that at the box, or nothing
hub_settings   where the hub is, and how this box proves who it is
courier        what is to be done next, pure; of six parts:
broker_link        the connection to the broker        file_carrier   bells, files, and their taking
alert_carrier      alerts and their receipts           announcer      presence and health
log_carrier        when the log goes, and from where on
late_carrier       what comes behind its manifest: sound by night, and what was damaged here
time_carrier       when the hub is asked what time it is
courier_steps  what comes in to these, and what they want done
scope_files    from a bell to the newest files of one scope; said_files: files that came before their manifest
box_side       what is done with them on this box
mqtt           the broker, over TLS                    https          the hub's folder, over TLS
agent          the process that does it all
"""
