"""Every explorable on its page, by mouse, keyboard and touch, compared with lib."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pytest

from lib.explorables import explorable
from tests.browser.conftest import Visit, Visitor
from tests.browser.explorables import (
    DRAGS,
    KEYS,
    KNOWN,
    MOTION,
    OPENING,
    PLACES,
    SECRET,
    SHOWN,
)
from tests.browser.explorables.kit import RADIO, State, presets, read, start, written

IDS = [f"{name} in {page.split('/')[1][:5]}" for page, name, _ in PLACES]
SIDEWAYS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
NAMED = re.compile(r'- (?:slider|button|radio|checkbox|textbox|group|img)(?! "[^"]{1,})')

# The visible text of the selected elements; for a drawing, its description.
TEXTS = """(host, selectors) => selectors.map((selector) =>
  [...host.shadowRoot.querySelectorAll(selector)]
    .filter((e) => e.getClientRects().length > 0)
    .map((e) => e.matches("svg.plot")
      ? (e.matches("[role=img]") ? e : e.querySelector("[role=img]")).getAttribute("aria-label")
      : e.textContent)
    .join(" | ").replace(/\\s/g, " "))"""
COUNTED = """(host, selectors) => selectors.map((selector) =>
  selector.startsWith("text ")
    ? host.shadowRoot.querySelector(".wce").outerHTML.split(selector.slice(5)).length - 1
    : host.shadowRoot.querySelectorAll(selector).length)"""
WRONG = """(host) => host.shadowRoot.querySelector(".wce").outerHTML
  .match(/.{0,40}(NaN|undefined|Infinity|null).{0,40}/)?.[0] ?? null"""
SETTLED = """(host) => {
  const root = host.shadowRoot;
  return root.querySelector("[aria-live]").textContent === root.querySelector(".say").textContent
    && !host.hasAttribute("data-moving") ? location.hash : null;
}"""
# Plots that are no picture with a description, and balls without words.
PLAIN = """(host) => [...host.shadowRoot.querySelectorAll("svg.plot")]
  .map((e) => e.matches("[role=img]") ? e : e.querySelector("[role=img]"))
  .filter((e) => (e?.getAttribute("aria-label") ?? "").length < 20)
  .map(String)
  .concat([...host.shadowRoot.querySelectorAll(".wce *")]
    .filter((e) => e.children.length === 0 && /[○●]/.test(e.textContent)
      && !e.closest("[aria-label], [aria-hidden=true]"))
    .map((e) => e.outerHTML))"""
WATCH = """(host) => new MutationObserver(() => {
    host.moved ||= host.hasAttribute("data-moving");
  }).observe(host, {attributes: true})"""
HEARD = "(host) => host.shadowRoot.querySelector('[aria-live]').textContent"
STOPS = """const stops = [...host.shadowRoot.querySelectorAll("button, input, [role=slider]")]
    .filter((e) => e.getClientRects().length > 0 && !(e.type === "radio" && !e.checked));
  const look = (e) => [e, e.parentElement, ...e.children].map((n) => {
    const s = getComputedStyle(n);
    return [s.outlineStyle, s.outlineWidth, s.outlineColor, s.stroke, s.strokeWidth].join(" ");
  }).join();"""
LOOKS = f"""(host) => {{
  {STOPS}
  host.looks = stops.map(look);
  return host.looks.length;
}}"""
STOP = f"""(host) => {{
  {STOPS}
  const at = stops.indexOf(host.shadowRoot.activeElement);
  return [at, at >= 0 && look(stops[at]) !== host.looks[at]];
}}"""
# To the last stop of the page before the explorable.
BEFORE = """(host) => [...document.querySelectorAll("a[href], button")]
  .filter((e) => e.checkVisibility({visibilityProperty: true})
    && e.compareDocumentPosition(host) & Node.DOCUMENT_POSITION_FOLLOWING)
  .at(-1).focus()"""
MOVING = "(host) => document.getAnimations().length + host.shadowRoot.getAnimations().length"
# A ball that is a button is only a disc.
WARTS = """(host) => [...host.shadowRoot.querySelectorAll("button.ball")]
  .filter((e) => ["::before", "::after"].some((p) => getComputedStyle(e, p).content !== "none"))
  .map((e) => e.getAttribute("aria-label"))"""
FOCUSED = "(e) => e.getRootNode().activeElement === e"
SMALL = """(host) => [...host.shadowRoot.querySelectorAll("button, input, [role=slider]")]
  .map((e) => e.closest("label") ?? e)
  .filter((e) => e.getClientRects().length > 0)
  .map((e) => [e.getBoundingClientRect(), e])
  .filter(([box]) => box.width < 23.99 || box.height < 23.99)
  .map(([box, e]) => `${e.outerHTML.slice(0, 80)} ${box.width} x ${box.height}`)"""

# All text of an explorable, and the positions of its controls.
ALL = """(host) => host.shadowRoot.querySelector(".wce").innerText
  + [...host.shadowRoot.querySelectorAll("input, [role=slider]")]
    .map((e) => [e.value, e.checked, e.getAttribute("aria-valuenow")]).join()
  + [...host.shadowRoot.querySelectorAll("[role=img]")]
    .map((e) => e.getAttribute("aria-label")).join()"""
AIMS = """(host) => [...host.shadowRoot.querySelectorAll(
    "button, input, [role=slider] .knob, svg.knob, svg.plot, .say, canvas, p")]
  .filter((e) => e.getClientRects().length > 0)
  .map((e) => [e, e.getBoundingClientRect()])
  .map(([e, box]) => [e.outerHTML.slice(0, 90), box.x + box.width / 2,
    box.y + box.height / 2 + scrollY])"""
# Where a tap sets a value: a quarter from the left and the top of what is dragged as a whole; in a
# drawing with handles above or below the last of them, for a tap on a handle only picks it up.
DRAGGABLE = """(host) => {
  const shown = (css, root) => [...root.querySelectorAll(css)]
    .filter((e) => e.getClientRects().length > 0);
  return [".draggable", "svg.knob", "input[type=range]", ".plot:has(.grip)"].flatMap((css) =>
    shown(css, host.shadowRoot).map((e, i) => {
      const box = e.getBoundingClientRect();
      let [x, y] = [box.width * 0.25, box.height * (css.startsWith("input") ? 0.5 : 0.3)];
      if (css.includes("grip")) {
        const grip = shown(".grip", e).at(-1).getBoundingClientRect();
        x = grip.x + grip.width / 2 - box.x;
        y = box.height * (grip.y + grip.height / 2 > box.y + box.height / 2 ? 0.25 : 0.75);
      }
      return [css, i, box.x + x, box.y + y + scrollY];
    }));
}"""


@dataclass
class Play:
    """An explorable on an open page, and the setting that it should have."""

    visit: Visit
    name: str
    state: State

    @property
    def page(self) -> Any:
        return self.visit.page

    @property
    def host(self) -> Any:
        return self.page.locator(f'[data-explorable="{self.name}"][data-live]')

    def control(self, role: str, name: str) -> Any:
        """Return a control by its role and the beginning of its name, as a screen reader would."""
        if (role, name) == RADIO:
            return self.host.locator("input[type=radio]:checked")
        return self.host.get_by_role(role, name=re.compile(f"^{re.escape(name)}"))

    def preset(self, text: str) -> Any:
        group = self.host.get_by_role("group", name="Settings to try")
        return group.get_by_role("button").filter(has_text=re.compile(f"^{re.escape(text)}$"))

    def begin(self, press: Callable[[Any], None] = lambda button: button.click()) -> None:
        """Predict: the answer appears then, and not before."""
        secret = SECRET[self.name]
        for button in OPENING[self.name]:
            found = self.host.evaluate(COUNTED, list(secret))
            assert found == [0] * len(secret), "the answer is in the document already"
            press(self.control("button", button))
        if OPENING[self.name]:
            self.state = self.settled()
        assert all(self.host.evaluate(COUNTED, list(secret)))
        self.shows()

    def shows(self, **patch: Any) -> None:
        """Assert that it shows the numbers of its setting, changed by `patch`, once it is still."""
        self.host.and_(self.page.locator(":not([data-moving])")).wait_for()
        self.state = {**self.state, **patch}
        wanted = SHOWN[self.name](self.state)
        got = dict(zip(wanted, self.host.evaluate(TEXTS, list(wanted)), strict=True))
        missing = [(css, t, got[css]) for css, texts in wanted.items() for t in texts]
        assert [each for each in missing if each[1] not in each[2]] == [], self.state
        assert self.host.evaluate(WRONG) is None

    def chosen(self, text: str) -> None:
        """Assert that a preset is selected and shows its numbers, including those of the book."""
        assert self.preset(text).get_attribute("aria-pressed") == "true"
        self.shows(**presets(self.name)[text])
        for css, known in [k[2:] for k in KNOWN if k[:2] == (self.name, text)]:
            assert known in self.host.evaluate(TEXTS, [css])[0]

    def settled(self) -> State:
        """Wait until the change has been announced, and return the setting in the address."""
        handle = self.host.element_handle()
        found = self.page.wait_for_function(SETTLED, arg=handle).json_value()
        assert found.startswith(f"#{self.name}=")
        return read(self.name, found.split("=", 1)[1])


def opened(visitor: Visitor, site: str, place: tuple[str, str, State], **how: Any) -> Play:
    page, name, state = place
    visit = visitor.open(site + page, **how)
    play = Play(visit, name, {**start(name), **state})
    play.host.wait_for()
    return play


class Finger:
    """One finger on the screen."""

    def __init__(self, page: Any) -> None:
        self.touch = page.context.new_cdp_session(page)

    def move(self, begin: tuple[float, float], end: tuple[float, float], steps: int = 6) -> None:
        """Put it down, move it, lift it. If begin and end are equal, this is a tap."""
        for i in range(steps if begin != end else 1):
            share = i / (steps - 1)
            point = {axis: a + (b - a) * share for axis, a, b in zip("xy", begin, end, strict=True)}
            event = {"type": "touchMove" if i else "touchStart", "touchPoints": [point]}
            self.touch.send("Input.dispatchTouchEvent", event)
        self.touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def still(host: Any) -> None:
    """Assert that only the still picture with its message is shown, without controls."""
    picture = host.get_by_role("img").first
    assert picture.is_visible()
    assert len(picture.get_attribute("alt")) > 40
    assert len(host.locator("figcaption:visible").inner_text()) > 40
    assert host.locator("button:visible, input:visible, .wce:visible").count() == 0


@pytest.mark.parametrize("place", PLACES, ids=IDS)
def test_by_mouse(place: tuple, site: str, visitor: Visitor) -> None:
    play = opened(visitor, site, place, reduced_motion="reduce", color_scheme="light")
    page, host = play.page, play.host
    play.shows()
    play.begin()
    for text in presets(play.name):
        play.preset(text).click()
        play.chosen(text)
        assert host.evaluate(MOVING) == 0
    play.preset(KEYS[play.name][0]).click()
    play.chosen(KEYS[play.name][0])
    mouse = page.mouse
    for css, begin, end, patch in DRAGS[play.name]:
        dragged = host.locator(f"{css}:visible")
        dragged.scroll_into_view_if_needed()
        box = dragged.bounding_box()
        for x, y in [(move(box["width"], box["height"])) for move in (begin, end)]:
            mouse.move(box["x"] + x, box["y"] + y, steps=4)
            mouse.down()
        mouse.up()
        said = play.settled()
        for key, value in patch.items():
            assert said[key] == pytest.approx(value, abs=0.11 if key == "z" else 0.011)
        play.shows(**said)
    # It follows the theme.
    seen, width = {}, host.bounding_box()["width"]
    for _ in range(3):
        page.locator(".theme-switch-button:visible").first.click()
        theme = page.evaluate("document.documentElement.dataset.theme")
        assert host.locator(".wce").get_attribute("data-theme") == theme
        assert host.evaluate(WARTS) == []
        ground = "(host) => getComputedStyle(host.shadowRoot.querySelector('.wce')).backgroundColor"
        seen[theme] = host.evaluate(ground)
        # No card of the theme around it.
        assert host.bounding_box()["width"] == width
    assert len(set(seen.values())) == len(seen) == 2
    page.emulate_media(media="print")
    still(host)
    play.visit.assert_no_trouble()


@pytest.mark.parametrize("place", PLACES, ids=IDS)
def test_by_keyboard_alone(place: tuple, site: str, visitor: Visitor) -> None:
    play = opened(visitor, site, place)
    page, host = play.page, play.host
    count = 0

    def tab_through() -> None:
        """Every control is a tab stop, in order, shows its focus and has a name."""
        nonlocal count
        host.evaluate(BEFORE)
        count = host.evaluate(LOOKS)
        for i in range(count):
            page.keyboard.press("Tab")
            assert host.evaluate(STOP) == [i, True]
        page.keyboard.press("Tab")
        assert host.evaluate(STOP) == [-1, False]
        assert NAMED.findall(host.locator(".wce").aria_snapshot()) == []

    def go_to(control: Any) -> None:
        for _ in range(2 * count + 2):
            if control.evaluate(FOCUSED):
                return
            page.keyboard.press("Tab")
            if host.evaluate(STOP)[0] < 0:
                host.evaluate(BEFORE)
        pytest.fail(f"no way to {control}")

    def press(button: Any) -> None:
        go_to(button)
        page.keyboard.press("Enter")
        # A button that goes hands the focus on.
        assert host.evaluate(STOP)[0] >= 0

    tab_through()
    if OPENING[play.name]:
        play.begin(press)
        tab_through()
    for i, text in enumerate(presets(play.name)):
        go_to(play.preset(text))
        page.keyboard.press("Space" if i % 2 else "Enter")
        play.chosen(text)
    before, keys = KEYS[play.name]
    go_to(play.preset(before))
    page.keyboard.press("Enter")
    play.chosen(before)
    for (role, name), key, patch in keys:
        control = play.control(role, name)
        go_to(control)
        page.keyboard.press(key)
        play.shows(**(patch(play.state) if callable(patch) else patch))
        # No element that has the focus is recreated, and one that goes hands it on.
        assert host.evaluate(STOP)[0] >= 0 or control.evaluate(FOCUSED)
    assert written(play.name, play.settled()) == written(play.name, play.state)
    play.visit.assert_no_trouble()


def soon(page: Any, holds: Callable[[], bool]) -> bool:
    """Return whether something comes to hold within ten seconds: a busy machine draws late."""
    for _ in range(200):
        if holds():
            return True
        page.wait_for_timeout(50)
    return False


@pytest.mark.parametrize("place", PLACES[1:], ids=IDS[1:])
class TestExplorable:
    """One explorable in its chapter."""

    def test_links(self, place: tuple, site: str, visitor: Visitor) -> None:
        play = opened(visitor, site, place, permissions=["clipboard-read", "clipboard-write"])
        page, name, first = play.page, play.name, play.state
        # A link within the page, and an invalid setting.
        *_, (last, patch) = presets(name).items()
        aim = {**first, **patch}
        go = """(hash) => new Promise((done) => {
          addEventListener("hashchange", done, {once: true});
          location.hash = hash;
        }).then(() => null)"""
        page.evaluate(go, f"{name}={written(name, aim)}")
        play.preset(last).and_(page.locator("[aria-pressed=true]")).wait_for()
        play.shows(**aim)
        for bad in (name, f"{name}-2={written(name, first)}", "no-such-place", "%", "="):
            page.evaluate(go, bad)
            play.shows()
        for bad in ("", ",,:", "theta:NaN,rate:,p:2_x,z:1,y:1e9,epoch:-1,image:<b>,none:1"):
            page.evaluate(go, f"{name}={bad}")
            play.shows(**first)

        # Copied, followed as encoded by mail programs, and opened in another tab.
        play.begin()
        before, keys = KEYS[name]
        play.preset(before).click()
        play.chosen(before)
        (role, slider), key, change = keys[0]
        play.control(role, slider).press(key)
        play.shows(**change)
        play.host.get_by_role("button", name="Copy link").click()
        play.host.get_by_role("button", name="Copied").wait_for()
        link = page.evaluate("navigator.clipboard.readText()")
        aim = play.state
        assert link == f"{site}{place[0]}#{name}={written(name, aim)}"
        page.wait_for_url(link)
        play.preset(last).click()
        play.chosen(last)
        page.evaluate(go, quote(link.split("#")[1], safe=""))
        play.shows(**aim)
        play.visit.page = page.context.new_page()
        play.page.goto(link)
        play.host.wait_for()
        play.shows()
        play.page.wait_for_function(
            """(host) => {
              const {top, bottom} = host.getBoundingClientRect();
              return top < innerHeight / 2 && bottom > innerHeight / 2;
            }""",
            arg=play.host.element_handle(),
        )
        play.visit.assert_no_trouble()

    @pytest.mark.parametrize("how", ["phone", "zoom"])
    def test_on_small_screens(self, place: tuple, how: str, site: str, visitor: Visitor) -> None:
        """A small phone, by touch; and a window of 1280 pixels at 200 %."""
        phone: dict[str, Any] = {"width": 320, "is_mobile": True, "has_touch": True}
        zoom: dict[str, Any] = {"width": 640, "device_scale_factor": 2}
        play = opened(visitor, site, place, **(phone if how == "phone" else zoom))
        page = play.page
        play.begin(lambda button: button.tap() if how == "phone" else button.click())
        for text in [*presets(play.name), KEYS[play.name][0]]:
            button = play.preset(text)
            if how == "phone":
                button.tap()
            else:
                button.click()
            play.chosen(text)
            assert page.evaluate(SIDEWAYS) <= 0
            assert play.host.evaluate("(host) => host.scrollWidth - host.clientWidth") <= 0
            assert play.host.evaluate(SMALL) == []
        if how == "zoom":
            play.visit.assert_no_trouble()
            return
        css, begin, end, patch = DRAGS[play.name][-1]
        dragged = play.host.locator(f"{css}:visible")
        dragged.evaluate("(e) => e.scrollIntoView({block: 'center'})")
        box = dragged.bounding_box()
        finger = Finger(page)
        scrolled = page.evaluate("scrollY")
        at = [
            (box["x"] + x, box["y"] + y)
            for x, y in (f(box["width"], box["height"]) for f in (begin, end))
        ]
        if dragged.evaluate("(e) => e.parentElement.matches('[aria-orientation=vertical]')"):
            finger.move(at[0], at[0])  # a handle that goes up and down is picked up first
        finger.move(*at)
        said = play.settled()
        assert page.evaluate("scrollY") == scrolled
        for key, value in patch.items():
            assert said[key] == pytest.approx(value, abs=0.11 if key == "z" else 0.011)
        play.shows(**said)
        play.visit.assert_no_trouble()

    def test_a_finger_that_scrolls_changes_nothing(
        self, place: tuple, site: str, visitor: Visitor
    ) -> None:
        """Wherever it starts: on a button, a knob, a slider, a drawing or text."""
        phone: dict[str, Any] = {"width": 320, "is_mobile": True, "has_touch": True}
        play = opened(visitor, site, place, **phone)
        page, host, finger = play.page, play.host, Finger(play.page)
        play.begin(lambda button: button.tap())
        heard = host.evaluate(HEARD)
        address = page.url
        before = host.evaluate(ALL)
        aims = host.evaluate(AIMS)
        assert len(aims) > 10
        for aim, x, y in aims:
            # The place of the aim in the middle of the window.
            page.evaluate("(y) => scrollTo(0, y - innerHeight / 2)", y)
            start_y = page.evaluate("scrollY")
            here = (x, y - start_y)
            # Up, and a little to the side, as fingers do.
            finger.move(here, (x + 12, here[1] - 150), steps=12)
            assert soon(page, lambda y=start_y: page.evaluate("scrollY") > y + 50), aim
            assert host.evaluate(ALL) == before, aim
        page.wait_for_timeout(700)
        assert host.evaluate(HEARD) == heard
        assert page.url == address

    def test_a_finger_that_taps_or_moves_sideways_changes_a_value(
        self, place: tuple, site: str, visitor: Visitor
    ) -> None:
        phone: dict[str, Any] = {"width": 320, "is_mobile": True, "has_touch": True}
        play = opened(visitor, site, place, **phone)
        page, host, finger = play.page, play.host, Finger(play.page)
        play.begin(lambda button: button.tap())
        aims = host.evaluate(DRAGGABLE)
        assert aims
        for css, index, *_ in aims:
            # Looked up anew: what was said meanwhile may have moved it.
            x, y = next((x, y) for c, i, x, y in host.evaluate(DRAGGABLE) if (c, i) == (css, index))
            page.evaluate("(y) => scrollTo(0, y - innerHeight / 2)", y)
            here = (x, y - page.evaluate("scrollY"))
            before = host.evaluate(ALL)
            finger.move(here, here)
            assert soon(page, lambda old=before: host.evaluate(ALL) != old), (css, index)
            if css != ".plot:has(.grip)":
                tapped = host.evaluate(ALL)
                finger.move(here, (here[0] + 70, here[1] + 6), steps=10)
                assert soon(page, lambda old=tapped: host.evaluate(ALL) != old), (css, index)

    def test_without_scripts(self, place: tuple, site: str, visitor: Visitor) -> None:
        page = visitor.open(site + place[0], java_script_enabled=False).page
        still(page.locator(f'[data-explorable="{place[1]}"]'))


@pytest.mark.parametrize("place", PLACES[1:], ids=IDS[1:])
def test_a_way_back_and_pictures_for_screen_readers(
    place: tuple, site: str, visitor: Visitor
) -> None:
    """*Start again* leads to the page's own start and hides the answer; plots are pictures."""
    play = opened(visitor, site, place, reduced_motion="reduce")
    first = play.state
    again = play.control("button", "Start again")
    assert again.get_attribute("aria-disabled") == "true"
    play.begin()
    for text in presets(play.name):
        play.preset(text).click()
        play.chosen(text)
        assert play.host.evaluate(PLAIN) == []
        again.click()
        assert again.evaluate(FOCUSED)
        play.shows(**first)
        if OPENING[play.name]:
            secret = list(SECRET[play.name])
            play.settled()  # what was said last is still in the live region for a moment
            assert play.host.evaluate(COUNTED, secret) == [0] * len(secret)
            play.begin()
    play.visit.assert_no_trouble()


