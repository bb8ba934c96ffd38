"""The officers' console (trang của cán bộ): pages over HTTP for people who use no terminal. A shell, as cli/ is.

accounts.py    people with their roles, sessions, one-time links and log-in tries
console_database.py console.db: opened or begun anew, transactions, ages
access_tokens.py    tokens of other programs
audit.py       what people did here, in a chain of hashes; audit_pages.py shows it
passwords.py   which passwords are taken, and how they are kept
guard.py       who may do what (one table of all routes), host names, forms from elsewhere, headers
desk.py        the station for all pages, and what the daemon is asked
console.py     what all pages share: desk, accounts, language, host names
templating.py  templates with sentences of the catalogue, files of static/
pages.py       one request of a person, and how it is answered; error pages; navigation
middleware.py  headers on every answer, only our own host names and forms, not too many requests
kept_form.py   a form of an ended session, kept to be sent again
app.py         routes and middleware
week_table.py  a week's airings as a table; pure, as entry_form.py: the fields of Xếp lịch, its times and its calendar
bulletin_forms.py   a bulletin in the form of the editor, and two texts compared
marked_text.py  both texts of the editor, cut into sentences and readings
delegations.py who may approve in whose place, and until when
entry_attempt.py    a form of Xếp lịch as it was sent, and what saving it would do
uploads.py     files that people send, each in a folder of its own
drafts.py      what was typed and not saved, what lost, which doubts were seen
jobs.py        what takes longer than a page may: one at a time, with its progress
certificate.py its own certificate authority, for the network
feeds.py       what other programs are answered; api.py: the rows of `--json`, openapi.py: what they look like
               calendar_feed.py: the airings of a village in a phone, metrics.py: figures for Prometheus
serve.py       the process: socket, time-outs, TLS, leaving when idle

Page modules, each with its `ROUTES`: entrance (doors), today (Hôm nay), air_control (less sound),
replaying (heard now), history (Nhật ký: log, why, what people did, on paper),
week (Lịch tuần), week_copy (the week before once more), entry_pages (Xếp lịch), sheet_pages (from a sheet),
emergency (Khẩn cấp; alarm_forms.py has what waits for a second person),
bulletins (Bản tin: list, editor, saving), wording (how it is said), listening (sound), word_sounds (of a few words),
intake (files, recordings),
approving (Duyệt), delegating (Ủy quyền duyệt), people (who may use the console), token_pages (which programs may),
equipment (Thiết bị), file_mistakes (what is wrong with people's files),
settings (Cài đặt, and how a change is shown first), policy_pages with policy_form (Quy chế), day_pages (special days),
word_pages (the commune's own words), voice_pages (Giọng đọc), voice_trials (how a voice says some words).
"""
