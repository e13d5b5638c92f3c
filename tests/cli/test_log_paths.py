import random

import pytest

from tests.revision.twins import Spec, make_twins

COMMANDS = """
--format=%s -- a
--format=%s --all -- d
--graph --format=%s -- a
--graph --format=%s --all -- a d
--format=%s x..main -- b
--graph --format=%s ^x main -- b
--first-parent --format=%s -- a
--graph --first-parent --format=%s -- a
--topo-order --all --format=%s -- a
--oneline --merges -- a
--graph --merges --format=%s
--format=%s --name-status --all
"""


def random_history(chance: random.Random) -> list[Spec]:
    """Return up to 18 commits; merges take some files of each side, other commits change one of three files."""
    specs: list[Spec] = []
    time = 0
    for number in range(chance.randint(2, 18)):
        time += chance.randint(0, 3)
        count = min(number, chance.choice([0, 1, 1, 1, 1, 2, 2, 2, 3]))
        parents = list(dict.fromkeys(chance.randint(max(0, number - 4), number - 1) for _ in range(count)))
        files = dict(specs[parents[0]].files) if parents else {}
        for parent in parents[1:]:
            files |= {name: content for name, content in specs[parent].files.items() if chance.random() < 0.4}
        if chance.random() < 0.6:
            name = chance.choice(["a", "b", "d/c"])
            files[name] = b"%d\n" % chance.randint(0, 3)
            if chance.random() < 0.2:
                del files[name]
        specs.append(Spec(parents, time, f"c{number}\n", files))
    return specs


@pytest.mark.parametrize("seed", range(6))
def test_the_history_of_paths_is_simplified_as_git_simplifies_it(
    seed: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    chance = random.Random(seed)
    specs = random_history(chance)
    branches = {"main": len(specs) - 1, "x": chance.randrange(len(specs))}
    twins = make_twins(tmp_path_factory.mktemp("paths"), specs, branches)
    for words in COMMANDS.strip().split("\n"):
        here, there = twins.dg("log", *words.split()), twins.git("log", *words.split())
        assert here.code == there.code == 0, words
        assert twins.plain(here.out) == twins.plain(there.out), words
