import pytest

from datagit.config.settings import Settings
from datagit.errors import InvalidInputError
from datagit.objects.memory import MemoryObjects
from datagit.porcelain.ref_fields import RefContext
from datagit.porcelain.ref_list import ListedRef, RefObjects
from datagit.ui.ref_format import RefWriter, display_width, first_lines, pad, parse_format, write_ref
from tests.store.places import oid

REF = ListedRef("refs/heads/a/b", oid(7))
CONTEXT = RefContext(RefObjects(MemoryObjects()), {REF.name: REF.oid}, "refs/heads/a/b", Settings())


def write(text: str, colour: str = "") -> str:
    return write_ref(parse_format(text), REF, RefWriter(CONTEXT, 0, lambda codes: f"<{codes}>" if colour else ""))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", ""),
        ("100%", "100%"),
        ("%% %41%7a%zz", "% Az%zz"),
        ("%(refname)", "refs/heads/a/b"),
        ("%(refname:short)|%(refname:lstrip=-1)|%(refname:rstrip=-2)|%(refname:strip=9)", "a/b|b|refs/heads|"),
        ("%(HEAD)%(if)%(HEAD)%(then)yes%(end)", "*yes"),
        ("%(if:equals=x)%(refname:short)%(then)x%(else)not x%(end)", "not x"),
        ("%(if)%(symref)%(then)a%(else)%(if)%(HEAD)%(then)b%(end)c%(end)", "bc"),
        ("[%(align:6,right)%(refname:short)%(end)]", "[   a/b]"),
        ("[%(align:width=6,position=middle)%(refname:short)%(end)]", "[ a/b  ]"),
        ("[%(align:2)%(refname:short)%(end)]", "[a/b]"),
        ("%(color:red)x%(color:reset)", "x"),
    ],
)
def test_fields_and_blocks(text: str, line: str) -> None:
    assert write(text) == line


def test_colours_are_ended_with_the_line() -> None:
    assert write("%(color:bold red)x", colour="on") == "<1;31>x<>"
    assert write("%(color:green)x%(color:reset)y", colour="on") == "<32>x<>y"


@pytest.mark.parametrize(
    "text",
    [
        "%(nope)",
        "%(refname",
        "%(refname:sideways)",
        "%(if)x",
        "%(if)x%(end)",
        "%(then)",
        "%(else)",
        "%(end)",
        "%(if)a%(else)b%(end)",
        "%(align:5)x",
        "%(align:wide)x%(end)",
        "%(color:mauve)",
    ],
)
def test_what_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError):
        write(text)


def test_columns_count_what_a_terminal_shows() -> None:
    assert [display_width(text) for text in ("abc", "画像", "e\u0301", "")] == [3, 4, 1, 0]
    assert pad("画", 4) == "画  "
    assert pad("abcdef", 4) == "abcdef"


def test_later_lines_of_a_message_are_indented() -> None:
    assert first_lines("\n\none\n\ntwo\nthree\n", 3) == "one\n    \n    two"
    assert first_lines("one\n", 9) == "one"
