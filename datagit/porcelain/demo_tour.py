"""The tour through the demo's dataset: what is said, what is typed, and what happens to the files in between."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from datagit.porcelain.demo import BOXES_FILE, TABLE_FILE, improve_labels, mend_table, write_first_import


@dataclass(frozen=True, slots=True)
class Step:
    """One stop of the tour.

    Attributes:
        say: what the reader should know before the command.
        argv: the command line after ``dg``; empty if the step only changes files.
        edit: changes the files before the command runs.
    """

    say: str
    argv: tuple[str, ...] = ()
    edit: Callable[[Path], None] | None = None


TOUR = (
    Step(
        "300 PNG files of coloured shapes, their boxes as COCO, a table of splits as CSV: make a repository of them.",
        ("init",),
        write_first_import,
    ),
    Step("Stage everything. Each file is hashed once, and many small files share one pack.", ("add", ".")),
    Step("Record the first version.", ("commit", "-q", "-m", "First import from the annotators")),
    Step(
        "A reviewer found triangles labelled as squares, and has 12 new pictures from the night: work for a branch.",
        ("switch", "-c", "better-labels"),
    ),
    Step("The files have changed meanwhile; see how.", ("status",), improve_labels),
    Step("Stage and record it.", ("add", ".")),
    Step("", ("commit", "-q", "-m", "Correct triangles, add 12 pictures")),
    Step("What did the branch change in the label files?", ("diff", "--stat", "main", "--", BOXES_FILE, TABLE_FILE)),
    Step("Back to main: the files follow, and the new pictures leave.", ("switch", "main")),
    Step("Somebody else mends the misspelt splits of the table.", ("diff", "-U0", TABLE_FILE), mend_table),
    Step("", ("commit", "-q", "-a", "-m", "Spell train right")),
    Step("Both changed the same table, each in other rows. Join them.", ("merge", "better-labels")),
    Step("Nothing is lost: both lines of work are in the history and in the files.", ("log", "--graph", "--oneline")),
    Step("", ("status",)),
)

SUGGESTIONS = (
    (f"dg log -p -- {TABLE_FILE}", "every change of the table"),
    ("dg diff --stat HEAD~1", "what the merge brought to main"),
    ("rm -r images && dg restore .", "lose the pictures, and get them back"),
    ("dg switch -c mine", "a branch of your own to try things on"),
    ("dg COMMAND --help", "what a command does, with examples"),
)
