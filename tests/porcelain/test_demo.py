import csv
import json
import struct
import zlib
from pathlib import Path

import pytest

from datagit.porcelain.demo import (
    BOXES_FILE,
    FIRST,
    MORE,
    TABLE_FILE,
    DemoFolderError,
    draw_pictures,
    improve_labels,
    mend_table,
    open_demo_folder,
    write_first_import,
)
from datagit.porcelain.demo_pictures import COLOURS, SHAPES, SIDE

PNG_START = 8


def decode_png(content: bytes) -> list[bytes]:
    """Return the rows of an unfiltered 8-bit RGB picture, every checksum tested."""
    assert content[:PNG_START] == b"\x89PNG\r\n\x1a\n"
    at, pixels = PNG_START, b""
    while at < len(content):
        length, name = struct.unpack_from(">I4s", content, at)
        body = content[at + 8 : at + 8 + length]
        assert struct.unpack_from(">I", content, at + 8 + length)[0] == zlib.crc32(name + body)
        pixels += body if name == b"IDAT" else b""
        at += 12 + length
    raw, width = zlib.decompress(pixels), 3 * SIDE + 1
    rows = [raw[start : start + width] for start in range(0, len(raw), width)]
    assert all(row[0] == 0 for row in rows)
    return [row[1:] for row in rows]


def test_the_boxes_are_where_the_pixels_are() -> None:
    for one in draw_pictures(range(1, 40)):
        rows = decode_png(one.picture.png)
        assert len(rows) == SIDE
        for drawn in one.picture.drawn:
            left, top, width, height = drawn.box
            colour = bytes(COLOURS[drawn.colour])
            inside = [
                [rows[y][3 * x : 3 * x + 3] == colour for x in range(left, left + width)]
                for y in range(top, top + height)
            ]
            # tight: the colour touches each edge of the box, and nothing of it is left outside in this quarter
            assert any(inside[0])
            assert any(inside[-1])
            assert any(row[0] for row in inside)
            assert any(row[-1] for row in inside)


def test_the_same_numbers_give_the_same_pictures() -> None:
    assert draw_pictures(range(5, 9)) == draw_pictures(range(5, 9))
    assert len({one.picture.png for one in draw_pictures(FIRST)}) == len(FIRST)


def test_the_branch_corrects_labels_and_adds_pictures_with_boxes_and_rows(tmp_path: Path) -> None:
    write_first_import(tmp_path)
    first = json.loads((tmp_path / BOXES_FILE).read_text())
    assert len(list((tmp_path / "images").iterdir())) == len(first["images"]) == len(FIRST)

    improve_labels(tmp_path)
    better = json.loads((tmp_path / BOXES_FILE).read_text())
    truth = [
        (one.number, SHAPES.index(drawn.shape) + 1, list(drawn.box))
        for one in draw_pictures(range(FIRST[0], MORE[-1] + 1))
        for drawn in one.picture.drawn
    ]
    assert [(each["image_id"], each["category_id"], each["bbox"]) for each in better["annotations"]] == truth
    changed = [
        (old["category_id"], new["category_id"])
        for old, new in zip(first["annotations"], better["annotations"], strict=False)
        if old != new
    ]
    assert len(changed) > 3
    assert set(changed) == {(SHAPES.index("square") + 1, SHAPES.index("triangle") + 1)}


def test_mending_the_table_changes_the_misspelt_rows_alone(tmp_path: Path) -> None:
    write_first_import(tmp_path)
    before = list(csv.DictReader((tmp_path / TABLE_FILE).read_text().splitlines()))
    mend_table(tmp_path)
    after = list(csv.DictReader((tmp_path / TABLE_FILE).read_text().splitlines()))
    assert {row["split"] for row in after} == {"train", "test", "validation"}
    assert [row["file"] for row in before if row not in after] == [
        row["file"] for row in before if row["split"] == "trian"
    ]
    assert len(before) == len(after) == len(FIRST)


@pytest.mark.parametrize("name", ["full", "file", "link"])
def test_a_folder_that_is_not_new_is_refused_and_left_alone(tmp_path: Path, name: str) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").write_text("mine")
    (tmp_path / "file").write_text("mine")
    (tmp_path / "link").symlink_to("nowhere")
    with pytest.raises(DemoFolderError, match=name):
        open_demo_folder(tmp_path / name)
    assert not (tmp_path / "nowhere").exists()
