"""Every explorable: its bytes, its call, its links, the kit's numbers. No browser is needed."""

from __future__ import annotations

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
from tests.explorables.javascript import call

NAMES = sorted(STATE)
FILES = resources.files("lib.explorables")


def own_file(name: str, file: str) -> str:
    path = FILES / name / file
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def test_each_script_of_the_package_can_be_called() -> None:
    scripts = {p.name for p in FILES.iterdir() if (p / f"{p.name}.js").is_file()}
    assert scripts - {"kit"} == set(STATE)


@pytest.mark.parametrize("name", NAMES)
class TestBytes:
    def test_are_the_same_each_time(self, name: str) -> None:
        assert explorable(name).html == explorable(name).html

    def test_are_few(self, name: str) -> None:
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

    def test_keep_the_comments_at_home(self, name: str) -> None:
        script = explorable(name).html.split("<script>")[1]
        assert not re.search(r"^\s*(//|/\*\*[^/]*$|\* )", script, re.MULTILINE)


@pytest.mark.parametrize("name", NAMES)
class TestSpec:
    def test_takes_the_same_entries_in_python_and_in_links(self, name: str) -> None:
        [codecs] = call(name, [["spec.codecs"]])
        assert list(codecs) == list(STATE[name])

    def test_presets_survive_a_link_and_speak(self, name: str) -> None:
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

    def test_what_is_no_state_is_left_out(self, name: str) -> None:
        for text in ("", "x", "NaN", "Infinity", "1e999", "-", "<b>"):
            got = call(name, [[f"spec.codecs.{key}.read", text] for key in STATE[name]])
            for key, value in zip(STATE[name], got, strict=True):
                if value is not None:
                    explorable(name, **{key: value})


def test_types() -> None:
    root = Path(__file__).resolve().parents[2]
    compiler = root / "node_modules" / ".bin" / "tsc"
    if not compiler.exists():
        if os.environ.get("CI"):
            pytest.fail("no TypeScript compiler here, and CI is set: run `npm ci`")
        pytest.skip("no TypeScript compiler here: `npm ci` installs it")
    run = subprocess.run([compiler, "-p", root], capture_output=True, encoding="utf-8")
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
        ],
    )
    def test_refuses(self, state: dict[str, Any]) -> None:
        with pytest.raises(ValueError, match=f"^{next(iter(state))} is .*; give "):
            explorable("dial", **state)


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

    def test_infinity_is_a_sign_and_not_a_number_an_error(self) -> None:
        # JSON has no infinity; the clock of the mathematics makes one.
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
