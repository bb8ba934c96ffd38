"""The words of the trade as values (docs/glossary.md) and their Vietnamese twins in people's files.

One table for keys, one for day words, one for other words: no other module knows a Vietnamese one. Nothing may come in.
"""

from __future__ import annotations

from enum import StrEnum


class Level(StrEnum):
    """How urgent a bulletin is (Thông tư 39/2020/TT-BTTTT): later members break into earlier ones."""

    ROUTINE = "routine"
    PRIORITY = "priority"
    EMERGENCY = "emergency"

    @property
    def rank(self) -> int:
        """0 for routine up to 2 for an emergency: the higher goes first."""
        return (self is not Level.ROUTINE) + (self is Level.EMERGENCY)


class Verdict(StrEnum):
    """What became of an airing; every airing that came due gets exactly one, and it never changes."""

    AIRED = "aired"
    AIRED_LATE = "aired-late"  # by more than 2 s
    AIRED_PARTLY = "aired-partly"
    TO_FILE = "to-file"  # there is no sound card: written to a file
    PRE_EMPTED = "pre-empted"
    STOPPED = "stopped"
    SKIPPED = "skipped"
    WITHDRAWN = "withdrawn"  # the file changed
    REFUSED = "refused"  # a `Refusal` says by what
    DISPLACED = "displaced"  # overlap: the time was taken
    EXPIRED = "expired"
    MISSED_OFF = "missed-off"
    MISSED_CLOCK = "missed-clock"
    NO_AUDIO = "no-audio"  # played, but not heard by the proof input
    FAILED_SOUND = "failed-sound"  # nothing ready
    FAILED_DEVICE = "failed-device"


class Refusal(StrEnum):
    """Which rule, or whose decision, forbids an airing that is refused."""

    POLICY = "policy"  # its hours, sessions and minutes
    PAUSE = "pause"
    APPROVAL = "approval"  # a missing one
    VALIDITY = "validity"  # the bulletin's days have passed or are to come
    STREAM = "stream"  # not among the commune's
    EMERGENCY = "emergency"  # it cannot be scheduled
    COMMISSIONING = "commissioning"  # of the output, which has not been done


class Expected(StrEnum):
    """What a plan says will become of an airing."""

    AIR = "air"
    REFUSED = "refused"
    DISPLACED = "displaced"
    SKIPPED = "skipped"
    NOT_READY = "not-ready"


class Ending(StrEnum):
    """How a person ends an alarm."""

    STOP = "stop"  # it is repeated no more; the danger stands
    CLEAR = "clear"  # all-clear: it is over
    MISTAKE = "mistake"  # it was given by mistake


# Vietnamese key -> key. Written without regard to case; blanks inside a key are single.
KEYS = {
    # commune.yaml
    "xã": "commune",
    "phường": "commune",
    "thị trấn": "commune",
    "đặc khu": "commune",
    "mã": "id",
    "múi giờ": "timezone",
    "giọng": "voices",
    "giọng đọc": "voices",
    "quy chế": "policy",
    "khung giờ": "hours",
    "số buổi mỗi ngày": "sessions_per_day",
    "số phút mỗi buổi": "minutes_per_session",
    "cho phép ban đêm": "allow_night",
    "phê duyệt": "approval",
    "các thôn": "villages",
    "ngày đặc biệt": "days",
    "chuông": "chime",
    "nhạc hiệu": "music",
    "nhạc": "music",
    "ngày im lặng": "quiet",
    "lời mở đầu": "opening",
    "lời kết": "closing",
    "đọc là": "say",
    "viết tắt": "abbrev",
    "tên riêng": "names",
    "vùng miền": "region",
    "nguồn tiếp sóng": "streams",
    # box.yaml
    "phát": "plays",
    "đường loa": "outputs",
    "thiết bị": "device",
    "kênh": "channel",
    "âm lượng": "gain",
    "rơ-le": "relay",
    "rơ le": "relay",
    "chân": "pin",
    "mức kích": "active",
    "làm nóng": "warm_up",
    "giữ": "hold",
    "đồng hồ": "clock",
    "nút dừng": "stop_button",
    "loại loa": "profile",
    "sáng sớm": "early",
    "độ to": "loudness",
    "nghe lại": "proof",
    "âm lượng card": "mixer",
    # bulletins
    "tiêu đề": "title",
    "mức độ": "level",
    "mức": "level",
    "hiệu lực": "valid",
    "nguồn": "source",
    "lặp": "repeat",
    "lặp lại": "repeat",
    "các phần": "parts",
    "âm thanh": "audio",
    "ghi âm": "audio",
    "ngôn ngữ": "language",
    "tiếng": "language",
    "nội dung": "text",
    "nghỉ giữa": "gap",
    "báo yên": "all_clear",
    # schedules
    "thôn": "village",
    "bản": "village",
    "tổ dân phố": "village",
    "làng": "village",
    "xóm": "village",
    "ấp": "village",
    "buôn": "village",
    "khu phố": "village",
    "lịch phát": "broadcasts",
    "bản tin": "bulletin",
    "tên": "name",
    "giờ": "at",
    "lúc": "at",
    "từ": "from",
    "đến": "until",
    "trừ": "except",
    "mỗi": "every",
    "trong khoảng": "between",
    "khoảng": "between",
    "thứ": "days",
    "âm lịch": "lunar",
    "ngày": "on",
    "vào ngày": "on",
    "ngày trong tháng": "monthdays",
    "cách tuần": "weeks",
    "mấy tuần": "weeks",
    "tiếp sóng": "stream",
    "trong": "for",
    "thời lượng": "for",
    "dự phòng": "fallback",
    "chờ": "wait",
    "các ngày": "dates",
}

