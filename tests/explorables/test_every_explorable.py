"""Every explorable without a browser: its HTML, its call, its links, the kit's numbers."""

from __future__ import annotations

import json
import math
import os
import re
import subprocess
from importlib import resources
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

import numpy as np
import pytest

from lib.explorables import STATE, explorable
from lib.explorables.__main__ import draw_still
from lib.explorables.state import Entry, Flag, Number, Numbers, Word, entries
from tests.explorables.javascript import call
from tests.explorables.places import Place, places

NAMES = sorted(STATE)
PLACES = places()
IMPORT = "from lib.explorables import explorable"
FILES = resources.files("lib.explorables")
ROOT = Path(__file__).resolve().parents[2]


def own_file(name: str, file: str) -> str:
    path = FILES / name / file
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def test_every_folder_is_an_explorable_or_the_kit() -> None:
    folders = {p.name for p in FILES.iterdir() if p.is_dir() and p.name != "__pycache__"}
    assert folders == {*STATE, "kit"}, "a folder without state.json is no explorable"


@pytest.mark.parametrize("name", NAMES)
def test_every_explorable_has_its_files_and_its_tests(name: str) -> None:
    for file in ("__init__.py", f"{name}.js", "still.py", "still.html"):
        assert (FILES / name / file).is_file(), f"lib/explorables/{name} needs {file}"
    for test in (f"tests/explorables/test_{name}.py", f"tests/browser/explorables/{name}.py"):
        assert (ROOT / test).is_file(), f"the explorable {name} has no tests: write {test}"


def test_every_explorable_is_shown_by_a_chapter() -> None:
    assert {place.name for place in PLACES if place.cell} == set(STATE)


@pytest.mark.parametrize("place", PLACES, ids=lambda place: f"{place.page}-{place.name}")
def test_a_page_shows_what_the_call_returns(place: Place) -> None:
    """The call is the last value of its cell; `make execute` renews the stored output."""
    shown = explorable(place.name, **place.state)
    if place.cell:
        assert "".join(place.cell["source"]) == f"{IMPORT}\n\n{shown!r}"
        [output] = place.cell["outputs"]
        assert "".join(output["data"]["text/html"]) == shown.html


# Mutations tried: in dial/still.html 0.03456 written as 0.03465, in the drawing and the
# description; in believers/still.html 0.8979 as 0.8797; in svg.py `:.1f` as `:.2f`.
@pytest.mark.parametrize("name", NAMES)
def test_the_still_picture_is_what_python_draws(name: str) -> None:
    message = "run `python -m lib.explorables`; nothing in still.html is edited by hand"
    assert own_file(name, "still.html") == draw_still(name), message


def edges(entry: Entry) -> list[Any]:
    """Return values that an entry barely accepts or barely rejects, with whether it does."""
    if isinstance(entry, Flag):
        return [True, False]
    if isinstance(entry, Word):
        return [entry.start, f"{entry.start}!", f"!{entry.start}", f"{entry.start}\n"]
    ends = [entry.low, entry.high, entry.low - 1e-3, entry.high + 1e-3]
    if isinstance(entry, Number):
        return [entry.start, *ends]
    lengths = [[entry.low] * n for n in (entry.least - 1, entry.least, entry.most, entry.most + 1)]
    return [entry.start, *lengths, *([v] * entry.most for v in ends)]


def changed(facts: dict[str, Any]) -> dict[str, Any]:
    """Return an entry with other limits, and an initial value that is valid only for these."""
    if facts["kind"] == "word":
        return {**facts, "pattern": "[!]+", "start": "!!"}
    if facts["kind"] == "flag":
        return {**facts, "start": not facts["start"]}
    high = facts["high"] + 1
    if facts["kind"] == "number":
        return {**facts, "high": high, "start": high}
    return {**facts, "high": high, "start": [high] * facts["most"]}


