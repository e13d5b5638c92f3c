"""The lines of history that ``dg log --graph`` draws beside the commits, as ``git log --graph`` does.

Each commit stands in a lane; a lane waits for the next commit of its line. Below a commit the strands that lead to its
parents, and all others, stand at some place on the screen and move left, row by row, until each has reached its lane.
"""

import enum
from collections.abc import Sequence
from dataclasses import dataclass, field

from datagit.ids import ObjectId


class _Row(enum.Enum):
    """What kind of row was written last, padding aside."""

    NONE = 0
    EXPANSION = 1
    COMMIT = 2
    MERGE = 3
    COLLAPSE = 4


class _Lean(enum.IntEnum):
    """Where the strand to a merge's first parent goes: to a lane on the left, or straight down."""

    LEFT = 0
    DOWN = 1


_EDGE = "/|\\"


@dataclass(slots=True)
class Graph:
    """Draws one history, commit by commit, children first."""

    _lanes: list[ObjectId] = field(default_factory=list)
    _before: list[ObjectId] = field(default_factory=list)
    _strands: dict[int, int] = field(default_factory=dict)  # place on the screen → lane below
    _settled: dict[int, int] = field(default_factory=dict)  # the same, as the last row of moving strands left it
    _parents: tuple[ObjectId, ...] = ()
    _oid: ObjectId | None = None
    _lane: int = 0
    _lane_of_last: int = 0
    _lean: _Lean = _Lean.LEFT
    _added: int = 0  # strands that come in to the right of the commit
    _added_by_last: int = 0
    _width: int = 0
    _expanded: int = 0
    _last: _Row = _Row.NONE
    _next: _Row = _Row.NONE

    def begin(self, oid: ObjectId, parents: Sequence[ObjectId]) -> None:
        """Take the next commit; parents are those that will be drawn. The rows of the one before must be finished."""
        self._oid, self._parents = oid, tuple(dict.fromkeys(parents))
        self._before, self._lanes = self._lanes, []
        self._lane_of_last, self._added_by_last = self._lane, self._added
        self._place_strands()
        self._expanded = 0
        self._next = _Row.EXPANSION if self._needs_room() else _Row.COMMIT

    @property
    def at_commit(self) -> bool:
        """Whether the next row is the commit's own; a merge with many parents may need others before it."""
        return self._next is _Row.COMMIT

    @property
    def finished(self) -> bool:
        """Whether only padding is left to draw for this commit."""
        return self._next is _Row.NONE

    def next_row(self, mark: str = "*") -> str:
        """Return the row to write next, as wide as all of this commit's; its own row has mark."""
        match self._next:
            case _Row.EXPANSION:
                text = self._expansion_row()
                self._last = _Row.EXPANSION
                self._expanded += 1
                self._next = _Row.EXPANSION if self._needs_room() else _Row.COMMIT
            case _Row.COMMIT:
                text = self._commit_row(mark)
                self._last = _Row.COMMIT
                self._next = _Row.MERGE if len(self._parents) > 1 else self._whether_settled()
            case _Row.MERGE:
                text = self._merge_row()
                self._last = _Row.MERGE
                self._next = self._whether_settled()
            case _Row.COLLAPSE:
                text = self._collapse_row()
                self._next = self._whether_settled()
                if self._next is _Row.NONE:
                    self._last = _Row.COLLAPSE
            case _:
                text = "| " * len(self._lanes)
        return self._padded(text)

    def row_before(self) -> str:
        """Return a row to stand between the commit before and this one, which has just begun."""
        if not self.at_commit:
            return self.next_row()
        self._last = _Row.NONE
        room = " " * max(1, 2 * len(self._parents) - 4)
        return self._padded("".join("|" + (room if waiting == self._oid else " ") for waiting in self._before))

    def _padded(self, text: str) -> str:
        return text.ljust(self._width)

    def _whether_settled(self) -> _Row:
        return _Row.NONE if all(place // 2 == lane for place, lane in self._strands.items()) else _Row.COLLAPSE

    def _place_strands(self) -> None:
        self._strands, self._width, self._added = {}, 0, 0
        seen = False
        for number, waiting in enumerate([*self._before, self._oid]):
            if number == len(self._before) and seen:
                break
            if waiting != self._oid:
                self._place_strand(self._lane_for(waiting))
                continue
            if seen:
                continue
            seen = True
            self._lane = number
            self._place_parents(number)

    def _lane_for(self, oid: ObjectId | None) -> int:
        if oid is None:
            message = "begin names the commit first"
            raise ValueError(message)
        if oid not in self._lanes:
            self._lanes.append(oid)
        return self._lanes.index(oid)

    def _place_parents(self, number: int) -> None:
        if not self._parents:
            self._width += 2
        for order, parent in enumerate(self._parents):
            lane = self._lane_for(parent)
            if order or len(self._parents) < 2:
                self._place_strand(lane)
                continue
            # a first parent that waits further left is reached by a strand that may start several places away
            distance = number - lane
            self._lean = _Lean.LEFT if distance > 0 else _Lean.DOWN
            self._added = len(self._parents) + self._lean - 2
            if self._lean is _Lean.LEFT:
                self._strands[self._width - (2 * distance - 3 if distance > 1 else 1)] = lane
            else:
                self._strands[self._width] = lane
                self._width += 2

    def _place_strand(self, lane: int) -> None:
        if self._added > 0 and self._strands.get(self._width - 2) == lane:
            # the last strand of a merge and the one beside it lead to the same commit: they join at once
            self._strands[self._width - 2] = lane
            self._added = -1
        else:
            self._strands[self._width] = lane
            self._width += 2

    @property
    def _dashes(self) -> int:
        """How many parents of a merge are too many to be drawn without a row of dashes."""
        return len(self._parents) + self._lean - 3 if len(self._parents) > 1 else 0

    def _needs_room(self) -> bool:
        return len(self._parents) > 2 and self._lane < len(self._before) - 1 and self._expanded < 2 * self._dashes

    def _expansion_row(self) -> str:
        """Push what is right of a merge with many parents aside."""
        text = ""
        for number, waiting in enumerate(self._before):
            if waiting == self._oid:
                text += "|" + " " * self._expanded
            elif number > self._lane and (self._expanded or self._came_from_merge(number)):
                text += "\\"
            else:
                text += "|"
            text += " "
        return text

    def _came_from_merge(self, number: int) -> bool:
        return self._last is _Row.MERGE and self._lane_of_last < number

    def _commit_row(self, mark: str) -> str:
        text = ""
        for number in range(max(len(self._before), self._lane + 1)):
            if number == self._lane:
                text += mark + ("-" * (2 * self._dashes - 1) + "." if self._dashes > 0 else "")
            elif number > self._lane and self._added > 0:
                slanted = self._added > 1 or (self._added_by_last > 0 and self._came_from_merge(number))
                text += "\\" if slanted else "|"
            else:
                text += "/" if self._still_moves(number) else "|"
            text += " "
        return text

    def _still_moves(self, number: int) -> bool:
        """Return whether a lane that has just come from the right goes on to the left below this commit."""
        return (
            self._last is _Row.COLLAPSE
            and self._settled.get(2 * number + 1) == number
            and self._strands.get(2 * number, -1) < number
        )

    def _merge_row(self) -> str:
        """Draw the strands from a merge to its parents."""
        text = ""
        first_is_left = False
        for number in range(max(len(self._before), self._lane + 1)):
            if number == self._lane:
                text += self._merge_edges()
            elif number > self._lane:
                text += "\\ " if self._added > 0 else "| "
            else:
                text += "|"
                if self._lean is _Lean.DOWN or number != self._lane - 1:
                    text += "_" if first_is_left else " "
            if number < len(self._before) and self._before[number] == self._parents[0]:
                first_is_left = True
        return text

    def _merge_edges(self) -> str:
        text, shape = "", int(self._lean)
        for order in range(len(self._parents)):
            text += _EDGE[shape]
            if shape < 2:
                shape += 1
            elif self._added > 0 or order < len(self._parents) - 1:
                text += " "
        return text if self._added else text + " "

    def _collapse_row(self) -> str:
        """Move every strand a place to the left that is not where it belongs, and one of them in one go."""
        moved: dict[int, int] = {}
        runner: int | None = None  # the place that the strand which runs came from
        goal = -1
        for place, lane in sorted(self._strands.items()):
            if place == 2 * lane:
                moved[place] = lane
                continue
            beside = moved.get(place - 1)
            if beside == lane:
                continue  # joins the strand beside it
            crosses = beside is not None
            moved[place - 2 if crosses else place - 1] = lane
            if runner is None:
                runner, goal = place - 1 if crosses else place, lane
                moved.update((run, lane) for run in range(2 * lane + 3, place - 2, 2))
        self._settled = dict(moved)
        return self._draw_moved(moved, -1 if runner is None else runner, goal)

    def _draw_moved(self, moved: dict[int, int], runner: int, goal: int) -> str:
        text, ran = "", False
        kept = dict(moved)
        for place in range(max(moved, default=-1) + 1):
            lane = moved.get(place)
            if lane is None:
                text += " "
            elif 2 * lane == place:
                text += "|"
            elif lane == goal and place != runner - 1:
                text += "_"
                ran = True
                if place != 2 * lane + 3:
                    del kept[place]
            else:
                text += "/"
                if ran and place < runner:
                    del kept[place]
        self._strands = kept
        return text
