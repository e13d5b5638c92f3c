import click
import pytest

from datagit.cli.arguments import DigitsOption, OptionalValueOption, sort_arguments
from datagit.errors import UsageError

PARAMS = (
    click.Option(["-m", "--message"], multiple=True),
    click.Option(["-a", "--all", "everything"], is_flag=True),
    click.Option(["--amend"], is_flag=True),
    click.Option(["-v", "--verbose"], count=True),
    click.Option(["--edit/--no-edit"], default=True),
    OptionalValueOption(["--porcelain"], bare="v1"),
    OptionalValueOption(["-u", "--untracked-files"], bare="all"),
    DigitsOption(["-n", "--max-count"], type=int),
    click.Argument(["paths"], nargs=-1),
)


@pytest.mark.parametrize(
    ("words", "options", "operands"),
    [
        (["-am", "text", "a"], ["-a", "-m", "text"], ["a"]),
        (["-amtext"], ["-a", "-m", "text"], []),
        (["-m", "", "-m", "-x"], ["-m", "", "-m", "-x"], []),
        (["--message", "--amend"], ["--message=--amend"], []),
        (["a", "--amend", "b"], ["--amend"], ["a", "b"]),
        (["--porcelain", "a"], ["--porcelain=v1"], ["a"]),
        (["--porc=v2"], ["--porcelain=v2"], []),
        (["-uno", "-u", "no"], ["-u", "no", "-u", "all"], ["no"]),
        (["-av"], ["-a", "-v"], []),
        (["-5"], ["-n", "5"], []),
        (["-a25"], ["-a", "-n", "25"], []),
        (["-n5", "--max-c=7"], ["-n", "5", "--max-count=7"], []),
        (["--no-e"], ["--no-edit"], []),
        (["--ed"], ["--edit"], []),
        (["-", "a"], [], ["-", "a"]),
        (["--mess=a=b"], ["--message=a=b"], []),
    ],
)
def test_words_are_sorted_as_git_sorts_them(words: list[str], options: list[str], operands: list[str]) -> None:
    found = sort_arguments(PARAMS, words)
    assert list(found.options) == options
    assert list(found.operands) == operands
    assert found.before_dashes is None


def test_nothing_after_the_dashes_is_an_option() -> None:
    found = sort_arguments(PARAMS, ["main", "-a", "--", "--amend", "--", "-x"])
    assert found.options == ("-a",)
    assert found.operands == ("main", "--amend", "--", "-x")
    assert found.before_dashes == 1


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("--nonsense", "unknown option `nonsense'"),
        ("-x", "unknown switch `x'"),
        ("-ax", "unknown switch `x'"),
        ("--message", "option `message' requires a value"),
        ("-m", "switch `m' requires a value"),
        ("--amend=yes", "option `amend' takes no value"),
        ("--a", "ambiguous option: a (could be --all or --amend)"),
    ],
)
def test_what_is_wrong_is_said_in_gits_words(word: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        sort_arguments(PARAMS, [word])
    assert caught.value.message == message


def test_a_typing_error_gets_the_closest_option_as_a_hint() -> None:
    with pytest.raises(UsageError) as caught:
        sort_arguments(PARAMS, ["--porclain"])
    assert caught.value.hint == "did you mean '--porcelain'?"