@pytest.mark.parametrize("name", NAMES)
class TestBytes:
    def test_are_the_same_each_time(self, name: str) -> None:
        assert explorable(name).html == explorable(name).html

    def test_stay_within_the_size_limit(self, name: str) -> None:
        data = len(own_file(name, "data.json").encode())
        assert len(explorable(name).html.encode()) - data <= 60_000
        assert data <= 250_000

    def test_ask_no_other_host_for_anything(self, name: str) -> None:
        html = explorable(name).html.replace('"http://www.w3.org/2000/svg"', "")
        assert not re.search(r"https?:|//\w+\.|@import|url\(|\bfetch\b|XMLHttp|\bimport\b", html)

    def test_make_no_code_and_no_markup_from_text(self, name: str) -> None:
        script = explorable(name).html.split("<script>")[1]
        assert not re.search(r"\beval\b|new Function|innerHTML|document\.write|<!--", script)

    def test_hold_one_script_and_nothing_that_ends_it(self, name: str) -> None:
        html = explorable(name).html
        assert html.count("<script>") == html.lower().count("</script") == 1

    def test_have_a_still_picture_with_a_description(self, name: str) -> None:
        still = own_file(name, "still.html")
        assert re.search(r'<svg [^>]*role="img" aria-label="[^"]{40,}"', still)
        assert "<figcaption>" in still
        assert not re.search(r"<script|<style|\bid=|NaN", still)

    def test_hold_the_still_picture_as_an_image(self, name: str) -> None:
        before = explorable(name).html.split("<script>")[0]
        assert "<svg" not in before
        [(source, words)] = re.findall(r'<img src="data:image/svg\+xml,(\S+)" alt="(.+?)"', before)
        drawing = ElementTree.fromstring(unquote(source))
        assert drawing.tag == "{http://www.w3.org/2000/svg}svg"
        assert words in own_file(name, "still.html")

    def test_every_text_ends_on_its_line(self, name: str) -> None:
        """The spaces of a line that begins within a text must not be removed."""
        for code in (own_file("kit", "kit.js"), own_file(name, f"{name}.js")):
            assert not [
                line for line in code.splitlines() if line.count("`") % 2 and "//" not in line
            ]

    def test_contain_no_comments(self, name: str) -> None:
        script = explorable(name).html.split("<script>")[1]
        assert not re.search(r"^\s*(//|/\*\*[^/]*$|\* )|/\*\*", script, re.MULTILINE)


@pytest.mark.parametrize("name", NAMES)
class TestSpec:
    # Mutations tried: in kit.js `entry.high` written as 1, `entry.low` as 0, `entry.start` as
    # null, the pattern without its `$`; `start: {...}` or `codecs: {...}` given to kit.mount again;
    # in state.json a range of dial's theta changed (Python and JavaScript then change together).
    def test_starts_where_its_state_file_says(self, name: str) -> None:
        [start, codecs] = call(name, [["spec.start"], ["spec.codecs"]])
        assert start == {key: entry.start for key, entry in STATE[name].items()}
        assert list(codecs) == list(STATE[name])
        assert not re.search(r"^    (start|codecs)\b", own_file(name, f"{name}.js"), re.MULTILINE)

    def test_takes_the_same_values_in_python_and_in_links(self, name: str) -> None:
        for key, entry in STATE[name].items():
            tried = [(value, entry.write(value) is not None) for value in edges(entry)]
            assert isinstance(entry, Flag) or {True, False} == {taken for _, taken in tried}
            codec = f"spec.codecs.{key}"
            texts = call(name, [[f"{codec}.write", value] for value, _ in tried])
            back = call(name, [[f"{codec}.read", text] for text in texts])
            for (value, taken), text, read in zip(tried, texts, back, strict=True):
                assert read == (value if taken else None), (key, value)
                assert not taken or entry.write(value) == text

    def test_reads_its_limits_from_the_file(self, name: str) -> None:
        file = json.loads(own_file(name, "state.json"))
        for key, facts in file.items():
            other = {**file, key: changed(facts)}
            codec = f"spec.codecs.{key}"
            start = other[key]["start"]
            got, text = call(name, [["spec.start"], [f"{codec}.write", start]], other)
            assert got[key] == start
            [back] = call(name, [[f"{codec}.read", text]], other)
            assert back == start
            if facts["kind"] != "flag":
                assert call(name, [[f"{codec}.read", text]]) == [None]

    def test_presets_survive_a_link_and_have_a_sentence(self, name: str) -> None:
        [start, presets] = call(name, [["spec.start"], ["spec.presets"]])
        states = [start, *({**start, **preset["state"]} for preset in presets)]
        assert presets
        for state in states:
            explorable(name, **state)  # Python takes them too
            calls = [[f"spec.codecs.{key}.write", value] for key, value in state.items()]
            written = call(name, [*calls, ["spec.say", state]])
            back = call(
                name,
                [
                    [f"spec.codecs.{key}.read", text]
                    for key, text in zip(state, written, strict=False)
                ],
            )
            assert back == list(state.values())
            assert re.search(r"\w", written[-1])
            assert not re.search(r"NaN|undefined|Infinity|\d-|-\d|\d\.\d{7}", written[-1])

    def test_invalid_states_are_ignored(self, name: str) -> None:
        for text in ("", "x", "NaN", "Infinity", "1e999", "-", "<b>"):
            got = call(name, [[f"spec.codecs.{key}.read", text] for key in STATE[name]])
            for key, value in zip(STATE[name], got, strict=True):
                if value is not None:
                    explorable(name, **{key: value})


