"""What an office packs for people to sign.

packing        its files, a manifest, trust documents          alert_packing  alarms, their ends, checks, stops
sound_packing  bulletins as sound, spoken at the office        trust_changes  the next list of who may sign
"""
