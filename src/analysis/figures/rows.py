"""Charts whose rows have a name: labels on the left on a page, above the marks on a phone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.transforms import Bbox

from analysis.figures import style
from analysis.figures.colours import GRID, INK, PAPER, QUIET
from analysis.figures.sheet import EDGE, Sheet
from analysis.figures.style import BODY, SMALL
from analysis.figures.svg import HIT

SMALL_WIDE = 480  # pixels that a small chart is wide at most


@dataclass(frozen=True)
class Row:
    """Where a row stands on the sheet; `y` is the middle of its marks."""

    top: float
    y: float
    bottom: float


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


def sheet_of(width: int, *, small: bool = False) -> Sheet:
    """A sheet of that width; a small chart is never wider than SMALL_WIDE."""
    return Sheet(min(width, SMALL_WIDE) if small else width)


def gutter(sheet: Sheet, labels: Iterable[str], *, share: float = 0.34, small: bool = False) -> float:
    """Pixels that the labels of rows take on the left; 0 where they stand above their marks.

    On a phone only the shortest of labels stand on the left, and those of a small chart.
    """
    wide = style.widest([*labels]) + EDGE + 18
    if sheet.narrow and not small and wide > sheet.width * 0.25:
        return 0.0
    return min(wide, sheet.width * share)


def place_row(sheet: Sheet, label: str, left: float, *, height: float = 26, colour: str = INK) -> Row:
    """Write the label of the next row, in at most three lines, and say where its marks go.

    `left` is the gutter: with 0 the label stands above the marks.
    """
    top = sheet.top
    if left:
        lines = _lines(label, left - EDGE - 12)
        height = max(height, len(lines) * style.line_height() + 8)
        sheet.middle(EDGE, top + height / 2, lines, colour=colour)
        row = Row(top, top + height / 2, top + height)
    else:
        lines = _lines(label, sheet.width - 2 * EDGE)
        band = max(22.0, len(lines) * style.line_height() + 6)
        sheet.middle(EDGE, top + band / 2, lines, colour=colour)
        row = Row(top, top + band + height / 2 - 2, top + band + height)
    sheet.top = row.bottom
    return row


def _lines(label: str, width: float) -> list[str]:
    """A label in at most three lines of about the same length."""
    lines = style.balanced(label, width)
    return lines if len(lines) <= 3 else style.wrap(label, width, max_lines=3)


def rule(sheet: Sheet, y: float | None = None) -> None:
    """A faint line across the sheet."""
    y = sheet.top if y is None else y
    sheet.line((EDGE, y), (sheet.width - EDGE, y), colour=GRID, zorder=0.2)


def heading(sheet: Sheet, label: str, colour: str = "", *, size: float = BODY) -> None:
    """The name of a group of rows, with the colour of its region where it has one."""
    room = sheet.width - 2 * EDGE
    sheet.top = sheet.named((EDGE, sheet.top), label, colour, room=room, max_lines=2, size=size) + 2


def draw_sign(sheet: Sheet, x: float, y: float, sign: Sign, size: float = 10) -> None:
    """Draw one mark, centred."""
    if sign.ringed:
        sheet.mark(x, y, "o", size + 3, PAPER, sign.colour)
        size -= 3
    sheet.mark(x, y, sign.marker, size, sign.colour if sign.filled else PAPER, sign.colour)


def draw_signs(
    sheet: Sheet, x: float, y: float, signs: Sequence[Sign], *, room: float, pitch: float = 16
) -> float:
    """Draw marks side by side from x, or each kind once with its number where they have no room.

    Returns the right edge of what was drawn.
    """
    if len(signs) * pitch <= room:
        for n, sign in enumerate(signs):
            draw_sign(sheet, x + (n + 0.5) * pitch, y, sign)
        return x + len(signs) * pitch
    for sign in dict.fromkeys(signs):
        number = str(signs.count(sign))
        draw_sign(sheet, x + pitch / 2, y, sign)
        sheet.middle(x + pitch, y, number)
        x += pitch + style.text_width(number) + 6
    return x


def link_units(
    sheet: Sheet, place: tuple[float, float, float], units: Sequence[tuple[str, str]], group: tuple[str, str]
) -> None:
    """Lead each square of a row to its record, or the row to its `group` where squares are too narrow to hit.

    `place` is where the row starts, its middle and the distance of its squares; `units` are the record
    (`table/id`) and title of each square, `group` the address and title of them all.
    """
    x, y, pitch = place
    if pitch < HIT and units:
        sheet.link(*group, (x, y - HIT / 2, x + len(units) * pitch, y + HIT / 2))
    for n, (key, title) in enumerate(units if pitch >= HIT else []):
        left = x + n * pitch - 3
        sheet.link_row(f"record:{key}", title, (left, left + HIT), y, [key])


def draw_signs_key(sheet: Sheet, entries: Sequence[tuple[Sign, str]]) -> None:
    """Explain marks, in one row or more."""

    def sample(sign: Sign) -> Callable[[float, float], None]:
        return lambda x, y: draw_sign(sheet, x + 7, y + 9, sign)

    labels = [style.wrap(label, sheet.width - EDGE - 24, max_lines=1)[0] for _, label in entries]
    sheet.key(zip([sample(sign) for sign, _ in entries], labels, strict=True), 20, 16, 20)
    sheet.top += 4 if entries else 0


def panel(sheet: Sheet, scale: Scale, top: float, bottom: float) -> Axes:
    """Axes of matplotlib on a part of the sheet: x in the scale's values, y in the sheet's pixels."""
    axes = sheet.figure.add_axes((0, 0, 1, 1))

    def place(_axes: object, _renderer: object) -> Bbox:  # the sheet's height is known in the end
        width, height = sheet.figure.get_size_inches() * style.PX
        return Bbox([[scale.left / width, 1 - bottom / height], [scale.right / width, 1 - top / height]])

    axes.set_axes_locator(place)
    axes.set(xlim=(scale.low, scale.high), ylim=(bottom, top))
    axes.set_yticks([])
    axes.patch.set_alpha(0)
    axes.spines[:].set_visible(False)
    axes.tick_params(axis="x", length=0, labelsize=style.points(SMALL), labelcolor=QUIET, pad=3)
    axes.grid(axis="x", color=GRID, linewidth=style.points(1))
    axes.set_axisbelow(True)
    return axes


def note(sheet: Sheet, text: str, *, after: float = 4) -> None:
    """A remark under a chart, and so many pixels of nothing after it."""
    sheet.top = sheet.text(EDGE, sheet.top, style.wrap(text, sheet.width - 2 * EDGE), colour=QUIET) + after
