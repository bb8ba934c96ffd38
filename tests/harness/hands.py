"""What a person works the console with, in a browser: a finger or mouse, or the keyboard alone.

Both press a control, write into a field and choose of a list; a test of a task is the same for both.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from harness.waiting import wait_for

RENEWED = 20.0  # s, at most, until a page that renews itself stands still
MOST_TABS = 150  # more than any page has controls
FOCUSED = "control => control === document.activeElement"
GROUP = """radio => document.activeElement.type === "radio" && document.activeElement.name === radio.name
  && document.activeElement.form === radio.form"""
# How many Tabs lead at least from the focus to a control behind it; 1 where it is before, or nothing has the focus.
AHEAD = """control => {
  const from = document.activeElement, controls = "a[href], button, select, textarea, summary, input:not([type=radio])";
  const follows = (a, b) => a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING;
  if (from === document.body || !follows(from, control)) return 1;
  return 1 + Array.from(document.querySelectorAll(controls))
    .filter(one => follows(from, one) && follows(one, control) && !one.disabled && one.tabIndex >= 0)
    .filter(one => one.checkVisibility({ visibilityProperty: true })).length;
}"""
SHOWN = """control => {
  const style = getComputedStyle(control), box = control.getBoundingClientRect();
  const at = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
  if (!control.matches(":focus-visible") || style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 2)
    return "no frame shows the focus";
  if (!control.contains(at)) return "is hidden behind " + (at ? at.outerHTML.slice(0, 80) : "the edge of the window");
  return "";
}"""


class Pointer:
    """A finger or a mouse."""

    def __init__(self, page: Any) -> None:
        del page

    def press(self, control: Any) -> None:
        control.click()

    def write(self, field: Any, words: str) -> None:
        """Write into a field, and leave it."""
        field.fill(words)
        field.blur()

    def choose(self, choice: Any, value: str) -> None:
        choice.select_option(value)


class Keyboard:
    """Tab, arrows, Enter and Space. What is reached shows a frame and is not covered (WCAG 2.4.7, 2.4.11)."""

    def __init__(self, page: Any) -> None:
        self._page = page
        self._keys = page.keyboard

    def press(self, control: Any) -> None:
        self.reach(control)
        if control.get_attribute("type") == "radio" and control.is_checked():
            return  # the arrows chose it
        # The control has the focus already; unlike a bare key this waits for the page that it leads to.
        control.press("Enter" if control.evaluate("control => control.matches('a')") else "Space")

    def write(self, field: Any, words: str) -> None:
        """Write into a field, and leave it."""
        self.reach(field)
        self._keys.press("Control+A")
        self._keys.type(words)
        self._keys.press("Tab")

    def choose(self, choice: Any, value: str) -> None:
        self.reach(choice)
        for _ in range(choice.locator("option").count()):
            if choice.input_value() == value:
                return
            self._keys.press("ArrowDown")
        assert choice.input_value() == value

    def reach(self, control: Any) -> None:
        """Have the focus on a control. Raises `AssertionError` where no Tab leads to it or nobody sees that it did."""
        control.wait_for()
        wrong = ""

        def is_shown() -> bool:
            nonlocal wrong
            self._go_to(control)
            wrong = control.evaluate(SHOWN)
            if wrong:
                self._keys.press("Shift+Tab")
            return not wrong

        # A part that renews itself may bring another control of that name in its place, or give the focus back by its
        # script, now and then without a frame: then there and back, as people do.
        with suppress(TimeoutError):
            wait_for(is_shown, RENEWED, pause=0.1)
        assert not wrong, f"{control}: {wrong}"

    def _go_to(self, control: Any) -> None:
        is_radio = control.get_attribute("type") == "radio"
        self._repeat("Tab", control, GROUP if is_radio else FOCUSED, MOST_TABS)
        if is_radio:
            self._repeat("ArrowDown", control, FOCUSED, MOST_TABS)

    def _repeat(self, key: str, control: Any, reached: str, most: int) -> None:
        ahead = AHEAD if key == "Tab" else "() => 1"
        pressed = 0
        while pressed < most:
            missing = control.evaluate(f"control => ({reached})(control) ? 0 : ({ahead})(control)")
            if not missing:
                return
            for _ in range(missing):  # to look for a control by its name takes longer than a key
                self._keys.press(key)
            pressed += missing
        raise AssertionError(f"no {key} leads to {control}")


Hands = Pointer | Keyboard
