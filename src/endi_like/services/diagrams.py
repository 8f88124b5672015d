"""The picture of a machine, worked out from its states and actions.

States stand in one row, from the initial one to the final ones.  An action to the next
state is a straight arrow; any other runs above the row when it leads forward, below
when it leads back.  Labels stand in the gaps between the boxes, each on a level of its
own: so nothing ever covers anything else, whatever the machine and the language.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from endi_like.workflow.core import Action, ActionManager, State

Translate = Callable[[str], str]

FONT = 12.5
BOX_HEIGHT = 34.0
BOX_SIDE = 34.0  # around a label: the icon, and air
LABEL_SIDE = 30.0  # around a label in a gap
SMALLEST_GAP = 48.0
LEVEL = 27.0
FIRST_LEVEL = {True: 18.0, False: 30.0}  # labels stand on their line, so below is more
CORNER = 7.0
HEAD = 5.0
MARGIN = 6.0

NARROW, WIDE = frozenset("iIljtfr.,:;'’!|()[] "), frozenset("mwMW@%—…")


@dataclass(frozen=True)
class Box:
    """A state at its place."""

    state: State
    label: str
    x: float
    y: float
    width: float
    height: float = BOX_HEIGHT


@dataclass(frozen=True)
class Arrow:
    """A move from one state to another: a path, and the points of its head."""

    path: str
    head: str
    automatic: bool


@dataclass(frozen=True)
class Label:
    """The name of an action, centred above its line."""

    text: str
    x: float
    y: float
    width: float


@dataclass
class Diagram:
    """Boxes, arrows and labels, and the size of the picture they make."""

    width: float = 0.0
    height: float = 0.0
    boxes: list[Box] = field(default_factory=list)
    arrows: list[Arrow] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)


@dataclass
class Route:
    """What one action draws on one side of the row; ``level`` 0 is nearest to it."""

    action: Action
    label: str
    sources: tuple[int, ...]
    target: int
    above: bool
    level: int = 0
    gap: int = 0

    @property
    def low(self) -> int:
        """Return the leftmost state it touches."""
        return min(*self.sources, self.target)

    @property
    def high(self) -> int:
        """Return the rightmost state it touches."""
        return max(*self.sources, self.target)

    @property
    def straight(self) -> bool:
        """Tell whether it leads from one state to the very next."""
        return self.above and self.sources == (self.target - 1,)


def text_width(text: str) -> float:
    """Return how wide a text is at most, in pixels."""
    ems = sum(
        0.34 if one in NARROW else 0.95 if one in WIDE or one.isupper() else 0.6
        for one in text
    )
    return ems * FONT


def ordered(manager: ActionManager) -> list[State]:
    """Return the states from left to right: by steps from the first, ends last."""
    steps = {manager.initial: 0}
    queue = deque(steps)
    while queue:
        here = queue.popleft()
        for action in manager.actions.values():
            if here in action.sources and action.target not in steps:
                steps[action.target] = steps[here] + 1
                queue.append(action.target)
    left = {name for action in manager.actions.values() for name in action.sources}
    return sorted(
        manager.states.values(),
        key=lambda state: (state.name not in left, steps[state.name]),
    )


def routes(manager: ActionManager, translate: Translate) -> list[Route]:
    """Return what there is to draw: each action once for each direction it leads in."""
    place = {state.name: at for at, state in enumerate(ordered(manager))}
    found = []
    for action in manager.actions.values():
        target = place[action.target]
        starts = sorted(place[name] for name in action.sources)
        forward = tuple(at for at in starts if at < target)
        back = tuple(at for at in starts if at > target)
        for sources, above in ((forward, True), (back, False)):
            if sources:
                label = translate(action.label)
                found.append(Route(action, label, sources, target, above))
    return found


class Layout:
    """Places for the boxes, wide enough apart for every label between them."""

    def __init__(self, manager: ActionManager, translate: Translate) -> None:
        self.states = ordered(manager)
        self.names = [translate(state.label) for state in self.states]
        every = routes(manager, translate)
        self.direct: dict[int, Route] = {}
        for route in every:
            if route.straight:
                self.direct.setdefault(route.target - 1, route)
        direct = {id(one) for one in self.direct.values()}
        self.bent = [route for route in every if id(route) not in direct]
        self.gaps = self._gaps()
        self.levels = {above: self._level(above) for above in (True, False)}
        self.boxes = self._boxes()

    def _gaps(self) -> list[float]:
        gaps = [SMALLEST_GAP] * (len(self.states) - 1)
        for at, route in self.direct.items():
            gaps[at] = max(gaps[at], text_width(route.label) + LABEL_SIDE)
        for route in self.bent:
            route.gap = max(range(route.low, route.high), key=lambda at: gaps[at])
            width = text_width(route.label) + LABEL_SIDE
            gaps[route.gap] = max(gaps[route.gap], width)
        return gaps

    def _level(self, above: bool) -> int:
        """Give each route of one side a level; return how many there are."""
        taken: list[list[Route]] = []
        side = [route for route in self.bent if route.above == above]
        for route in sorted(side, key=lambda one: one.high - one.low):
            for route.level, others in enumerate(taken):
                if all(one.high < route.low or one.low > route.high for one in others):
                    others.append(route)
                    break
            else:
                route.level = len(taken)
                taken.append([route])
        return len(taken)

    def _boxes(self) -> list[Box]:
        levels = self.levels[True]
        y = MARGIN + bool(levels) * (FIRST_LEVEL[True] + LEVEL * levels)
        x, boxes = MARGIN, []
        for state, name, gap in zip(
            self.states, self.names, [*self.gaps, 0.0], strict=True
        ):
            boxes.append(Box(state, name, x, y, text_width(name) + BOX_SIDE))
            x += boxes[-1].width + gap
        return boxes

    def y_of(self, route: Route) -> float:
        """Return the height of a bent route's line."""
        away = FIRST_LEVEL[route.above] + LEVEL * route.level
        box = self.boxes[0]
        return box.y - away if route.above else box.y + box.height + away

    def port(self, route: Route, at: int) -> float:
        """Return where a route leaves or reaches a box, so that few lines cross."""
        touching = [
            one
            for one in self.bent
            if one.above == route.above and at in (*one.sources, one.target)
        ]
        touching.sort(key=lambda one: self._turn(one, at))
        box = self.boxes[at]
        share = (touching.index(route) + 1) / (len(touching) + 1)
        return box.x + box.width * share

    @staticmethod
    def _turn(route: Route, at: int) -> tuple[int, int]:
        if at == route.high:
            return 0, route.level
        return (2, -route.level) if at == route.low else (1, route.level)


