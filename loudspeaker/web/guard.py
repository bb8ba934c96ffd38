"""Who may do what at a station's console: one table of all its routes.

Pure: values in, an answer out. `site_app.py` asks it once for each request.
"""

from __future__ import annotations

import hmac
from collections.abc import Collection, Mapping
from enum import StrEnum

from .access.access_tokens import TokenUse
from .access.accounts import Role, Session

ANYBODY = frozenset(Role)


class Task(StrEnum):
    """What a person may want to do, one member for each row of the table below."""

    LOOK = "look"  # pages, listening on one's own machine, prints, reports, why
    WRITE = "write"  # bulletins, recordings, schedules, sending for approval, the commune's readings
    APPROVE = "approve"  # or give back; priority; overwriting what an approved bulletin is scheduled for
    SKIP = "skip"  # an airing or its undoing, a pause of a village, a replay within policy
    STOP = "stop"
    ALARM = "alarm"  # drills and endings too, and playing against policy
    TRY = "try"  # outputs, the clock, sweeping old sound
    LOCK = "lock"  # a colleague's account, whose telephone was lost
    RULE = "rule"  # policy, special days, voices, people, sessions, tokens


MAY: Mapping[Task, frozenset[Role]] = {
    Task.LOOK: ANYBODY,
    Task.WRITE: frozenset({Role.EDIT, Role.APPROVE}),
    Task.APPROVE: frozenset({Role.APPROVE}),
    Task.SKIP: frozenset({Role.EDIT, Role.APPROVE, Role.DUTY}),
    Task.STOP: ANYBODY - {Role.VIEW},
    Task.ALARM: frozenset({Role.DUTY}),
    Task.TRY: frozenset({Role.DUTY, Role.ADMIN}),
    Task.LOCK: frozenset({Role.DUTY, Role.ADMIN}),
    Task.RULE: frozenset({Role.ADMIN}),
}

# What nobody does on a box that takes its bulletins and schedules signed from elsewhere.
DONE_ELSEWHERE = frozenset({Task.WRITE, Task.APPROVE})

