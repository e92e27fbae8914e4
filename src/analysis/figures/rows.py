"""Charts whose rows have a name: labels on the left on a page, above the marks on a phone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.transforms import Bbox

from analysis.figures import style
from analysis.figures.colours import GRID, INK, PAPER, QUIET
from analysis.figures.sheet import EDGE, Sheet
from analysis.figures.svg import HIT

Place = tuple[float, float, float]  # left edge, middle, and the room or the distance of marks
PITCH = 16.0  # pixels from mark to mark


@dataclass(frozen=True)
class Scale:
    """A linear scale of values between two edges of the sheet (pixels)."""

    low: float
    high: float
    left: float
    right: float

    def __call__(self, value: float) -> float:
        """Return where a value stands on the sheet."""
        return self.left + (value - self.low) / ((self.high - self.low) or 1) * (self.right - self.left)


@dataclass(frozen=True)
class Sign:
    """How a mark looks: its shape, filled or hollow, ringed or not, its colour."""

    marker: str = "o"
    filled: bool = True
    ringed: bool = False
    colour: str = INK


def gutter(sheet: Sheet, labels: Iterable[str], *, share: float = 0.34, small: bool = False) -> float:
    """Pixels that the labels of rows take on the left; 0 where they stand above their marks.

    On a phone only the shortest of labels stand on the left, and those of a small chart.
    """
    wide = style.widest([*labels]) + EDGE + 18
    if sheet.narrow and not small and wide > sheet.width * 0.25:
        return 0.0
    return min(wide, sheet.width * share)


def place_row(sheet: Sheet, label: str, left: float, *, height: float = 26, colour: str = INK) -> float:
    """Write the label of the next row, in at most three lines, and return the middle of its marks.

    `left` is the gutter: with 0 the label stands above the marks.
    """
    width = left - EDGE - 12 if left else sheet.width - 2 * EDGE
    lines = style.balanced(label, width)  # of about the same length
    lines = lines if len(lines) <= 3 else style.wrap(label, width, max_lines=3)
    top, high = sheet.top, len(lines) * style.line_height()
    band = max(height, high + 8) if left else max(22.0, high + 6)
    sheet.middle(EDGE, top + band / 2, lines, colour=colour)
    sheet.top = top + band if left else top + band + height
    return top + band / 2 if left else top + band + height / 2 - 2


def rule(sheet: Sheet) -> None:
    """A faint line across the sheet."""
    sheet.line((EDGE, sheet.top), (sheet.width - EDGE, sheet.top), colour=GRID, zorder=0.2)


def heading(sheet: Sheet, label: str, colour: str = "", *, size: float = style.BODY) -> None:
    """The name of a group of rows, with the colour of its region where it has one."""
    room = sheet.width - 2 * EDGE
    sheet.top = sheet.named((EDGE, sheet.top), label, colour, room=room, max_lines=2, size=size) + 2


def draw_sign(sheet: Sheet, x: float, y: float, sign: Sign, size: float = 10) -> None:
    """Draw one mark, centred."""
    if sign.ringed:
        sheet.mark(x, y, "o", size + 3, PAPER, sign.colour)
        size -= 3
    sheet.mark(x, y, sign.marker, size, sign.colour if sign.filled else PAPER, sign.colour)


def draw_cell(
    sheet: Sheet,
    place: Place,
    signs: Sequence[Sign],
    to: tuple[Sequence[str], str],
    title: str,
    of: list[str],
) -> None:
    """Draw marks side by side from x at height y, or each kind once with its number where they have no room.

    `place` is x, y and the room. They lead to their only record, else to the item of the figure in words:
    `to` is the records (`table/id`) and the item's id.
    """
    left, y, room = place
    records, item = to
    counted = len(signs) * PITCH > room
    x = left
    for sign in dict.fromkeys(signs) if counted else signs:
        draw_sign(sheet, x + PITCH / 2, y, sign)
        x += PITCH
        if counted:
            number = str(signs.count(sign))
            sheet.middle(x, y, number)
            x += style.text_width(number) + 6
    address = f"record:{records[0]}" if len(records) == 1 else f"#{item}"
    sheet.link_row(address, title, (left, x), y, of)


def link_units(sheet: Sheet, place: Place, units: Sequence[tuple[str, str]], group: tuple[str, str]) -> None:
    """Lead each square of a row to its record, or the row to its `group` where squares are too narrow to hit.

    `place` is where the row starts, its middle and the distance of its squares; `units` are the record
    (`table/id`) and title of each square, `group` the address and title of them all.
    """
    x, y, pitch = place
    if pitch < HIT and units:
        sheet.link(*group, (x, y - HIT / 2, x + len(units) * pitch, y + HIT / 2))
    for n, (key, title) in enumerate(units if pitch >= HIT else []):
        left = x + n * pitch - 3
        sheet.link_record(key, title, (left, left + HIT), y)


def draw_signs_key(sheet: Sheet, entries: Sequence[tuple[Sign, str]]) -> None:
    """Explain marks, in one row or more."""
    labels = [style.wrap(label, sheet.width - EDGE - 24, max_lines=1)[0] for _, label in entries]
    for (x, y), (sign, _) in zip(sheet.key(labels, 20, 16, 20), entries, strict=True):
        draw_sign(sheet, x + 7, y + 9, sign)
    sheet.top += 4 if entries else 0


def draw_heads(sheet: Sheet, heads: Sequence[tuple[float, Sequence[str]]], align: str = "left") -> None:
    """Write the names of columns (where each stands, its lines) so that all end at one height."""
    bottom = sheet.top + max((len(lines) for _, lines in heads), default=1) * style.line_height()
    for x, lines in heads:
        sheet.text(x, bottom - len(lines) * style.line_height(), lines, align=align, colour=QUIET)
    sheet.top = bottom + 4
    rule(sheet)


def panel(
    sheet: Sheet, scale: Scale, top: float, bottom: float, ticks: Sequence[float] | None = None
) -> Axes:
    """Axes of matplotlib on a part of the sheet: x in the scale's values, y in the sheet's pixels."""
    axes = sheet.figure.add_axes((0, 0, 1, 1), zorder=10)  # over everything on the sheet

    def place(_axes: object, _renderer: object) -> Bbox:  # the sheet's height is known in the end
        width, height = sheet.figure.get_size_inches() * style.PX
        return Bbox([[scale.left / width, 1 - bottom / height], [scale.right / width, 1 - top / height]])

    axes.set_axes_locator(place)
    axes.set(xlim=(scale.low, scale.high), ylim=(bottom, top))
    axes.set_yticks([])
    axes.patch.set_alpha(0)
    axes.spines[:].set_visible(False)
    axes.tick_params(axis="x", length=0, labelsize=style.points(style.SMALL), labelcolor=QUIET, pad=3)
    axes.grid(axis="x", color=GRID, linewidth=style.points(1))
    axes.set_axisbelow(True)
    if ticks is not None:
        axes.set_xticks(ticks)
    return axes


def free(tries: Iterable[Bbox], within: Bbox, taken: Sequence[Bbox]) -> Bbox | None:
    """The first place inside a part of the sheet where nothing stands; None where there is none."""
    inside = (t for t in tries if within.contains(t.x0, t.y0) and within.contains(t.x1, t.y1))
    return next((place for place in inside if not place.count_overlaps(taken)), None)


def note(sheet: Sheet, text: str, *, after: float = 4) -> None:
    """A remark under a chart, and so many pixels of nothing after it."""
    sheet.top = sheet.text(EDGE, sheet.top, style.wrap(text, sheet.width - 2 * EDGE), colour=QUIET) + after
