"""The hub: what a commune or a province runs so that its boxes share signed files, and where their logs come together.

    hub_paths.py         where everything lies: files, keys, database, logs; the hub's own key and certificate
    hub_database.py      SQLite: boxes, invitations, how far logs have come, verdicts, what boxes last said
    published_files.py   the folder v1/ of signed files: who may publish into it
    served_files.py      the same over HTTP
    publish_socket.py    tells the process at once that somebody has
    bells.py             rings when what is published changes
    hub_session.py       MQTT: bells and alerts out, what boxes say in
    backups.py           the whole a second time; a mirror of what is served
    adoption.py          the boxes of another hub
    hub.py               the parts of one hub
    scoped_hub.py        the same as one person sees it: their own office, and those below it
    hub_app.py           its addresses over HTTPS
    hub_metrics.py       figures for programs
    hub_site.py          its pages for people: which there are, and whom they are for (templates/)
    hub_process.py       its process

    boxes/               the boxes that have joined, what they say, their logs
    drafts/              what waits for signatures before it is published
    pages/               what people see and do
    watch/               what goes wrong, and who is told

People sign, a hub only carries: it can withhold, and cannot speak. Whatever it serves verifies by itself, so that the
folder can be copied from anywhere; the loss of its database costs nothing but the boxes' having to join again.
"""
