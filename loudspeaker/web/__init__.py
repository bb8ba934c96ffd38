"""The officers' console (trang của cán bộ): pages over HTTP for people who use no terminal. A shell, as cli/ is.

access/           who may come in, and what they did: accounts, tokens, delegations, the audit; console.db
airing_pages/     what is heard: Hôm nay, Khẩn cấp, Nhật ký, less sound, heard now
bulletin_pages/   Bản tin and Duyệt
schedule_pages/   Lịch tuần and Xếp lịch
setting_pages/    Cài đặt and Thiết bị
feeds/            for other programs: JSON, calendars, figures
templates/, static/

What a station's console and a hub's pages have alike:
site.py           what the pages are about, who may use them, in which language, under which names
site_pages.py     one request of a person, and how it is answered; error pages; navigation
site_app.py       routes behind what guards them
guard.py          tasks and who may do them; the station's table of all routes
origin_checks.py  host names, forms from elsewhere, headers
middleware.py     headers on every answer, only our own host names and forms, not too many requests
kept_form.py      a form that cannot be taken just now, with all that was typed
http_server.py    sockets, time-outs, TLS, leaving when idle

The station's own:
app.py            all page modules over one station
pages.py          one request at it
station_map.py    its navigation
console.py        its site and what its pages work with
shared_station.py the station for all pages, and what the daemon is asked
live_events.py    pages that are open are told when something has changed
templating.py     templates with sentences of the catalogue, files of static/
jobs.py           what takes longer than a page may: one at a time, with its progress
certificate.py    its own certificate authority, for the network
serve.py          the process

A page module has its `ROUTES`, by method and path, and stands in `MODULES` of app.py.
"""
