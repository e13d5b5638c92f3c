import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datagit.config.edit import (
    KeyMissingError,
    ManyValuesError,
    add_value,
    remove_section,
    rename_section,
    replace_values,
    set_value,
    unset_value,
    unset_values,
)
from datagit.config.syntax import BadConfigError, Variable, parse_config

TEXT = """\
# mine
[user]
\tname = Jane ; she
\temail = j@x.org
[remote "a.B"]
\turl = one
\tfetch = 1
\tfetch = 2

[core]
\tbare
"""


def variables(text: str) -> list[tuple[str, str | None]]:
    return [(token.key, token.value) for token in parse_config(text, "test") if isinstance(token, Variable)]


def test_setting_a_value_keeps_every_other_line() -> None:
    edited = set_value(TEXT, "user.Name", "Joe # 2")
    assert edited == TEXT.replace("name = Jane ; she", 'Name = "Joe # 2"')


def test_a_new_key_goes_to_the_end_of_its_section() -> None:
    assert set_value(TEXT, "remote.a.B.proxied", "x") == TEXT.replace("\tfetch = 2\n", "\tfetch = 2\n\tproxied = x\n")
    assert set_value(TEXT, "remote.a.b.url", "x") == TEXT + '[remote "a.b"]\n\turl = x\n'
    assert set_value("", "a.b", "c") == "[a]\n\tb = c\n"
    assert set_value("[a]", "a.b", "c") == "[a]\n\tb = c\n"
    assert set_value("[a] x = y\n", "a.b", "c") == "[a] x = y\n\tb = c\n"
    assert variables(set_value("[a] [b] x = y\n", "a.z", "c")) == [("a.z", "c"), ("b.x", "y")]


def test_several_values_are_not_overwritten_by_accident() -> None:
    with pytest.raises(ManyValuesError) as caught:
        set_value(TEXT, "remote.a.B.fetch", "3")
    assert caught.value.exit_code == 5
    assert variables(replace_values(TEXT, "remote.a.B.fetch", "3"))[3:] == [
        ("remote.a.B.fetch", "3"),
        ("core.bare", None),
    ]
    assert ("remote.a.B.fetch", "3") in variables(add_value(TEXT, "remote.a.B.fetch", "3"))
    only_two = set_value(TEXT, "remote.a.B.fetch", "3", lambda value: value == "2")
    assert [value for key, value in variables(only_two) if key == "remote.a.B.fetch"] == ["1", "3"]


def test_unsetting_takes_an_empty_section_along() -> None:
    assert unset_value(TEXT, "core.bare") == TEXT.removesuffix("[core]\n\tbare\n")
    assert unset_value(TEXT, "user.email") == TEXT.replace("\temail = j@x.org\n", "")
    with pytest.raises(ManyValuesError):
        unset_value(TEXT, "remote.a.B.fetch")
    assert variables(unset_values(TEXT, "remote.a.B.fetch")) == [
        ("user.name", "Jane"),
        ("user.email", "j@x.org"),
        ("remote.a.B.url", "one"),
        ("core.bare", None),
    ]
    with pytest.raises(KeyMissingError) as caught:
        unset_value(TEXT, "no.such")
    assert caught.value.exit_code == 5
    assert unset_value("[a] b = c\n", "a.b").strip() in ("", "[a]")


def test_a_section_with_a_comment_stays() -> None:
    assert unset_value("[a]\n\t# why\n\tb = c\n", "a.b") == "[a]\n\t# why\n"


def test_sections_are_removed_and_renamed() -> None:
    assert variables(remove_section(TEXT, "remote.a.B")) == [
        ("user.name", "Jane"),
        ("user.email", "j@x.org"),
        ("core.bare", None),
    ]
    assert rename_section(TEXT, "remote.a.B", 'remote.c"d') == TEXT.replace('"a.B"', '"c\\"d"')
    with pytest.raises(KeyMissingError):
        remove_section(TEXT, "remote.a.b")
    with pytest.raises(KeyMissingError):
        rename_section(TEXT, "remote.a.b", "remote.x")


def test_a_broken_file_is_never_rewritten() -> None:
    with pytest.raises(BadConfigError):
        set_value("[a]\n=\n", "a.b", "c")


KEYS = st.sampled_from(["a.x", "a.y", "a.s.x", "A.S.x", "b.x"])
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["set", "--add", "--replace-all", "--unset", "--unset-all"]),
        KEYS,
        st.text('a b"\\#;\n', max_size=4),
    ),
    min_size=1,
    max_size=8,
)


def edit(text: str, verb: str, key: str, value: str) -> tuple[str, int]:
    """Return the edited text and the exit code that the command would have."""
    try:
        match verb:
            case "set":
                return set_value(text, key, value), 0
            case "--add":
                return add_value(text, key, value), 0
            case "--replace-all":
                return replace_values(text, key, value), 0
            case "--unset":
                return unset_value(text, key), 0
            case _:
                return unset_values(text, key), 0
    except (KeyMissingError, ManyValuesError) as error:
        return text, error.exit_code


@settings(max_examples=12, deadline=None)
@given(steps=STEPS)
def test_any_history_of_edits_reads_as_git_s(
    steps: list[tuple[str, str, str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    file: Path = tmp_path_factory.mktemp("edit") / "config"
    file.write_text(TEXT)
    text = TEXT
    for verb, key, value in steps:
        options = {"set": [key, value], "--add": ["--add", key, value], "--replace-all": ["--replace-all", key, value]}
        command = ["git", "config", "--file", str(file), *options.get(verb, [verb, key])]
        git = subprocess.run(command, capture_output=True, check=False)
        text, exit_code = edit(text, verb, key, value)
        assert exit_code == git.returncode
        for name in {name for name, _value in variables(text) + variables(file.read_text())}:
            ours = [found for key, found in variables(text) if key == name]
            assert ours == [found for key, found in variables(file.read_text()) if key == name]
