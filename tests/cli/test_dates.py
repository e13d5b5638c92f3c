from pathlib import Path

import pytest

from datagit.cli.dates import DateInvalidError, Moment, parse_date, parse_rough_date
from tests.invoke import git, plain_environment

NOW = 1_700_000_000


@pytest.mark.parametrize(
    "text",
    [
        "@1700000000 +0900",
        "1700000000 -0330",
        "@5 +0000",
        "2005-04-07T22:13:13+0200",
        "2005-04-07 22:13:13 -0700",
        "2005-04-07T22:13:13Z",
        "2005-04-07T22:13:13",
        "2005.04.07 22:13:13",
        "2005-04-07T22:13:13+02:00",
        "Thu, 07 Apr 2005 22:13:13 +0200",
        "Thu Apr 7 22:13:13 2005 +0200",
        "2024-02-29T23:59:59+1400",
    ],
)
def test_dates_mean_what_they_mean_to_git(tmp_path: Path, text: str) -> None:
    environment = plain_environment(tmp_path) | {"GIT_AUTHOR_DATE": text}
    seconds, zone = git(tmp_path, "var", "GIT_AUTHOR_IDENT", environment=environment).out.split()[-2:]
    found = parse_date(text)
    assert found.time == int(seconds)
    minutes = int(zone[1:3]) * 60 + int(zone[3:5])
    assert found.offset == (-minutes if zone.startswith(b"-") else minutes)


@pytest.mark.parametrize(
    "text", ["", "soon", "2005-13-01T00:00:00", "2005-02-30", "@", "@12 +9999", "1969-01-01T00:00:00Z", "12:30"]
)
def test_what_is_no_date_is_told(text: str) -> None:
    with pytest.raises(DateInvalidError, match="invalid date format"):
        parse_date(text)


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("now", NOW),
        ("yesterday", NOW - 86400),
        ("2 weeks ago", NOW - 14 * 86400),
        ("3.days.ago", NOW - 3 * 86400),
        ("an hour ago", NOW - 3600),
        ("never", 0),
        ("@1600000000", 1_600_000_000),
    ],
)
def test_rough_dates_count_back_from_now(text: str, time: int) -> None:
    assert parse_rough_date(text, NOW) == time


@pytest.mark.parametrize("option", ["--since", "--until"])
@pytest.mark.parametrize("text", ["2023-11-14", "2023.11.14", "2023/11/14"])
def test_a_day_means_the_present_time_of_day_as_for_git(tmp_path: Path, option: str, text: str) -> None:
    environment = plain_environment(tmp_path) | {"GIT_TEST_DATE_NOW": str(NOW)}
    git(tmp_path, "init", "-q")
    said = git(tmp_path, "rev-parse", f"{option}={text}", environment=environment).out.decode().strip()
    assert said.partition("=")[2] == str(parse_rough_date(text, NOW))


def test_months_keep_the_day_where_there_is_one() -> None:
    noon_of_the_31st = parse_date("2023-03-31T12:00:00").time
    assert parse_rough_date("1 month ago", noon_of_the_31st) == parse_date("2023-02-28T12:00:00").time
    assert parse_rough_date("1 year ago", noon_of_the_31st) == parse_date("2022-03-31T12:00:00").time


def test_a_moment_is_a_value() -> None:
    assert parse_date("@1700000000 -0330") == Moment(1_700_000_000, -210)
