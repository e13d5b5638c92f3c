from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datagit.ui.quote import Quoting, quote_path, safe_line, safe_text, unquote_path
from tests.invoke import git

ODD_NAMES = (
    b"plain.png",
    b"with space.png",
    b'double"quote',
    b"back\\slash",
    b"tab\tand\nnewline\r",
    b"\x01bell\x07\x08\x0b\x0c\x7f",
    "Grüße/猫.png".encode(),
    b"not-utf8-\xff\xfe",
)


@given(st.binary(min_size=1), st.sampled_from(Quoting))
def test_what_is_quoted_can_be_read_back(path: bytes, quoting: Quoting) -> None:
    quoted = quote_path(path, quoting)
    assert unquote_path(quoted) == path
    assert all(byte >= 0x20 for byte in quoted)


@pytest.mark.parametrize(("setting", "quoting"), [("true", Quoting.ALL), ("false", Quoting.ASCII_ONLY)])
def test_names_are_quoted_as_git_quotes_them(tmp_path: Path, setting: str, quoting: Quoting) -> None:
    git(tmp_path, "init", "-q")
    for name in ODD_NAMES:
        target = tmp_path / name.decode("utf-8", "surrogateescape")
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(b"")
    listed = git(tmp_path, "-c", f"core.quotePath={setting}", "ls-files", "-o").out.splitlines()
    assert sorted(listed) == sorted(quote_path(name, quoting) for name in ODD_NAMES)


@pytest.mark.parametrize("broken", [b'"', b'"open', b'"a\\"', b'"a\\q"', b'"a"b"'])
def test_broken_quotes_are_told(broken: bytes) -> None:
    with pytest.raises(ValueError, match="quoting"):
        unquote_path(broken)


def test_nothing_that_steers_a_terminal_gets_through() -> None:
    assert safe_text("a\x1b[2Jb\u202ec\x9bd\udcffe") == "a\\x1b[2Jb\\u202ec\\x9bd\\xffe"
    assert safe_text("keeps\ttabs and\nlines, Grüße, 猫") == "keeps\ttabs and\nlines, Grüße, 猫"
    assert safe_line("one\ntwo") == "one\\ntwo"
