"""Play random histories of branches, tags and switches in git and dg; all answers and lists must agree.

The long form is for the hand: ``python -m pytest -m slow tests/git/test_refs.py``.
"""

import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.cli.beside import begin

NAMES = ["main", "topic", "deep/er", "fix", "a..b"]
TAGS = ["v1", "v2", "deep/v3", "a:b"]  # never what a branch is called: Git's own answers about such names differ
STARTS = ["HEAD", "HEAD~1", "HEAD^2", "main", "topic", "fix~1", "v1", "v2^{}", "nope", "refs/heads/topic", "@{-1}"]
LISTS = [
    "branch -vv",
    "branch -v --sort=-committerdate",
    "tag -n",
    "branch --contains",
    "branch --merged",
    "tag --no-contains HEAD",
    "tag --format=%(refname)|%(objecttype)|%(*objecttype)|%(subject)",
    "branch --format=%(refname)|%(HEAD)|%(upstream)|%(upstream:track)|%(subject)",
    "branch --show-current",
]


def choose_line(chance: random.Random, number: int) -> Sequence[str]:
    name, other = chance.sample(NAMES, 2)
    tag, start = chance.choice(TAGS), chance.choice(STARTS)
    force = chance.choice(["", "-f"])
    lines = [
        f"branch {force} {name} {start}",
        f"branch {force} {name}",
        f"branch -t {name} {start}",
        f"branch {chance.choice(['-d', '-D', '-df'])} {name} {other}",
        f"branch {chance.choice(['-m', '-M', '-c', '-C'])} {name} {other}",
        f"branch {chance.choice(['-m', '-M', '-c'])} {name}",
        f"branch -u {start} {name}",
        f"branch -u {start}",
        f"branch --unset-upstream {name}",
        f"tag {force} {tag} {start}",
        f"tag {force} -m note{number} {tag} {start}",
        f"tag -d {tag} nope",
        f"switch -q {name}",
        f"switch -q -c {name} {start}",
        "switch -q -",
        f"checkout -q --detach {start}",
        f"checkout -q {start}",
        f"commit -q --allow-empty -m c{number}",
        f"commit -q --allow-empty -m d{number}",
    ]
    return chance.choice(lines).split()


def play(folder: Path, seed: int, steps: int) -> None:
    chance = random.Random(seed)
    beside = begin(folder)
    beside.commit("root")
    for number in range(steps):
        beside.both(*choose_line(chance, number))
        for line in chance.sample(LISTS, 2):
            beside.both(*line.split())
    for line in LISTS:
        beside.both(*line.split())


@pytest.mark.parametrize("seed", [1, 2])
def test_a_history_of_refs_is_told_alike(tmp_path: Path, seed: int) -> None:
    play(tmp_path, seed, 40)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 130))
def test_a_long_history_of_refs_is_told_alike(tmp_path: Path, seed: int) -> None:
    play(tmp_path, seed, 200)
