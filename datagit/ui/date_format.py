"""Dates as Git writes them, in all of its styles (``--date``, ``%(creatordate:iso)``)."""

import datetime

from datagit.errors import InvalidInputError

STYLES = (
    "default",
    "iso",
    "iso8601",
    "iso-strict",
    "iso8601-strict",
    "rfc",
    "rfc2822",
    "short",
    "raw",
    "unix",
    "relative",
    "human",
)
"""What a style can be called; each but raw and unix may end in ``-local``. ``format:…`` takes strftime's letters."""

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class DateStyleUnknownError(InvalidInputError):
    """No style of dates is called so."""

    code = "name-invalid"

    def __init__(self, style: str) -> None:
        super().__init__(f"unknown date format {style}", hint=f"one of: {', '.join(STYLES)}, format:…")


def format_date(time: int, offset: int, style: str = "default", *, now: int) -> str:
    """Return a moment in one of Git's styles.

    Args:
        time: seconds since 1970 UTC.
        offset: minutes east of UTC of the clock it was read from.
        style: one of STYLES, one with ``-local`` at its end, or ``format:`` with strftime's letters; empty for default.
        now: the current second, for relative and human.

    Raises:
        DateStyleUnknownError: style is none of these.
    """
    kind, _, letters = (style or "default").partition(":")
    if kind.endswith("-local") or kind == "local":
        kind = kind.removesuffix("local").removesuffix("-") or "default"
        offset = _local_offset(time)
        shows_zone = False
    else:
        shows_zone = True
    if letters and kind != "format":
        raise DateStyleUnknownError(style)
    moment = datetime.datetime.fromtimestamp(time, datetime.timezone(datetime.timedelta(minutes=offset)))
    zone = f"{'-' if offset < 0 else '+'}{abs(offset) // 60:02}{abs(offset) % 60:02}"
    clock = f"{moment:%H:%M:%S}"
    match kind:
        case "default":
            text = f"{_WEEKDAYS[moment.weekday()]} {_MONTHS[moment.month - 1]} {moment.day} {clock} {moment.year}"
            return f"{text} {zone}" if shows_zone else text
        case "iso" | "iso8601":
            return f"{_day_of(moment)} {clock} {zone}"
        case "iso-strict" | "iso8601-strict":
            return f"{_day_of(moment)}T{clock}{zone[:3]}:{zone[3:]}"
        case "rfc" | "rfc2822":
            month = _MONTHS[moment.month - 1]
            return f"{_WEEKDAYS[moment.weekday()]}, {moment.day} {month} {moment.year} {clock} {zone}"
        case "short":
            return _day_of(moment)
        case "raw":
            return f"{time} {zone}"
        case "unix":
            return str(time)
        case "relative":
            return relative_date(time, now=now)
        case "human":
            return _human(moment, time, offset, now)
        case "format":
            return _strftime(moment, letters, time, zone)
        case _:
            raise DateStyleUnknownError(style)


def relative_date(time: int, *, now: int) -> str:
    """Return how long ago a moment was, rounded as Git does; source: show_date_relative in Git's date.c."""
    if now < time:
        return "in the future"
    diff = now - time
    if diff < 90:
        return _ago(diff, "second")
    diff = (diff + 30) // 60
    if diff < 90:
        return _ago(diff, "minute")
    diff = (diff + 30) // 60
    if diff < 36:
        return _ago(diff, "hour")
    diff = (diff + 12) // 24
    if diff < 14:
        return _ago(diff, "day")
    if diff < 70:
        return _ago((diff + 3) // 7, "week")
    if diff < 365:
        return _ago((diff + 15) // 30, "month")
    if diff < 1825:
        months = (diff * 12 * 2 + 365) // (365 * 2)
        years, months = divmod(months, 12)
        if months:
            return f"{years} year{'s' if years != 1 else ''}, {_ago(months, 'month')}"
        return _ago(years, "year")
    return _ago((diff + 183) // 365, "year")


def _ago(count: int, unit: str) -> str:
    return f"{count} {unit}{'' if count == 1 else 's'} ago"


def _day_of(moment: datetime.datetime) -> str:
    return f"{moment.year:04}-{moment.month:02}-{moment.day:02}"


def _local_offset(time: int) -> int:
    offset = datetime.datetime.fromtimestamp(time, datetime.UTC).astimezone().utcoffset()
    return 0 if offset is None else int(offset.total_seconds()) // 60


def _human(moment: datetime.datetime, time: int, offset: int, now: int) -> str:
    today = datetime.datetime.fromtimestamp(now, datetime.timezone(datetime.timedelta(minutes=_local_offset(now))))
    if time <= now and moment.date() == today.date():
        return relative_date(time, now=now)
    weekday, month = _WEEKDAYS[moment.weekday()], _MONTHS[moment.month - 1]
    if moment.year != today.year:
        return f"{month} {moment.day} {moment.year}"
    clock = f"{moment:%H:%M}"
    if moment.month == today.month and moment.day < today.day < moment.day + 5:
        zone = f" {'-' if offset < 0 else '+'}{abs(offset) // 60:02}{abs(offset) % 60:02}"
        return f"{weekday} {clock}{'' if offset == _local_offset(now) else zone}"
    return f"{weekday} {month} {moment.day} {clock}"


def _strftime(moment: datetime.datetime, letters: str, time: int, zone: str) -> str:
    text = letters.replace("%%", "\0").replace("%s", str(time)).replace("%z", zone).replace("%Z", "")
    return moment.strftime(text.replace("\0", "%%"))