def test_types() -> None:
    compiler = ROOT / "node_modules" / ".bin" / "tsc"
    if not compiler.exists():
        if os.environ.get("CI"):
            pytest.fail("no TypeScript compiler here, and CI is set: run `npm ci`")
        pytest.skip("no TypeScript compiler here: `npm ci` installs it")
    run = subprocess.run([compiler, "-p", ROOT], capture_output=True, encoding="utf-8")
    assert run.returncode == 0, run.stdout


class TestCall:
    def test_reads_short(self) -> None:
        assert repr(explorable("dial")) == 'explorable("dial")'
        shown = explorable("dial", balls="bbw", theta=np.float64(0.25))
        assert repr(shown) == 'explorable("dial", balls="bbw", theta=0.25)'
        assert 'data-state="balls:bbw,theta:0.25"' in shown._repr_html_()

    def test_unknown_name(self) -> None:
        with pytest.raises(ValueError, match=r"no explorable is called 'dail'; there are: .*dial"):
            explorable("dail")

    def test_unknown_entry(self) -> None:
        with pytest.raises(ValueError, match="has no entry 'phi'; there are: balls, theta"):
            explorable("dial", phi=1)

    @pytest.mark.parametrize(
        "state",
        [
            {"theta": 1.5},
            {"theta": math.nan},
            {"theta": math.inf},
            {"theta": "0.5"},
            {"theta": True},
            {"balls": "wxb"},
            {"balls": "w" * 13},
            {"balls": 'w"><script>'},
            {"balls": 3},
            {"theta": [0.5]},
        ],
    )
    def test_refuses(self, state: dict[str, Any]) -> None:
        with pytest.raises(ValueError, match=f"^{next(iter(state))} is .*; give "):
            explorable("dial", **state)

    def test_lists_are_of_the_length_that_the_script_takes(self) -> None:
        for z in ([0.0, 1.0], [0.0] * 11, 0.0, [0.0, 1.0, math.nan], np.zeros((3, 1))):
            with pytest.raises(ValueError, match="give a list of 3 to 10 numbers, each from -20"):
                explorable("logits", z=z)
        assert explorable("logits", z=np.zeros(3)).html == explorable("logits", z=(0, 0, 0)).html


class TestStateFile:
    @pytest.mark.parametrize(
        ("entry", "message"),
        [
            ({"kind": "switch", "start": True}, "theta is of kind 'switch'; the kinds are word"),
            ({"start": True}, "theta is of kind None"),
            ({"kind": "number", "start": 0}, "theta: a number has exactly start, low, high"),
            ({"kind": "flag", "start": True, "low": 0}, "theta: a flag has exactly start"),
            ({"kind": "number", "start": 2, "low": 0, "high": 1}, "theta starts at 2; give a num"),
            ({"kind": "word", "start": "b", "pattern": "w*"}, "theta starts at 'b'; give text"),
        ],
    )
    def test_says_what_is_wrong(self, tmp_path: Path, entry: dict, message: str) -> None:
        file = tmp_path / "state.json"
        file.write_text(json.dumps({"theta": entry}), encoding="utf-8")
        with pytest.raises(ValueError, match=f"state.json: {message}"):
            entries(file)


