"""Types the commands of the tutorial into a shell: a reader who does the same must see the same."""

from pathlib import Path

import pytest

from tests.console.test_sessions import matches, read_session, run_session

DOCS = Path(__file__).parents[2] / "docs"
PAGES = sorted((DOCS / "tutorial").glob("*.md"))


def test_there_is_a_tutorial() -> None:
    assert [page.stem for page in PAGES] == ["first-dataset"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_tutorial_shows_what_happens(page: Path, tmp_path: Path) -> None:
    steps = read_session(page.read_text())
    for step, shown in zip(steps, run_session(steps, tmp_path), strict=True):
        assert matches(step.shown, shown), f"{page.name}:{step.line}: $ {step.command}\n{shown}"