def draw(manager: ActionManager, translate: Translate) -> Diagram:
    """Return the picture of a machine, its texts translated."""
    layout = Layout(manager, translate)
    picture = Diagram(boxes=layout.boxes)
    for at, route in layout.direct.items():
        picture.arrows.append(direct_arrow(layout.boxes[at : at + 2], route))
        picture.labels.append(label(layout, route, at, layout.boxes[at].y + 11))
    for route in layout.bent:
        picture.arrows += bent_arrows(layout, route)
        picture.labels.append(label(layout, route, route.gap, layout.y_of(route) - 6))
    last, below = layout.boxes[-1], layout.levels[False]
    picture.width = last.x + last.width + MARGIN
    picture.height = last.y + last.height + MARGIN
    picture.height += bool(below) * (FIRST_LEVEL[False] + LEVEL * (below - 1))
    return picture


def label(layout: Layout, route: Route, gap: int, y: float) -> Label:
    """Return the label of a route, in the middle of a gap."""
    box = layout.boxes[gap]
    middle = box.x + box.width + layout.gaps[gap] / 2
    return Label(route.label, middle, y, text_width(route.label))


def direct_arrow(boxes: list[Box], route: Route) -> Arrow:
    """Return the arrow from a box to the next."""
    start, end = boxes[0].x + boxes[0].width, boxes[1].x
    y = boxes[0].y + BOX_HEIGHT / 2
    head = points((end, y), (end - 2 * HEAD, y - HEAD), (end - 2 * HEAD, y + HEAD))
    path = f"M{start:g} {y:g}H{end - HEAD:g}"
    return Arrow(path, head, route.action.automatic)


def bent_arrows(layout: Layout, route: Route) -> Iterator[Arrow]:
    """Yield the arrow of a route, and what leads into it from its other sources."""
    box, line = layout.boxes[0], layout.y_of(route)
    edge = box.y if route.above else box.y + box.height
    away = -1 if route.above else 1
    end, tip = layout.port(route, route.target), edge + away * 2 * HEAD
    farthest, *others = sorted(route.sources, key=lambda at: -abs(at - route.target))
    start = layout.port(route, farthest)
    side, turn = (CORNER if end > start else -CORNER), line - away * CORNER
    path = (
        f"M{start:g} {edge:g}V{turn:g}Q{start:g} {line:g} {start + side:g} {line:g}"
        f"H{end - side:g}Q{end:g} {line:g} {end:g} {turn:g}V{tip - away * HEAD:g}"
    )
    head = points((end, edge), (end - HEAD, tip), (end + HEAD, tip))
    yield Arrow(path, head, route.action.automatic)
    for at in others:
        path = f"M{layout.port(route, at):g} {edge:g}V{line:g}"
        yield Arrow(path, "", route.action.automatic)


def points(*corners: tuple[float, float]) -> str:
    """Return corners as the ``points`` of an SVG polygon."""
    return " ".join(f"{x:g},{y:g}" for x, y in corners)
