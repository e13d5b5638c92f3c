import pytest

from datagit.config.settings import Level, Setting, Settings
from datagit.porcelain.upstream import Upstream, find_source, find_upstream


def settings(**values: str) -> Settings:
    return Settings(Setting(key.replace("_", "."), value, Level.REPOSITORY) for key, value in values.items())


FETCH = "+refs/heads/*:refs/remotes/origin/*"


@pytest.mark.parametrize(
    ("values", "ref"),
    [
        ({}, None),
        ({"branch_x_remote": "origin"}, None),
        ({"branch_x_merge": "refs/heads/main"}, None),
        ({"branch_x_remote": ".", "branch_x_merge": "refs/heads/main"}, "refs/heads/main"),
        ({"branch_x_remote": "origin", "branch_x_merge": "refs/heads/a/b"}, "refs/remotes/origin/a/b"),
        ({"branch_x_remote": "origin", "branch_x_merge": "refs/tags/v1"}, None),
        (
            {"branch_x_remote": "origin", "branch_x_merge": "refs/heads/main", "remote_origin_fetch": FETCH},
            "refs/remotes/origin/main",
        ),
        (
            {
                "branch_x_remote": "origin",
                "branch_x_merge": "refs/heads/ci/main/end",
                "remote_origin_fetch": "refs/heads/ci/*/end:refs/mirror/*",
            },
            "refs/mirror/main",
        ),
        (
            {
                "branch_x_remote": "origin",
                "branch_x_merge": "refs/heads/main",
                "remote_origin_fetch": "refs/heads/other:refs/remotes/origin/other",
            },
            None,
        ),
    ],
)
def test_a_branch_follows_what_its_settings_say(values: dict[str, str], ref: str | None) -> None:
    found = find_upstream(settings(**values), "x")
    assert (None if found is None else found.ref) == ref


def test_a_fetched_branch_is_traced_back_to_its_remote() -> None:
    known = settings(remote_origin_url="x", remote_origin_fetch=FETCH)
    ref = "refs/remotes/origin/a/b"
    assert find_source(known, ref) == Upstream("origin", "refs/heads/a/b", ref)
    assert find_source(known, "refs/remotes/other/a") is None
    assert find_source(known, "refs/heads/a") is None
