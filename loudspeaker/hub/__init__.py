"""The hub: what a commune or a province runs so that its boxes share signed files, and where their logs come together.

    hub_paths.py         where everything lies: files, keys, database, logs; the hub's own key and certificate
    hub_database.py      SQLite: boxes, invitations, how far logs have come, verdicts, what boxes last said
    published_files.py   the folder v1/ of signed files: who may publish into it
    manifest_drafts.py   what waits for signatures before it is published
    trust_drafts.py      the same of trust documents: who may sign, which boxes are the office's
    audience_plans.py    what a draft of a province would do in its communes
    audience_summary.py  the same, counted
    draft_upload.py      the same from a browser, as one .zip
    alert_signing.py     alerts that are written and signed at the pages
    passkey_register.py  passkeys that people have made at the pages
    box_registry.py      boxes that have joined: their invitation by a short code, their password, their revocation
    broker_accounts.py   Mosquitto's password file, its access list, its configuration
    log_intake.py        logs of boxes: only what is chained and signed is believed
    bells.py             rings when what is published changes
    publish_socket.py    tells the process at once that it has
    hub_session.py       MQTT: bells and alerts out, what boxes say in
    said_messages.py     what boxes say, kept
    cosigners.py         who can still sign an alert, and how they are reached
    alert_villages.py    how far an alert comes, village by village
    box_board.py         who is there, what they hold, what was aired where
    blob_scrub.py        served files that a disk has damaged, healed from copies
    upkeep.py            what a hub does for itself each day
    incidents.py         what people are told, noted once
    troubles.py          what is wrong now
    incident_watch.py    looks for incidents, and has them told
    notices.py           by mail and webhook
    backups.py           the whole a second time; a mirror of what is served
    adoption.py          the boxes of another hub
    hub.py               the parts of one hub
    scoped_hub.py        the same as one person sees it: their own office, and those below it
    hub_app.py           its addresses over HTTPS
    hub_site.py          its pages for people: which there are, and whom they are for (templates/)
    hub_page.py          one request at them
    box_pages.py         how boxes are; a code for another one
    hub_metrics.py       figures for programs
    dispatch_pages.py    what became of each bulletin
    signing_pages.py     what waits for signatures, shown and signed
    alert_board_pages.py which alerts there are, and where nobody has heard one
    alert_pages.py       the same of alerts: an alarm by two persons, its end, a check, silence
    alert_cadences.py    how often an alarm is said again, as its form asks for it
    trust_pages.py       whose signatures count, and the next list of them
    passkey_pages.py     one's own passkeys
    signature_files.py   what is signed on another PC, and comes back
    passkey_forms.py     what a browser is asked to sign, and what it has signed
    hub_process.py       its process

People sign, a hub only carries: it can withhold, and cannot speak. Whatever it serves verifies by itself, so that the
folder can be copied from anywhere; the loss of its database costs nothing but the boxes' having to join again.
"""
