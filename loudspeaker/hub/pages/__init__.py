"""Pages of a hub for people: which there are says `hub_site.py`, what they may see and do `scoped_hub.py`.

hub_page           one request                                 box_pages        how boxes are
join_pages         a code or a stick by which one box joins
dispatch_pages     what became of each bulletin                signing_pages    what waits for signatures
alert_board_pages  which alerts there are, and how far         alert_pages      an alarm by two persons, its end
alert_cadences     how often an alarm is said again            trust_pages      whose signatures count, the next list
passkey_pages      one's own passkeys                          passkey_forms    what a browser is asked to sign
signature_files    what is signed on another PC                cosigners        who can still sign an alert
"""
