"""The demo's dataset and its story: a first import, better labels and new pictures on a branch, a mended table on main.

It writes only the working files; the commands between are the reader's own, run by ``cli/demo.py``.
"""

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from datagit.errors import RefusedError
from datagit.porcelain.demo_pictures import SHAPES, SIDE, Drawn, Picture, draw_picture

SEED = 20
FIRST = range(1, 301)
"""Numbers of the pictures of the first import."""

MORE = range(301, 313)
SLIPS = 40
"""Every so manyth triangle was first labelled a square."""

BOXES_FILE = "annotations/instances.json"
TABLE_FILE = "pictures.csv"


class DemoFolderError(RefusedError):
    """The demo wants a folder of its own."""

    code = "files-in-the-way"

    def __init__(self, folder: Path) -> None:
        super().__init__(f"'{folder}' is not an empty folder", hint="name a new one: dg demo my-demo")


@dataclass(frozen=True, slots=True)
class Labelled:
    """A picture in the dataset: its number, file and what is drawn in it."""

    number: int
    picture: Picture

    @property
    def name(self) -> str:
        folder = "images" if self.number in FIRST else "images/night"
        return f"{folder}/{self.number:04}.png"


def open_demo_folder(folder: Path) -> None:
    """Make the folder, or accept it if it is empty.

    Raises:
        DemoFolderError: something is there already; nothing was touched.
    """
    if folder.is_symlink() or (folder.exists() and (not folder.is_dir() or any(folder.iterdir()))):
        raise DemoFolderError(folder)
    folder.mkdir(parents=True, exist_ok=True)


def draw_pictures(numbers: range) -> tuple[Labelled, ...]:
    """Return the pictures of these numbers, the same ones each time."""
    chances = ((number, random.Random(SEED * 1000 + number)) for number in numbers)  # noqa: S311 -- pictures, no secrets
    return tuple(Labelled(number, draw_picture(chance)) for number, chance in chances)


def write_first_import(folder: Path) -> None:
    """Write the dataset as it came from the annotators: some triangles are called squares, some rows say 'trian'."""
    pictures = draw_pictures(FIRST)
    write_pictures(folder, pictures)
    write_boxes(folder, pictures, slips=SLIPS)
    write_table(folder, [table_row(one, misspelt(split_of(one.number), one.number)) for one in pictures])


def improve_labels(folder: Path) -> None:
    """Correct the shapes that were labelled wrongly and add new pictures with their boxes and rows."""
    more = draw_pictures(MORE)
    write_pictures(folder, more)
    write_boxes(folder, (*draw_pictures(FIRST), *more), slips=0)
    with (folder / TABLE_FILE).open("a", encoding="utf-8", newline="") as table:
        table.writelines(f"{table_row(one, split_of(one.number))}\n" for one in more)


def mend_table(folder: Path) -> None:
    """Correct the spelling in the table of pictures."""
    table = folder / TABLE_FILE
    table.write_bytes(table.read_bytes().replace(b",trian,", b",train,"))


def write_pictures(folder: Path, pictures: Sequence[Labelled]) -> None:
    """Write the PNG files."""
    for one in pictures:
        (folder / one.name).parent.mkdir(parents=True, exist_ok=True)
        (folder / one.name).write_bytes(one.picture.png)


def write_boxes(folder: Path, pictures: Sequence[Labelled], *, slips: int) -> None:
    """Write the boxes as COCO, a line for each record, so that a diff shows which one changed."""
    images = [{"id": one.number, "file_name": one.name, "width": SIDE, "height": SIDE} for one in pictures]
    boxes = [record for one in pictures for record in box_records(one, slips)]
    categories = [{"id": number, "name": shape} for number, shape in enumerate(SHAPES, 1)]
    target = folder / BOXES_FILE
    target.parent.mkdir(exist_ok=True)
    target.write_text(
        encode_lines({"images": images, "annotations": boxes, "categories": categories}), encoding="utf-8"
    )


def box_records(one: Labelled, slips: int) -> list[Mapping[str, object]]:
    """Return COCO's annotations of a picture; slips above 0 calls every so manyth triangle a square."""
    records: list[Mapping[str, object]] = []
    for place, drawn in enumerate(one.picture.drawn, 1):
        number = 10 * one.number + place
        shape = "square" if slips and drawn.shape == "triangle" and number % slips == 1 else drawn.shape
        box = drawn.box
        records.append(
            {
                "id": number,
                "image_id": one.number,
                "category_id": SHAPES.index(shape) + 1,
                "bbox": list(box),
                "area": box.width * box.height,
                "iscrowd": 0,
            }
        )
    return records


def encode_lines(sections: Mapping[str, Sequence[Mapping[str, object]]]) -> str:
    """Return a JSON object of lists with one line for each record."""
    lists = (
        f'"{name}": [\n' + ",\n".join(f"  {json.dumps(record)}" for record in records) + "\n]"
        for name, records in sections.items()
    )
    return "{\n" + ",\n".join(lists) + "\n}\n"


def write_table(folder: Path, rows: Sequence[str]) -> None:
    """Write the table of pictures, header first."""
    header = "file,split,shapes,colours"
    (folder / TABLE_FILE).write_text("".join(f"{row}\n" for row in (header, *rows)), encoding="utf-8")


def table_row(one: Labelled, split: str) -> str:
    """Return the row of a picture, without a newline."""
    drawn: Sequence[Drawn] = one.picture.drawn
    return f"{one.name},{split},{len(drawn)},{' '.join(sorted({each.colour for each in drawn}))}"


def split_of(number: int) -> str:
    """Return which part of the dataset a picture belongs to: one in ten is for testing, one for validation."""
    return {0: "test", 5: "validation"}.get(number % 10, "train")


def misspelt(split: str, number: int) -> str:
    """Return the split as a hasty hand wrote it."""
    return split.replace("train", "trian") if number % 50 == 7 else split
