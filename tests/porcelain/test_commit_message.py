import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datagit.porcelain.commit_message import SCISSORS, Cleanup, add_trailers, clean_message, subject_of

TEXTS = st.lists(st.sampled_from(["", " ", "\t", "#c", " # no", "one", "two  ", "  three", "k: v"]), max_size=8).map(
    "\n".join
)


def git(*words: str, text: str) -> str:
    return subprocess.run(["git", *words], input=text.encode(), capture_output=True, check=True).stdout.decode()


@settings(max_examples=40, deadline=None)
@given(TEXTS)
def test_messages_are_cleaned_as_git_does(text: str) -> None:
    assert clean_message(text, Cleanup.WHITESPACE) == git("stripspace", text=text)
    assert clean_message(text, Cleanup.STRIP) == git("stripspace", "--strip-comments", text=text)


def test_nothing_below_the_scissors_is_part_of_a_message() -> None:
    text = f"why\n\n# On branch main\n{SCISSORS}\n# Do not\ndiff --git a/x b/x\n"
    assert clean_message(text, Cleanup.STRIP) == "why\n"
    assert SCISSORS in clean_message(text, Cleanup.WHITESPACE)


@pytest.mark.parametrize(
    "message",
    [
        "subject\n",
        "subject\n\nbody\n",
        "subject\n\nSigned-off-by: A <a@b>\n",
        "subject\n\nbody\n\nTask: D-17\nTested: yes\n",
        "subject: with colon\n",
        "subject\n\nTask: D-17\nno trailer\n",
        "subject\n\nSigned-off-by: A <a@b>\nno trailer\nnor this\n",
        "subject\n\nTask: D-17\n continued\n",
        "subject\n\nk: v\n",
    ],
    ids=range(9),
)
@pytest.mark.parametrize(
    "trailers",
    [["k=v"], ["k: v"], ["k:v", "k=v"], ["Signed-off-by: A <a@b>", "k= v w "], ["k=v", "l=w", "k=v"]],
    ids=range(5),
)
def test_trailers_are_added_as_git_does(message: str, trailers: list[str]) -> None:
    words = [word for trailer in trailers for word in ("--trailer", trailer)]
    assert add_trailers(message, trailers) == git("interpret-trailers", *words, text=message)


def test_the_subject_is_the_first_paragraph() -> None:
    assert subject_of("one\ntwo \n\nthree\n") == "one two"
    assert subject_of("") == ""
    assert subject_of("\n\nlate\n") == "late"
