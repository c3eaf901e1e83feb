"""A hand that counts every tap, click, drag and key press; the page is asked whether it saw as many."""

from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Locator, Page

# What the page itself sees of a person, told to Python at once; letters of a text are told apart from keys that act.
# On the document: a press that the driver takes back at the window, since its target just moved, reaches no page.
LISTEN = """for (const kind of ["pointerdown", "keydown"])
  document.addEventListener(kind, (event) => { if (event.isTrusted) window.tellHand(kind); }, { capture: true });"""


@dataclass
class Hand:
    """One person at one window, with a finger (or mouse) or with the keyboard alone."""

    page: Page
    keyboard: bool = False
    finger: bool = False
    taps: int = 0
    drags: int = 0
    keys: int = 0
    letters: int = 0
    screens: list[str] = field(default_factory=list)
    seen: dict[str, int] = field(default_factory=lambda: {"pointerdown": 0, "keydown": 0})

    def __post_init__(self) -> None:
        self.page.context.expose_function("tellHand", self._seen)
        self.page.context.add_init_script(LISTEN)
        self.page.on("framenavigated", self._moved)

    def _seen(self, kind: str) -> None:
        self.seen[kind] += 1

    def _moved(self, frame: Any) -> None:
        if frame == self.page.main_frame and (not self.screens or self.screens[-1] != frame.url.partition("?")[0]):
            self.screens.append(frame.url.partition("?")[0])

    def begin(self, address: str) -> None:
        """Open the first screen; counting starts here."""
        self.page.goto(address)
        self.taps = self.drags = self.keys = self.letters = 0
        self.seen.update(pointerdown=0, keydown=0)
        self.screens = [self.page.url.partition("?")[0]]

    def tap(self, what: Locator) -> None:
        """A tap on a phone, a click at the desk."""
        assert not self.keyboard, "No pointer here."
        self.taps += 1
        what.tap() if self.finger else what.click()

    def tap_at(self, x: float, y: float) -> None:
        """A click on a place that is no element: an empty time of the board."""
        assert not self.keyboard, "No pointer here."
        self.taps += 1
        self.page.mouse.click(x, y)

    def drag(self, what: Locator, *, over: Locator) -> None:
        """Hold, carry sideways over another column, let go."""
        assert not self.keyboard, "No pointer here."
        what.hover()  # waits until it stands still
        box, column = what.bounding_box(), over.bounding_box()
        assert box
        assert column
        self.drags += 1
        mouse, x, y = self.page.mouse, column["x"] + column["width"] / 2, box["y"] + 8
        mouse.move(box["x"] + box["width"] / 2, y)
        mouse.down()
        mouse.move(x, y - 4, steps=8)
        mouse.move(x, y, steps=4)
        mouse.up()

    def press(self, *names: str) -> None:
        """Keys that act: Tab, arrows, Enter, shortcuts."""
        for name in names:
            self.keys += 1
            self.page.keyboard.press(name)

    def write(self, text: str) -> None:
        """Text into the field that has the focus; its letters are not counted as presses."""
        assert self.page.evaluate("document.activeElement.matches('input, textarea')"), "Nothing to write into."
        self.letters += len(text)
        self.page.keyboard.type(text)

    def go_to(self, what: Locator, *, key: str = "Tab", most: int = 40) -> None:
        """Press a key until this element has the focus."""
        for _step in range(most):
            if what.evaluate("(el) => el === document.activeElement"):
                return
            self.press(key)
        raise AssertionError(f"{what} is not reached by {most} x {key}.")

    def anew(self) -> None:
        """Count the next thing by itself, on the screen where the last one ended."""
        assert self.keyboard, "Pointers are counted from one `begin` to the next."
        self.keys = self.letters = 0
        self.screens = self.screens[-1:]

    def check(self) -> None:
        """The page saw what was counted, and nothing of a pointer where there is a keyboard only."""
        self.page.wait_for_timeout(50)
        pointer = 0 if self.keyboard else self.taps + self.drags
        assert self.seen["pointerdown"] == pointer, (self.seen, self)
        assert not self.keyboard or self.taps + self.drags == 0

    @property
    def counted(self) -> str:
        """For the table that the tests print."""
        if self.keyboard:
            return f"{self.keys} keys"
        return f"{self.taps} taps" + (f", {self.drags} drag" if self.drags else "")
