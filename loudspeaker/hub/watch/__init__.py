"""What goes wrong around a hub, and who is told.

troubles    what is wrong now            incidents       what people are told, noted once
notices     by mail and webhook          incident_watch  looks for them, and has them told
blob_scrub  files that a disk damaged    upkeep          what a hub does for itself each day
"""
