"""Times: microseconds since the epoch, printed as the formats want them."""

import calendar

START = calendar.timegm((2026, 6, 1, 0, 0, 0)) * 1_000_000
SECOND = 1_000_000
HOUR = 3600 * SECOND


def micros(at: int) -> str:
    """RFC 3339 with six digits: 2026-06-01T00:00:04.120000Z."""
    return f"{_date(at)}T{_time(at)}.{at % SECOND:06d}Z"


def seconds(at: int) -> str:
    """RFC 3339 with whole seconds: 2026-06-01T00:00:04Z."""
    return f"{_date(at)}T{_time(at)}Z"


def compact(at: int) -> str:
    """As in S3 keys: 20260601T000004Z."""
    return seconds(at).replace("-", "").replace(":", "")


def _parts(at: int):
    import time

    return time.gmtime(at // SECOND)


def _date(at: int) -> str:
    t = _parts(at)
    return f"{t.tm_year:04d}-{t.tm_mon:02d}-{t.tm_mday:02d}"


def _time(at: int) -> str:
    t = _parts(at)
    return f"{t.tm_hour:02d}:{t.tm_min:02d}:{t.tm_sec:02d}"