MOVES = [place for place in PLACES[1:] if place[1] in MOTION]


@pytest.mark.parametrize("place", MOVES, ids=[place[1] for place in MOVES])
@pytest.mark.parametrize("system", ["no-preference", "reduce"])
def test_motion_can_be_switched_off(place: tuple, system: str, site: str, visitor: Visitor) -> None:
    """It is off where the system asks for that, and stays as the reader sets it."""
    play = opened(visitor, site, place, reduced_motion=system)
    page, host = play.page, play.host
    host.evaluate(WATCH)

    def moved() -> bool:
        page.evaluate("scrollTo(0, 0)")
        play.control("button", "Start again").dispatch_event("click")  # off at the start
        host.evaluate("(host) => { host.moved = false; }")
        for (role, name), key in MOTION[play.name]:
            play.control(role, name).press(key)
        play.settled()
        return bool(host.evaluate("(host) => host.moved"))

    switch = play.control("checkbox", "Motion")
    assert switch.is_checked() == moved() == (system == "no-preference")
    switch.click()
    assert switch.is_checked() == moved() == (system != "no-preference")
    page.reload()
    play.host.wait_for()
    assert play.control("checkbox", "Motion").is_checked() == (system != "no-preference")


@pytest.mark.parametrize("name", sorted(SHOWN))
def test_as_code(name: str, site: str, visitor: Visitor) -> None:
    """In a notebook, which has no address to share, the button copies the call."""
    visit = visitor.open(site + PLACES[0][0], permissions=["clipboard-read", "clipboard-write"])
    page = visit.page
    state = {**start(name), **presets(name)[KEYS[name][0]]}
    shown = explorable(name, **state).html
    body = f"<!DOCTYPE html><html lang=en><meta charset=utf-8><title>t</title>{shown}"
    page.route("**/alone.html", lambda route: route.fulfill(body=body, content_type="text/html"))
    page.goto(site + "alone.html#" + name)
    play = Play(visit, name, state)
    play.shows()
    play.host.get_by_role("button", name="Copy as code").click()
    play.host.get_by_role("button", name="Copied").wait_for()
    code = page.evaluate("navigator.clipboard.readText()")
    assert eval(code, {"explorable": explorable}).html == shown
    assert page.url.endswith("alone.html#" + name)
    visit.assert_no_trouble()
