"""A photograph for the demo, which is none: it is drawn, nobody is on it, and it says so."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw

SIZE: Final = (960, 640)
SHORE, BOARD = 420, (120, 90, 560, 330)
"""The height at which the floor begins, and the corners of the blackboard."""
WORDS: Final = "An invented photograph: a course at the lake school. Nobody is on it."
_WALL, _FLOOR, _WOOD, _SLATE, _CHALK, _INK = "#efe6d2", "#b99b72", "#7a5230", "#27413a", "#e8efe9", "#22303a"


def photograph() -> bytes:
    """Return the picture as PNG: a blackboard with a network on it, and desks with cables. The same bytes each time."""
    from PIL import Image, ImageDraw, ImageFont  # of the libraries that the demo alone needs

    image = Image.new("RGB", SIZE, _WALL)
    draw = ImageDraw.Draw(image)
    _draw_room(draw)
    _draw_network(draw)
    for left in (90, 370, 650):
        _draw_desk(draw, left)
    draw.rectangle((0, SIZE[1] - 44, *SIZE), fill=_INK)
    draw.text((20, SIZE[1] - 34), WORDS, fill="white", font=ImageFont.load_default(22))
    content = BytesIO()
    image.save(content, "PNG", optimize=True)
    return content.getvalue()


def _draw_room(draw: ImageDraw) -> None:
    """A floor, a blackboard, and a window with the lake and a mast behind it."""
    draw.rectangle((0, SHORE, *SIZE), fill=_FLOOR)
    left, top, right, bottom = BOARD
    draw.rectangle((left - 12, top - 12, right + 12, bottom + 12), fill=_WOOD)
    draw.rectangle(BOARD, fill=_SLATE)
    draw.rectangle((640, 90, 880, 330), fill="#9cc7e0", outline=_WOOD, width=10)
    draw.rectangle((650, 230, 870, 320), fill="#4b86a8")
    draw.line((800, 230, 800, 120), fill=_INK, width=5)
    for height in (130, 150, 170):
        draw.line((785, height, 815, height), fill=_INK, width=3)


def _draw_network(draw: ImageDraw) -> None:
    """Five villages that are connected, in chalk."""
    villages = ((190, 150), (330, 130), (480, 170), (260, 270), (430, 280))
    for first, second in ((0, 1), (1, 2), (1, 3), (3, 4), (2, 4), (0, 3)):
        draw.line((*villages[first], *villages[second]), fill=_CHALK, width=4)
    for across, down in villages:
        draw.ellipse((across - 16, down - 16, across + 16, down + 16), fill=_SLATE, outline=_CHALK, width=5)


def _draw_desk(draw: ImageDraw, left: int) -> None:
    """A desk with an instrument and its cable."""
    draw.rectangle((left, 470, left + 220, 490), fill=_WOOD)
    for leg in (left + 10, left + 198):
        draw.rectangle((leg, 490, leg + 12, 570), fill=_WOOD)
    draw.rectangle((left + 60, 430, left + 150, 470), fill=_INK)
    draw.rectangle((left + 68, 438, left + 112, 460), fill="#8fd19e")
    draw.arc((left + 130, 440, left + 200, 500), 180, 360, fill="#d2602f", width=5)
