import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datagit.config.syntax import (
    BadConfigError,
    Variable,
    canonical_key,
    decode_config,
    encode_config,
    parse_bool,
    parse_config,
    parse_int,
    quote_header,
    quote_value,
)


def variables(text: str) -> list[tuple[str, str | None]]:
    return [(token.key, token.value) for token in parse_config(text, "test") if isinstance(token, Variable)]


CASES = {
    "simple": "[user]\n\tname = Jane Doe\n\temail=j@x.org\n",
    "case": "[USER]\n\tNaMe = J\n",
    "subsection": '[remote "Origin.Two"]\n\turl = x\n',
    "subsection escapes": '[remote "a\\"b\\\\c\\d"]\n\turl = x\n',
    "old subsection": "[Branch.Main]\n\tmerge = x\n",
    "same line": "[core] bare = true\n",
    "no value": "[core]\n\tbare\n\tx\n",
    "empty value": "[core]\n\tbare =\n",
    "comments": "# one\n; two\n[core] ; three\n\ta = b # four\n\tc = d;five\n",
    "quotes": '[a]\n\tb = " x "  y # z\n\tc = "#;"\n\td = ""  e\n\tf = a""b\n',
    "escapes": '[a]\n\tb = "\\t\\n\\\\\\""\n\tc = x\\ty\n',
    "continued": "[a]\n\tb = one \\\n   two\\\nthree\n\tc = 4\n",
    "continued quote": '[a]\n\tb = "one\\\n two"\n',
    "windows": "[a]\r\n\tb = c\r\n\td\r\n\te = f\\\r\ng\r\n",
    "bom": "\ufeff[a]\n\tb = c\n",
    "no newline": "[a]\n\tb = c",
    "several": "[a]\n\tb = 1\n[c]\n\td = 2\n[a]\n\tb = 3\n",
    "odd characters": "[a]\n\tb = ${HOME} $(id) `id` [x] = y\n",
    "inner spaces": "[a]\n\tb =   x   y   \n",
    "key without section": "a = b\n",
    "bad key": "[a]\n\t1b = c\n",
    "underscore": "[a]\n\tb_c = d\n",
    "comment behind key": "[a]\n\tb # c\n",
    "open quote": '[a]\n\tb = "c\n',
    "bad escape": "[a]\n\tb = \\q\n",
    "open header": "[a\n\tb = c\n",
    "open subsection": '[a "b]\n\tc = d\n',
    "space behind subsection": '[a "b" ]\n\tc = d\n',
    "junk": "[a]\n\tb = c\n=\n",
}


@pytest.mark.parametrize("name", CASES)
def test_a_file_reads_as_git_reads_it(name: str, tmp_path: Path) -> None:
    if name == "key without section":
        with pytest.raises(BadConfigError):  # Git accepts a key that nobody can ask for
            variables(CASES[name])
        return
    file = tmp_path / "config"
    file.write_bytes(CASES[name].encode())
    git = subprocess.run(["git", "config", "-z", "--list", "--file", file], capture_output=True, check=False)
    if git.returncode != 0:
        with pytest.raises(BadConfigError):
            variables(decode_config(CASES[name].encode()))
        return
    expected = []
    for record in git.stdout.decode().split("\0")[:-1]:
        key, newline, value = record.partition("\n")
        expected.append((key, value if newline else None))
    assert variables(decode_config(CASES[name].encode())) == expected


def test_an_error_names_the_file_and_the_line() -> None:
    with pytest.raises(BadConfigError, match=r"bad config line 4 in file /x/config") as caught:
        list(parse_config("[a]\n\tb = c\\\n  d\n  !e\n", "/x/config"))
    assert caught.value.code == "config-refused"


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
def test_what_is_quoted_reads_back(value: str) -> None:
    assert variables(f"[a]\n\tb = {quote_value(value)}\n\tc = d\n") == [("a.b", value), ("a.c", "d")]


@given(st.text(st.characters(exclude_characters="\0\n", exclude_categories=["Cs"])))
def test_a_quoted_header_reads_back(subsection: str) -> None:
    assert variables(f"{quote_header('A', subsection)}\n\tb = c\n") == [(f"a.{subsection}.b", "c")]


@given(st.binary(max_size=60))
def test_any_bytes_parse_or_are_refused(content: bytes) -> None:
    text = decode_config(content)
    assert encode_config(text) == content.removeprefix(b"\xef\xbb\xbf")
    try:
        list(parse_config(text, "test"))
    except BadConfigError:
        return


@settings(max_examples=40, deadline=None)
@given(value=st.text('ab"\\#; \n=', max_size=12))
def test_any_value_line_reads_as_git_reads_it(value: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    text = f"[a]\n\tb = {value}\n"
    git = subprocess.run(
        ["git", "config", "-z", "--list", "--file", "-"], input=text.encode(), capture_output=True, check=False
    )
    if git.returncode != 0:
        with pytest.raises(BadConfigError):
            variables(text)
    else:
        ours = "".join(key + ("" if found is None else f"\n{found}") + "\0" for key, found in variables(text))
        assert ours == git.stdout.decode()


@pytest.mark.parametrize(
    ("key", "canonical"),
    [("User.Name", "user.name"), ("remote.O.X.Url", "remote.O.X.url"), ("a.b c.d", "a.b c.d"), ("a..b", "a..b")],
)
def test_a_key_keeps_its_subsection_as_it_is(key: str, canonical: str) -> None:
    assert canonical_key(key) == canonical


@pytest.mark.parametrize("key", ["name", "a.", ".b", "a.1b", "a.b_c", "a b.c", "a.x\ny.b", "a.ä", ""])
def test_keys_that_git_refuses_are_refused(key: str) -> None:
    assert subprocess.run(["git", "config", key], capture_output=True, check=False).returncode != 0
    with pytest.raises(BadConfigError):
        canonical_key(key)


@pytest.mark.parametrize(
    "value", ["true", "YES", "on", "1", "-2", "false", "No", "off", "0", "", "1k", "2", "x", "0x10"]
)
def test_booleans_are_git_s(value: str) -> None:
    git = subprocess.run(
        ["git", "-c", f"a.b={value}", "config", "--bool", "a.b"], capture_output=True, check=False, text=True
    )
    if git.returncode:
        with pytest.raises(BadConfigError, match=r"a\.b"):
            parse_bool(value, "a.b")
    else:
        assert parse_bool(value, "a.b") is (git.stdout == "true\n")


@pytest.mark.parametrize(
    "value",
    ["0", "12", "-3", "+4", "1k", "2M", "3g", "0x1f", "010", " 7", "7 ", "k", "1kb", "1.5", "", "99999999999999999999"],
)
def test_integers_are_git_s(value: str) -> None:
    git = subprocess.run(
        ["git", "-c", f"a.b={value}", "config", "--int", "a.b"], capture_output=True, check=False, text=True
    )
    if git.returncode:
        with pytest.raises(BadConfigError, match=r"a\.b"):
            parse_int(value, "a.b")
    else:
        assert parse_int(value, "a.b") == int(git.stdout)


def test_a_file_full_of_escapes_takes_no_time() -> None:
    value = "\\\\" * 200_000
    assert variables(f"[a]\n\tb = {value}\n") == [("a.b", "\\" * 200_000)]
