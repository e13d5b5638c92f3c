from datagit.store.log import read_refs
from datagit.store.reflog import left_heads, ref_moves
from tests.store.places import MAIN, Place, move, oid, place_in_memory

SIDE = "refs/heads/side"


def moves(place: Place, name: str) -> list[tuple[int, int, str]]:
    """Return (old, new, op) of each move, newest first; 0 is none."""
    return [
        (int.from_bytes(each.old or b"", "big"), int.from_bytes(each.new, "big"), each.entry.op)
        for each in ref_moves(place, read_refs(place), name)
    ]


def a_day() -> Place:
    place = place_in_memory()
    move(place, [], op="init", head=MAIN)
    move(place, [(MAIN, None, 1)], op="commit (initial): one")
    move(place, [(MAIN, 1, 2)], op="commit: two")
    move(place, [(SIDE, None, 1)], op="switch: moving from main to side", head=SIDE)
    move(place, [(SIDE, 1, 3)], op="commit: three")
    move(place, [(MAIN, 2, 9)], op="branch: Reset to 9")
    move(place, [], op="checkout: moving from side to 00", head=oid(1).hex())
    move(place, [], op="commit: four", head=oid(4).hex())
    move(place, [], op="switch: moving from 00 to main", head=MAIN)
    return place


def test_a_ref_has_its_own_moves() -> None:
    place = a_day()
    assert moves(place, MAIN) == [
        (2, 9, "branch: Reset to 9"),
        (1, 2, "commit: two"),
        (0, 1, "commit (initial): one"),
    ]
    assert moves(place, SIDE) == [(1, 3, "commit: three"), (0, 1, "switch: moving from main to side")]
    assert moves(place, "refs/heads/none") == []


def test_head_moves_with_its_branch_and_with_every_switch() -> None:
    assert moves(a_day(), "HEAD") == [
        (4, 9, "switch: moving from 00 to main"),
        (1, 4, "commit: four"),
        (3, 1, "checkout: moving from side to 00"),
        (1, 3, "commit: three"),
        (2, 1, "switch: moving from main to side"),
        (1, 2, "commit: two"),
        (0, 1, "commit (initial): one"),
    ]


def test_head_comes_lazily_while_nothing_is_switched() -> None:
    place = place_in_memory()
    for number in range(20):
        move(place, [(MAIN, number or None, number + 1)])
    refs = read_refs(place)
    place.storage.delete("log/0000000003.json")
    stream = ref_moves(place, refs, "HEAD")
    assert [next(stream).new for _ in range(3)] == [oid(20), oid(19), oid(18)]


def test_what_was_left_by_switching() -> None:
    place = a_day()
    assert list(left_heads(place, read_refs(place))) == [oid(4).hex(), SIDE, MAIN]


def test_moves_end_with_the_life_of_a_branch_and_follow_it_to_its_old_name() -> None:
    place = place_in_memory()
    move(place, [(SIDE, None, 1)], op="branch: Created from main")
    move(place, [(SIDE, 1, None)], op="branch: deleted side")
    move(place, [(SIDE, None, 2)], op="branch: Created from main")
    move(place, [(SIDE, 2, 3)], op="commit: x")
    move(place, [(SIDE, 3, None), ("refs/heads/new", None, 3)], op="branch: renamed refs/heads/side to refs/heads/new")
    assert moves(place, SIDE) == []
    assert moves(place, "refs/heads/new") == [
        (3, 3, "branch: renamed refs/heads/side to refs/heads/new"),
        (2, 3, "commit: x"),
        (0, 2, "branch: Created from main"),
    ]
