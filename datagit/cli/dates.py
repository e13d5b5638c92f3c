"""Dates as Git takes them: exact ones for commits, rough ones ("2 weeks ago") for searches."""

import datetime
import re
from dataclasses import dataclass

from datagit.cli.late import late
from datagit.errors import InvalidInputError

_SECONDS = re.compile(r"@?(\d{1,12})(?:\s+([+-]\d{4}))?")
_ISO = re.compile(
    r"(?P<year>\d{4})[-./](?P<month>\d{1,2})[-./](?P<day>\d{1,2})"
    r"(?:[T ]\s*(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d+)?)?)?"
    r"\s*(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})?"
)
# day names as `date` and Git's own log write them: Thu Apr 7 22:13:13 2005 +0200
_GIT = re.compile(r"(?:\w{3},? )?(\w{3}) (\d{1,2}) (\d{2}:\d{2}:\d{2}) (\d{4})(?: ([+-]\d{4}))?")
_AGO = re.compile(r"(\d+|an?)[ .]+(second|minute|hour|day|week|month|year)s?(?:[ .]+ago)?")
_UNIT_S = {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 604800}
_LARGEST_OFFSET_MIN = 1439


class DateInvalidError(InvalidInputError):
    """A date that cannot be read."""

    code = "name-invalid"

    def __init__(self, text: str) -> None:
        super().__init__(
            f"invalid date format: {text}", hint="for example '2026-05-17T14:30:00 +0900' or '@1747459800 +0900'"
        )


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time and the clock it was read from.

    Attributes:
        time: seconds since 1970 UTC.
        offset: minutes east of UTC.
    """

    time: int
    offset: int


def local_moment(time: int) -> Moment:
    """Return time with the offset of the local clock at that time."""
    offset = datetime.datetime.fromtimestamp(time, datetime.UTC).astimezone().utcoffset()
    return Moment(time, 0 if offset is None else int(offset.total_seconds()) // 60)


def parse_date(text: str) -> Moment:
    """Return the moment that text names exactly: ``@SECONDS +0900``, ISO 8601, RFC 2822 or what ``git log`` prints.

    Without a zone, the local clock is meant; without a time of day, midnight.

    Raises:
        DateInvalidError: text is none of these.
    """
    stripped = text.strip()
    if match := _SECONDS.fullmatch(stripped):
        # eight digits and fewer are a date like 20050407 to Git, unless marked with @ or a zone
        if stripped.startswith("@") or match[2] or len(match[1]) > 8:
            time = int(match[1])
            return Moment(time, _offset(match[2], text)) if match[2] else local_moment(time)
    elif match := _ISO.fullmatch(stripped):
        parts = [int(match[name] or 0) for name in ("year", "month", "day", "hour", "minute", "second")]
        return _moment(parts, match["zone"], text)
    elif match := _GIT.fullmatch(stripped):
        plain = f"{match[2]} {match[1]} {match[4]} {match[3]} {match[5] or '-0000'}"
        return _parse_rfc(plain, text)
    elif re.match(r"(\w{3}, )?\d{1,2} \w{3} \d{4} ", stripped):
        return _parse_rfc(stripped, text)
    raise DateInvalidError(text)


def parse_rough_date(text: str, now: int) -> int:
    """Return the second that text names, exactly or roughly: ``yesterday``, ``2 weeks ago``, ``now``, ``never``.

    A day without a time of day means the present one on that day, as in Git.

    Raises:
        DateInvalidError: text is nothing of the kind.
    """
    words = text.strip().lower()
    if words in ("now", "today", "noon", "midnight"):
        return now
    if words in ("never", "all"):
        return 0
    if words == "yesterday":
        return now - _UNIT_S["day"]
    if match := _AGO.fullmatch(words):
        count = int(match[1]) if match[1].isdigit() else 1
        if match[2] in _UNIT_S:
            return max(now - count * _UNIT_S[match[2]], 0)
        return _months_ago(now, count * (12 if match[2] == "year" else 1))
    if (match := _ISO.fullmatch(words)) and match["hour"] is None and match["zone"] is None:
        clock = datetime.datetime.fromtimestamp(now, datetime.UTC).astimezone()
        return parse_date(f"{words} {clock:%H:%M:%S}").time
    return parse_date(text).time


def _months_ago(now: int, months: int) -> int:
    moment = datetime.datetime.fromtimestamp(now, datetime.UTC).astimezone()
    index = moment.year * 12 + moment.month - 1 - months
    for day in range(moment.day, 0, -1):
        try:
            return int(moment.replace(year=index // 12, month=index % 12 + 1, day=day).timestamp())
        except ValueError:
            continue  # the 31st of a short month, or a year before the first
    return 0


def _moment(parts: list[int], zone: str | None, text: str) -> Moment:
    try:
        naive = datetime.datetime(*parts, tzinfo=datetime.UTC)  # type: ignore[arg-type,misc]  # six integers
    except ValueError as error:
        raise DateInvalidError(text) from error
    if zone is None:
        local = naive.replace(tzinfo=None).astimezone()
        return _checked(
            int(local.timestamp()), int((local.utcoffset() or datetime.timedelta()).total_seconds()) // 60, text
        )
    offset = 0 if zone in ("Z", "UTC", "GMT") else _offset(zone.replace(":", "").ljust(5, "0"), text)
    return _checked(int(naive.timestamp()) - offset * 60, offset, text)


def _parse_rfc(words: str, text: str) -> Moment:
    try:
        moment: datetime.datetime = late("email.utils", "parsedate_to_datetime")(words)
    except ValueError as error:
        raise DateInvalidError(text) from error
    if moment.tzinfo is None:
        moment = moment.astimezone()
    offset = moment.utcoffset() or datetime.timedelta()
    return _checked(int(moment.timestamp()), int(offset.total_seconds()) // 60, text)


def _offset(zone: str, text: str) -> int:
    minutes = int(zone[1:3]) * 60 + int(zone[3:5])
    if minutes > _LARGEST_OFFSET_MIN or int(zone[3:5]) > 59:
        raise DateInvalidError(text)
    return -minutes if zone.startswith("-") else minutes


def _checked(time: int, offset: int, text: str) -> Moment:
    if time < 0:
        raise DateInvalidError(text)
    return Moment(time, offset)
