"""Files that survive a power cut.

atomic          the old file or the new one, never half of one
edits           people's files, several at once, all or none
last_good       people's files as they were before they were broken
asrun           the as-run log; entries: what is chained; hash_chain; migrations: its schema
log_connection  the log for whoever may only read it       log_follower  its new entries
clips           clips by their cache keys                  programmes    programmes by their recipes
readings        what was read of texts and recordings      received      what came signed from elsewhere
disk_space      what has to go from a cache, and a reserve for the log
"""
