"""The boxes of a hub, and what it has from them.

box_registry    which have joined: invitation, password, revocation
broker_accounts what the broker lets each of them do
join_sticks     a stick by which one joins without a keyboard
log_intake      logs: only what is chained and signed is believed
said_messages   what boxes say, kept
box_board       who is there, what was aired where
alert_villages  how far an alert comes, village by village
"""
