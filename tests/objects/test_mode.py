import pytest

from datagit.objects.mode import Mode, git_mode


def test_modes_are_shown_as_git_shows_them() -> None:
    assert [git_mode(mode) for mode in Mode] == ["100644", "100755", "120000"]
    with pytest.raises(ValueError, match="3"):
        git_mode(3)
