import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from datagit.cli.identity import IdentityError, Role, clean_part, find_person
from datagit.config.settings import Settings


def find(folder: Path, environment: Mapping[str, str], configured: Mapping[str, str] | None = None) -> tuple[str, str]:
    variables = {"PATH": os.environ["PATH"], "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1", **environment}
    settings = Settings().with_values((configured or {}).items())
    return find_person(Role.AUTHOR, variables, settings, folder)


def test_each_place_yields_to_the_one_before_it(tmp_path: Path) -> None:
    (tmp_path / ".gitconfig").write_text("[user]\n\tname = From Git\n\temail = git@example.org\n")
    variables: dict[str, str] = {}
    configured: dict[str, str] = {}
    assert find(tmp_path, variables) == ("From Git", "git@example.org")
    variables |= {"GIT_AUTHOR_NAME": "From Variable", "GIT_AUTHOR_EMAIL": "variable@example.org"}
    assert find(tmp_path, variables) == ("From Variable", "variable@example.org")
    configured |= {"user.name": "From Config", "user.email": "config@example.org"}
    assert find(tmp_path, variables, configured) == ("From Config", "config@example.org")
    configured |= {"author.name": "From Author"}
    assert find(tmp_path, variables, configured) == ("From Author", "config@example.org")
    variables |= {"DG_AUTHOR_NAME": "For This Run"}
    assert find(tmp_path, variables, configured) == ("For This Run", "config@example.org")


def test_nobody_is_guessed(tmp_path: Path) -> None:
    with pytest.raises(IdentityError) as caught:
        find(tmp_path, {})
    assert caught.value.message == "please tell me who you are: no author name is set"
    assert "dg config --global user.email" in caught.value.hint


def test_a_name_without_a_letter_is_refused(tmp_path: Path) -> None:
    with pytest.raises(IdentityError, match="not allowed"):
        find(tmp_path, {"DG_AUTHOR_NAME": " <.> ", "DG_AUTHOR_EMAIL": "a@example.org"})


def test_what_a_signature_cannot_hold_is_dropped() -> None:
    assert clean_part(" Dr. <Ada>\n Writer, ") == "Dr. Ada Writer"