class TestKit:
    def test_writes_numbers_as_the_book_does(self) -> None:
        cases: list[tuple[list[Any], str]] = [
            (["fixed", -0.5, 2], "−0.50"),
            (["fixed", -0.001, 2], "0.00"),
            (["unit", -336.5, 1, "nats"], "−336.5\u00a0nats"),
            (["power", -147], "⁻¹⁴⁷"),
            (["fromLog", math.log(0.03456)], "0.03456"),
            (["fromLog", 0], "1.00000"),
            (["fromLog", 500 * math.log(0.5)], "3.05\u00a0×\u00a010⁻¹⁵¹"),
            (["fromLog", math.log(9.9999e-9)], "1.00\u00a0×\u00a010⁻⁸"),
        ]
        got = call("dial", [[f"kit.{fn}", *args] for (fn, *args), _ in cases])
        assert got == [text for _, text in cases]

    def test_an_equals_sign_stands_before_no_rounded_number(self) -> None:
        cases: list[tuple[list[Any], str]] = [
            ([0.5, 2], "=\u00a00.50"),
            ([2 / 3, 2], "≈\u00a00.67"),
            ([0.1 + 0.2, 1], "=\u00a00.3"),  # a float's own error is no rounding
            ([-0.004, 2], "≈\u00a00.00"),
            ([3, 0], "=\u00a03"),
            ([math.log(2), 6, "nats"], "≈\u00a00.693147\u00a0nats"),
            ([-297.979798, 2], "≈\u00a0−297.98"),
        ]
        got = call("dial", [["kit.equals", *args] for args, _ in cases])
        assert got == [text for _, text in cases]

    def test_balls_have_words(self) -> None:
        assert call("dial", [["kit.words", "○●○●●"]]) == ["white, black, white, black, black"]

    def test_a_list_may_be_empty(self) -> None:
        codec = Numbers([], 0, 5, 0, 1)
        assert codec.write([]) == ""
        state = {
            "list": {"kind": "numbers", "start": [], "least": 0, "most": 5, "low": 0, "high": 1}
        }
        where = "spec.codecs.list"
        texts = call("dial", [[f"{where}.write", []], [f"{where}.code", []]], state)
        assert texts == ["", "[]"]
        back = call("dial", [[f"{where}.read", text] for text in ("", "0.5", "_", "0.5_")], state)
        assert back == [[], [0.5], None, None]

    def test_infinity_is_a_sign_and_not_a_number_an_error(self) -> None:
        # JSON has no infinity; the mathematics produces one.
        at_zero, at_one = call(
            "dial", [["math.logLikelihood", 1, 0, 0], ["math.logLikelihood", 0, 1, 1]]
        )
        assert at_zero == at_one == -math.inf

    def test_ticks_are_round_and_inside(self) -> None:
        rng = np.random.default_rng(0)
        ranges = [
            [float(x * w), float(x * w + w)]
            for x, w in zip(rng.normal(0, 3, 300), rng.lognormal(0, 5, 300), strict=True)
        ]
        for (lo, hi), marks in zip(
            ranges, call("dial", [["kit.ticks", *r] for r in ranges]), strict=True
        ):
            assert 2 <= len(marks) <= 9
            slack = 1e-9 * (hi - lo)
            assert lo - slack <= marks[0]
            assert marks[-1] <= hi + slack
            assert all(b > a for a, b in pairwise(marks))

    def test_fragments(self) -> None:
        got = call(
            "dial",
            [
                ["kit.fragment", "#dial=balls:wb,theta:0.5", "dial"],
                ["kit.fragment", "#dial%3Dballs%3Awb%2Ctheta%3A0.5", "dial"],
                ["kit.fragment", "#dial-2=theta:0.5", "dial"],
                ["kit.fragment", "#the-dial", "dial"],
                ["kit.fragment", "#%", "dial"],
                ["kit.fragment", "", "dial"],
            ],
        )
        assert got == [*["balls:wb,theta:0.5"] * 2, None, None, None, None]

    @pytest.mark.parametrize(
        ("kind", "held", "path", "places"),
        [
            ("touch", False, [(50, 50)], [(50, 50)]),  # a tap
            ("touch", False, [(50, 50), (50, 41), (90, 20)], []),  # it scrolls, and goes on so
            ("touch", False, [(50, 50), (55, 50), (59, 51), (70, 90)], [(59, 51), (70, 90)]),
            ("touch", True, [(50, 50), (50, 41)], [(50, 41)]),  # a handle that is held
            ("mouse", False, [(50, 50), (50, 41)], [(50, 50), (50, 41)]),
        ],
    )
    def test_a_finger_may_scroll_and_changes_nothing_then(
        self, kind: str, held: bool, path: list[tuple[int, int]], places: list[tuple[int, int]]
    ) -> None:
        down, *moves = path
        events = [
            ["pointerdown", *down, kind],
            *(["pointermove", *move, kind] for move in moves),
            ["pointerup", *path[-1], kind],
        ]
        [got] = call("dial", [["pointer.places", events, held]])
        assert got == [list(place) for place in places]
