from pathlib import Path

import pytest

from datagit.config.refused import ConfigRefusedError
from datagit.config.settings import (
    Level,
    Settings,
    environment_pairs,
    find_config_files,
    load_settings,
    parse_override,
    read_level,
)
from datagit.config.syntax import BadConfigError
from datagit.storage.small_file import FileTooLargeError


@pytest.fixture
def files(tmp_path: Path) -> dict[Level, Path]:
    paths = {level: tmp_path / level.value for level in (Level.SYSTEM, Level.USER, Level.REPOSITORY)}
    for number, path in enumerate(paths.values()):
        path.write_text(f"[a]\n\tlevel = {path.name}\n\tmany = {number}\n[only]\n\t{path.name} = yes\n")
    return paths


def test_later_levels_win_and_many_values_keep_their_order(files: dict[Level, Path]) -> None:
    settings = load_settings(
        system=files[Level.SYSTEM],
        user=files[Level.USER],
        repository=files[Level.REPOSITORY],
        environment=[("a.level", "environment"), ("a.many", "3")],
        overrides=[("A.Many", "4"), ("a.bare", None)],
    )
    assert settings.get("a.level") == "environment"
    assert settings.get_all("A.MANY") == ("0", "1", "2", "3", "4")
    assert settings.get_bool("a.bare", default=False)
    assert settings.get("a.none") is None
    assert settings.get_bool("only.global", default=False)
    found = settings.find("only.local")
    assert found is not None
    assert (found.level, found.source, found.line) == (Level.REPOSITORY, str(files[Level.REPOSITORY]), 5)
    assert settings.get_int("a.many", 9) == 4
    assert settings.get_int("a.few", 9) == 9


def test_files_that_are_not_there_say_nothing(tmp_path: Path) -> None:
    assert load_settings(system=tmp_path / "x", user=tmp_path, repository=tmp_path / "y" / "z").entries == ()


def test_values_can_be_put_on_top() -> None:
    assert Settings().with_values([("A.b", "c")]).get("a.B") == "c"


@pytest.mark.parametrize(
    "line",
    [
        "[core]\n\teditor = rm -rf /",
        "[CORE]\n\tPager = less",
        "[pager]\n\tlog = sh -c evil",
        "[alias]\n\tlg = !sh",
        '[alias]\n\tlg = " !sh"',
        '[remote "x"]\n\tproxy = http://evil',
        '[remote "x"]\n\tendpoint-url = http://evil',
        '[remote "x"]\n\tendpointurl = http://evil',
        '[remote "x"]\n\tprofile = admin',
        '[remote "x"]\n\tkeyfile = /root/.ssh/id',
        "[credential]\n\thelper = evil",
        '[credential "https://x"]\n\thelper = evil',
        "[core]\n\thooksPath = hooks",
        '[merge "x"]\n\tdriver = evil %A',
        '[diff "x"]\n\ttextconv = evil',
        "[diff]\n\texternal = evil",
        '[filter "x"]\n\tclean = evil',
        "[safe]\n\tdirectory = *",
        "[include]\n\tpath = /etc/passwd",
        "[http]\n\tsslVerify = false",
        '[remote "x"]\n\tsecretKey = s',
    ],
)
def test_a_repository_may_not_name_programs_or_credentials(line: str, tmp_path: Path) -> None:
    config = tmp_path / "config"
    config.write_text(f"{line}\n")
    with pytest.raises(ConfigRefusedError, match=r"is refused") as caught:
        load_settings(repository=config)
    assert caught.value.code == "config-refused"
    assert f"{config}:2" in caught.value.message
    assert caught.value.hint
    assert len(load_settings(user=config).entries) == 1  # the user may


@pytest.mark.parametrize(
    "line",
    [
        "[pager]\n\tlog = false",
        "[alias]\n\tlg = log --oneline",
        "[core]\n\tquotePath = false",
        '[remote "proxy"]\n\turl = s3://b/p',
        '[branch "editor"]\n\tmerge = refs/heads/x',
        "[user]\n\tname = J",
    ],
)
def test_a_repository_may_set_what_runs_nothing(line: str, tmp_path: Path) -> None:
    config = tmp_path / "config"
    config.write_text(f"{line}\n")
    assert len(load_settings(repository=config).entries) == 1


def test_a_value_keeps_what_looks_like_a_variable(tmp_path: Path) -> None:
    config = tmp_path / "config"
    config.write_text('[remote "x"]\n\turl = s3://${SECRET}/x\n')
    assert load_settings(repository=config).get("remote.x.url") == "s3://${SECRET}/x"


def test_a_repository_s_file_is_not_followed_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text("[a]\n\tb = c\n")
    (tmp_path / "config").symlink_to("elsewhere")
    assert read_level(tmp_path / "config", Level.REPOSITORY) == ()
    assert len(read_level(tmp_path / "config", Level.USER)) == 1


def test_a_huge_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "config").write_bytes(b"[a]\n\tb = " + b"c" * (1 << 20))
    with pytest.raises(FileTooLargeError) as caught:
        read_level(tmp_path / "config", Level.USER)
    assert caught.value.code == "limit-exceeded"


def test_the_environment_counts_its_pairs() -> None:
    environment = {
        "DG_CONFIG_COUNT": "2",
        "DG_CONFIG_KEY_0": "a.b",
        "DG_CONFIG_VALUE_0": "1",
        "DG_CONFIG_KEY_1": "a.c",
        "DG_CONFIG_VALUE_1": "",
    }
    assert environment_pairs(environment) == (("a.b", "1"), ("a.c", ""))
    assert environment_pairs({}) == ()
    with pytest.raises(BadConfigError, match=r"DG_CONFIG_VALUE_1"):
        environment_pairs({name: value for name, value in environment.items() if name != "DG_CONFIG_VALUE_1"})
    with pytest.raises(BadConfigError, match=r"bogus count"):
        environment_pairs({"DG_CONFIG_COUNT": "x"})


def test_an_override_without_equals_is_true() -> None:
    assert parse_override("A.b=c=d") == ("a.b", "c=d")
    assert parse_override("a.B") == ("a.b", None)
    with pytest.raises(BadConfigError):
        parse_override("ab=c")


def test_the_environment_says_where_the_files_are() -> None:
    plain = find_config_files({"HOME": "/home/j"})
    assert plain.system == Path("/etc/datagit/config")
    assert plain.user == Path("/home/j/.config/datagit/config")
    other = find_config_files({"HOME": "/home/j", "XDG_CONFIG_HOME": "/x", "DG_CONFIG_NOSYSTEM": "1"})
    assert (other.system, other.user) == (None, Path("/x/datagit/config"))
    assert find_config_files({"DG_CONFIG_GLOBAL": "/g", "DG_CONFIG_SYSTEM": "/s"}).user == Path("/g")
    assert find_config_files({}).user is None
