"""Pictures for the demo: coloured shapes with their true boxes, drawn with nothing but the standard library."""

import math
import random
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

SIDE = 96
"""Width and height of a picture in pixels."""

CELL = SIDE // 2
SHAPES = ("circle", "square", "triangle")
COLOURS = {
    "red": (214, 64, 56),
    "green": (58, 158, 86),
    "blue": (52, 104, 204),
    "yellow": (232, 188, 48),
    "violet": (136, 72, 176),
}


class Box(NamedTuple):
    """The pixels that a shape covers, as COCO counts them: left, top, width, height."""

    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Drawn:
    """A shape as it stands in a picture."""

    shape: str
    colour: str
    box: Box


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG file and what is to be seen in it."""

    png: bytes
    drawn: tuple[Drawn, ...]


Span: TypeAlias = tuple[int, int, int]
"""A row and the columns from first up to, not including, last."""


def draw_picture(chance: random.Random) -> Picture:
    """Return a picture with one to four shapes, one in each quarter, so that none covers another."""
    canvas = [bytearray(draw_sky(chance.randrange(24), row)) for row in range(SIDE)]
    drawn = []
    for quarter in sorted(chance.sample(range(4), 1 + chance.randrange(4))):
        shape, colour = chance.choice(SHAPES), chance.choice(sorted(COLOURS))
        radius = 8 + chance.randrange(CELL // 2 - 9)
        slack = CELL - 2 * radius - 1
        left = CELL * (quarter % 2) + chance.randrange(slack + 1)
        top = CELL * (quarter // 2) + chance.randrange(slack + 1)
        spans = shape_spans(shape, left + radius, top + radius, radius)
        for row, first, last in spans:
            canvas[row][3 * first : 3 * last] = bytes(COLOURS[colour]) * (last - first)
        drawn.append(Drawn(shape, colour, box_of(spans)))
    return Picture(encode_png(canvas), tuple(drawn))


def draw_sky(grain: int, row: int) -> bytes:
    """Return one row of the background: light above, darker below, with a little grain."""
    light = 236 - row // 2 - grain // 8
    return bytes((light - 8, light - 2, light)) * SIDE


def shape_spans(shape: str, x: int, y: int, radius: int) -> Sequence[Span]:
    """Return the pixels of a shape around (x, y), row by row."""
    spans = []
    for row in range(-radius, radius + 1):
        match shape:
            case "circle":
                half = math.isqrt(radius * radius - row * row)
            case "square":
                half = radius
            case _:
                half = (row + radius) // 2
        spans.append((y + row, x - half, x + half + 1))
    return spans


def box_of(spans: Sequence[Span]) -> Box:
    """Return the smallest box around all pixels of the spans."""
    left, right = min(first for _, first, _ in spans), max(last for _, _, last in spans)
    top, bottom = spans[0][0], spans[-1][0] + 1
    return Box(left, top, right - left, bottom - top)


def encode_png(rows: Sequence[bytes | bytearray]) -> bytes:
    """Return an 8-bit RGB picture of these rows as a PNG file."""
    header = struct.pack(">IIBBBBB", len(rows[0]) // 3, len(rows), 8, 2, 0, 0, 0)
    pixels = b"".join(b"\0" + bytes(row) for row in rows)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(pixels, 6)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in chunks
    )
