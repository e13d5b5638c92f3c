import re
import sys
import unicodedata

import pytest

from datagit.objects.path import RESERVED, PathInvalidError, check_path, is_reserved_name, show_path

# reliability: hostile corpus H1 and H2
INVALID = [
    b"", b".", b"..", b"a/../b", b"./a", b"a/.", b"/abs", b"//x", b"a//b", b"a/", b"a\0b", b"\xff\xfe", b"\xc0\xaf",
    b"a\xed\xa0\x80", b"n" * 256, b"a/" + b"n" * 256 + b"/b", b"/".join([b"n" * 100] * 41), b"/".join([b"d"] * 10_000),
]  # fmt: skip
RESERVED_PATHS = [
    ".dg", ".dg/config", ".DG/x", ".dg./x", ".dg /x", ".d\u200cg/x", ".dg\ufeff", ".dg::$INDEX_ALLOCATION/x",
    "a\\.dg\\config", "dg~1", "GIT~1/config", ".git/hooks/post-checkout", ".GiT/x", ".g\u0131t", "x/.git", "x/.git . .",
    "x/.git:y/z", "git~12", "\u200e.git", ".git\u200c. \u200c", "dg~1\u200d0", "a/.g\u206fit\\b",
]  # fmt: skip
VALID = [
    "a", "a/b", ".dgignore", ".gitignore", "git", "dg", "x.git", "..git", ".gitx", ".git x", "git~", "git~x", "a..b",
    "...", "a\\b", "CON", "aux.txt", "x:stream", "C:\\x", "\\\\srv\\s", "a\\..\\b", "a.", "a ", "새 폴더/사진.jpg",
    "digit/1.png", "x\n\r\x1b\u202e", "n" * 255, "/".join(["n" * 99] * 40), "dgx~1", ".digit", "\u200c",
]  # fmt: skip


@pytest.mark.parametrize("path", INVALID, ids=lambda path: f"{len(path)}-{path[:20]!r}")
def test_a_path_that_is_no_path_is_refused(path: bytes) -> None:
    with pytest.raises(PathInvalidError) as caught:
        check_path(path)
    assert caught.value.code == "path-invalid"


@pytest.mark.parametrize("path", RESERVED_PATHS, ids=repr)
def test_what_a_file_system_could_read_as_the_repository_is_refused(path: str) -> None:
    with pytest.raises(PathInvalidError, match="could read as"):
        check_path(path.encode())


@pytest.mark.parametrize("path", VALID, ids=lambda path: f"{len(path)}-{path[:20]!r}")
def test_everything_else_is_a_path(path: str) -> None:
    assert check_path(path.encode()) == path.encode()


def test_the_fast_pattern_is_the_rule_for_every_character_in_every_place() -> None:
    pattern = re.compile(RESERVED.replace("$", r"\Z"))
    """The pattern may find more: the rule has the last word."""
    wrong = []
    for code in range(sys.maxunicode + 1):
        if 0xD800 <= code < 0xE000 or code in (0x2F, 0x5C):
            continue
        c = chr(code)
        folded = unicodedata.normalize("NFC", c).casefold().upper()
        # a character that folds to anything else leaves that in the name, which then equals no reserved one
        if not set(folded) <= set(".DGIT~0123456789: ") and unicodedata.category(c) not in ("Cf", "Mn"):
            continue
        names = [c + ".git", "." + c + "git", ".g" + c + "t", ".gi" + c, c + "git", ".git" + c, c + "g", ".d" + c]
        names += ["dg~" + c, "dg" + c + "1", "g" + c + "t~1", "git~1" + c, "." + c + "g"]
        wrong += [name for name in names if is_reserved_name(name) and not pattern.search(name)]
    assert wrong == []


def test_paths_are_shown_escaped_and_cut() -> None:
    assert show_path(b"a\n\x1b\xff\xe2\x80\xaeb") == r"'a\n\x1b\xff\u202eb'"
    assert len(show_path(b"x" * 4096)) == 203