# What a person must be allowed to do for each route; None: it is answered before anybody has logged in. A route without
# a row cannot be served, and a row without a route fails a test.
NEEDS: Mapping[str, Task | None] = {
    # entrance.py
    "GET /vao": None,
    "POST /vao": None,
    "GET /bat-dau": None,
    "POST /bat-dau": None,
    "GET /ca.crt": None,
    "GET /phien": None,
    "POST /ra": Task.LOOK,
    "GET /xac-nhan": Task.LOOK,
    "POST /xac-nhan": Task.LOOK,
    "GET /mat-khau": Task.LOOK,
    "POST /mat-khau": Task.LOOK,
    # equipment.py
    "GET /thiet-bi": Task.LOOK,
    "POST /thiet-bi/thu": Task.TRY,
    "POST /thiet-bi/nghe-ro": Task.TRY,
    "POST /thiet-bi/am-luong": Task.TRY,
    "POST /thiet-bi/don": Task.TRY,
    # file_mistakes.py
    "GET /tep-loi": Task.LOOK,
    # settings.py
    "GET /cai-dat": Task.LOOK,
    # policy_pages.py
    "GET /cai-dat/quy-che": Task.RULE,
    "POST /cai-dat/quy-che": Task.RULE,
    "GET /cai-dat/quy-che/in": Task.LOOK,
    "GET /cai-dat/quy-che/tam-thoi": Task.RULE,
    "POST /cai-dat/quy-che/tam-thoi": Task.RULE,
    "POST /cai-dat/quy-che/tam-thoi/{number}/bo": Task.RULE,
    # day_pages.py
    "GET /cai-dat/ngay": Task.RULE,
    "POST /cai-dat/ngay": Task.RULE,
    "POST /cai-dat/ngay/{name}/bo": Task.RULE,
    # word_pages.py
    "GET /cai-dat/cach-doc": Task.WRITE,
    "POST /cai-dat/cach-doc": Task.WRITE,
    "POST /cai-dat/cach-doc/bo": Task.WRITE,
    # voice_pages.py
    "GET /cai-dat/giong": Task.RULE,
    "POST /cai-dat/giong": Task.RULE,
    "GET /cai-dat/giong/cai": Task.RULE,
    "POST /cai-dat/giong/cai": Task.RULE,
    "GET /cai-dat/giong/tien-do": Task.RULE,
    "POST /cai-dat/giong/thoi": Task.RULE,
    # voice_trials.py
    "GET /cai-dat/nghe": Task.LOOK,
    "POST /cai-dat/nghe": Task.LOOK,
    "GET /cai-dat/nghe/tieng": Task.LOOK,
    # stick_pages.py
    "GET /chep-usb": Task.WRITE,
    "POST /chep-usb": Task.WRITE,
    # people.py
    "GET /cai-dat/nguoi": Task.RULE,
    "POST /cai-dat/nguoi": Task.RULE,
    "POST /cai-dat/nguoi/{login}/quyen": Task.RULE,
    "POST /cai-dat/nguoi/{login}/ma": Task.RULE,
    "POST /cai-dat/nguoi/{login}/mo": Task.RULE,
    "POST /cai-dat/nguoi/{login}/xoa": Task.RULE,
    "GET /cai-dat/phien": Task.LOOK,
    "POST /cai-dat/phien/{number}/ket-thuc": Task.LOOK,
    "GET /mat-may": Task.LOCK,
    "POST /mat-may/{login}": Task.LOCK,
    # token_pages.py
    "GET /cai-dat/ma": Task.RULE,
    "POST /cai-dat/ma": Task.RULE,
    "POST /cai-dat/ma/thu-hoi": Task.RULE,
    # today.py
    "GET /": Task.LOOK,
    "GET /dau-trang": Task.LOOK,
    "GET /song": Task.LOOK,
    "GET /them": Task.LOOK,
    # air_control.py
    "GET /dung": Task.STOP,
    "POST /dung": Task.STOP,
    "GET /dung/ly-do": Task.STOP,
    "POST /dung/ly-do": Task.STOP,
    "GET /luot/{id:path}/bo": Task.SKIP,
    "POST /luot/{id:path}/bo": Task.SKIP,
    "POST /luot/{id:path}/hoan-tac": Task.SKIP,
    "GET /im-lang": Task.SKIP,
    "POST /im-lang": Task.SKIP,
    "POST /im-lang/thoi": Task.SKIP,
    "POST /dong-ho": Task.TRY,
    # replaying.py
    "GET /luot/{id:path}/phat": Task.SKIP,
    "POST /luot/{id:path}/phat": Task.SKIP,
    # emergency.py
    "GET /khan-cap": Task.ALARM,
    "GET /khan-cap/xem-lai": Task.ALARM,
    "POST /khan-cap/xem-lai": Task.ALARM,
    "POST /khan-cap/phat": Task.ALARM,
    "POST /khan-cap/dong-y": Task.ALARM,
    "POST /khan-cap/bo": Task.ALARM,
    "GET /khan-cap/ket-thuc": Task.ALARM,
    "POST /khan-cap/bao-yen": Task.ALARM,
    "GET /khan-cap/tieng": Task.ALARM,
    "GET /khan-cap/nghe/{recipe}": Task.ALARM,
    # history.py
    "GET /nhat-ky": Task.LOOK,
    "GET /nhat-ky/in": Task.LOOK,
    "GET /nhat-ky/chuoi": Task.LOOK,
    "GET /bao-cao.xlsx": Task.LOOK,
    "GET /luot/{id:path}": Task.LOOK,
    # audit_pages.py
    "GET /nhat-ky/thao-tac": Task.RULE,
    # week.py
    "GET /lich": Task.LOOK,
    "GET /lich/in": Task.LOOK,
    "GET /lich/tin-nhan": Task.LOOK,
    # sheet_pages.py
    "GET /lich/bang": Task.WRITE,
    "POST /lich/bang": Task.WRITE,
    "GET /lich/bang/{job}": Task.WRITE,
    "POST /lich/bang/{job}/luu": Task.WRITE,
    "POST /lich/bang/{job}/bo": Task.WRITE,
    # week_copy.py
    "GET /lich/chep": Task.WRITE,
    "POST /lich/chep": Task.WRITE,
    # entry_pages.py
    "GET /lich/moi": Task.WRITE,
    "POST /lich/moi": Task.WRITE,
    "POST /lich/thu": Task.WRITE,
    "GET /lich/muc/{thon}/{ten}": Task.WRITE,
    "POST /lich/muc/{thon}/{ten}": Task.WRITE,
    # bulletins.py
    "GET /ban-tin": Task.LOOK,
    "GET /ban-tin/{id}": Task.LOOK,
    "POST /ban-tin/{id}/luu": Task.WRITE,
    "POST /ban-tin/{id}/nhap": Task.WRITE,
    "POST /ban-tin/{id}/bo-nhap": Task.WRITE,
    "POST /ban-tin/{id}/gui": Task.WRITE,
    "POST /ban-tin/{id}/lay-lai": Task.WRITE,
    "GET /ban-tin/{id}/in": Task.LOOK,
    # wording.py
    "POST /ban-tin/{id}/doc": Task.LOOK,
    "GET /ban-tin/{id}/cho": Task.LOOK,
    "POST /ban-tin/{id}/cho": Task.LOOK,
    "POST /ban-tin/{id}/cho-nay": Task.WRITE,
    "POST /ban-tin/{id}/ca-xa": Task.WRITE,
    "POST /ban-tin/{id}/dung-roi": Task.WRITE,
    # offer_pages.py
    "GET /tin-cap-tren": Task.LOOK,
    "GET /tin-cap-tren/{name}/khong-phat": Task.WRITE,
    "POST /tin-cap-tren/{name}/khong-phat": Task.WRITE,
    "POST /tin-cap-tren/{name}/chon-lai": Task.WRITE,
    # listening.py
    "GET /ban-tin/{id}/lam-tieng": Task.LOOK,
    "POST /ban-tin/{id}/lam-tieng": Task.LOOK,
    "POST /ban-tin/{id}/thoi-lam": Task.LOOK,
    "GET /ban-tin/{id}/tieng": Task.LOOK,
    "GET /ban-tin/{id}/moc": Task.LOOK,
    # word_sounds.py
    "GET /ban-tin/{id}/nghe-chu": Task.LOOK,
    "POST /ban-tin/{id}/nghe-chu": Task.LOOK,
    "GET /ban-tin/{id}/tieng-chu": Task.LOOK,
    # intake.py
    "GET /ban-tin/moi": Task.WRITE,
    "POST /ban-tin/moi": Task.WRITE,
    "POST /tep": Task.WRITE,
    "GET /tep/{job}": Task.WRITE,
    "POST /tep/{job}/giu": Task.WRITE,
    "POST /tep/{job}/bo": Task.WRITE,
    "POST /ghi-am": Task.WRITE,
    "GET /ghi-am/{job}": Task.WRITE,
    "GET /ghi-am/{job}/nghe": Task.WRITE,
    "POST /ghi-am/{job}/dung": Task.WRITE,
    "POST /ghi-am/{job}/bo": Task.WRITE,
    # delegating.py
    "GET /uy-quyen": Task.APPROVE,
    "POST /uy-quyen": Task.APPROVE,
    "POST /uy-quyen/{number}/thoi": Task.APPROVE,
    # approving.py
    "GET /duyet": Task.LOOK,
    "GET /duyet/{id}": Task.LOOK,
    "POST /duyet/{id}": Task.APPROVE,
    "POST /duyet/{id}/tra": Task.APPROVE,
    "POST /duyet/{id}/giay": Task.WRITE,
    "GET /duyet/anh/{sha256}": Task.LOOK,
}
# What other programs read, and which token they must show; None: none. Reading only.
FEEDS: Mapping[str, TokenUse | None] = {
    # api.py
    "GET /api/v1/now": TokenUse.API,
    "GET /api/v1/plan": TokenUse.API,
    "GET /api/v1/log": TokenUse.API,
    "GET /api/v1/why/{id:path}": TokenUse.API,
    "GET /api/v1/bulletins": TokenUse.API,
    "GET /api/v1/openapi.json": None,
    # calendar_feed.py
    "GET /lich/{thon}.ics": TokenUse.CALENDAR,
    # metrics.py; without a token where this machine asks
    "GET /metrics": TokenUse.API,
}
MOST_BYTES = 256_000  # of a form
LARGEST_BODIES: Mapping[str, int] = {  # of files; bytes
    "POST /tep": 20 << 20,
    "POST /lich/bang": 20 << 20,
    "POST /ghi-am": 60 << 20,
    "POST /chep-usb": 4 << 20,
    "POST /duyet/{id}/giay": 11 << 20,
}
MOST_FIELDS, MOST_FILES = 250, 2  # of a form: all villages, and all days of a calendar, may be ticked


def may(roles: Collection[Role], task: Task) -> bool:
    """May somebody with these roles do this?"""
    return not MAY[task].isdisjoint(roles)


def is_own_token(session: Session, token: str) -> bool:
    """Does the form carry the token of this session?"""
    return hmac.compare_digest(session.form_token.encode(), token.encode())