# Key -> the Vietnamese one that people are shown, where there are several.
TWINS = {key: twin for twin, key in reversed(KEYS.items())} | {
    **{"days": "thứ", "voices": "giọng đọc", "music": "nhạc hiệu", "audio": "ghi âm", "for": "thời lượng"},
}

# What people write for a key that has another name here -> the key. It is refused, and the key's own name is told.
ALSO = {
    **{"thời gian": "at", "giờ phát": "at", "khung giờ": "at", "time": "at", "times": "at", "gio phat": "at"},
    **{"bắt đầu": "from", "từ ngày": "from", "ngày bắt đầu": "from", "start": "from", "since": "from"},
    **{"kết thúc": "until", "đến ngày": "until", "ngày kết thúc": "until", "hết hạn": "until", "end": "until"},
    **{"to": "until", "tin": "bulletin", "bản tin phát": "bulletin", "tên bản tin": "bulletin", "file": "bulletin"},
    **{"trừ ngày": "except", "nghỉ": "except", "không phát": "except", "ngày nghỉ": "except"},
    **{"ngày phát": "on", "các ngày": "on", "date": "on", "dates": "on", "ngày trong tuần": "days", "weekdays": "days"},
    **{"lịch": "broadcasts", "lịch phát thanh": "broadcasts", "schedule": "broadcasts"},
    **{"tên thôn": "village", "tên xã": "commune", "mã xã": "id", "danh sách thôn": "villages", "thôn": "villages"},
    **{"loa": "outputs", "loa phát": "outputs", "card": "device", "card âm thanh": "device", "cổng": "pin"},
    **{"tên": "title", "tiêu đề bản tin": "title", "loại": "level", "cấp độ": "level", "mức ưu tiên": "level"},
    **{"thời hạn": "valid", "số lần": "repeat", "số lần lặp": "repeat", "số lần phát": "repeat"},
    **{"thể loại": "level", "căn cứ": "source", "trích nguồn": "source", "file âm thanh": "audio", "tệp": "audio"},
    **{"duyệt": "approval", "số buổi": "sessions_per_day", "số phút": "minutes_per_session", "tần suất": "every"},
    **{"chu kỳ": "every", "nhạc nền": "music", "giờ phát thanh": "hours", "mở đầu": "opening", "kết": "closing"},
}

# Day word -> Monday 0 … Sunday 6. Written without regard to case.
DAYS = {
    "mon": 0, "tue": 1, "wed": 2, "thu": 3, "fri": 4, "sat": 5, "sun": 6,
    "monday": 0, "tuesday": 1, "wednesday": 2, "thursday": 3, "friday": 4, "saturday": 5, "sunday": 6,
    "2": 0, "3": 1, "4": 2, "5": 3, "6": 4, "7": 5,
    "t2": 0, "t3": 1, "t4": 2, "t5": 3, "t6": 4, "t7": 5, "cn": 6,
    "thứ 2": 0, "thứ 3": 1, "thứ 4": 2, "thứ 5": 3, "thứ 6": 4, "thứ 7": 5, "chúa nhật": 6,
    "hai": 0, "ba": 1, "tư": 2, "năm": 3, "sáu": 4, "bảy": 5, "chủ nhật": 6,
    "thứ hai": 0, "thứ ba": 1, "thứ tư": 2, "thứ năm": 3, "thứ sáu": 4, "thứ bảy": 5,
}  # fmt: skip

# Vietnamese word -> word, for values that are one of a few. Written without regard to case.
WORDS = {
    "có": "yes",
    "không": "no",
    "thông thường": "routine",
    "thường": "routine",
    "ưu tiên": "priority",
    "khẩn cấp": "emergency",
    "khẩn": "emergency",
    "bắt buộc": "required",
    "tùy chọn": "optional",
    "tuỳ chọn": "optional",
    "cao": "high",
    "thấp": "low",
    "kiểm tra": "checked",
    "tin cậy": "trusted",
    "bắc": "north",
    "nam": "south",
    "giao thừa": "giao-thua",
    "mùng một": "1",
    "mồng một": "1",
    "rằm": "15",
    "bài": "text",
    "tự động": "auto",
}
