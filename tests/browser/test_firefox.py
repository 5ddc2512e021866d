"""Every page in Firefox, from a server and from a folder, and every explorable there."""

from __future__ import annotations

import json
import os
import shutil
import subprocess

from tests.browser.conftest import HERE, HTML, PAGES, missing
from tests.browser.explorables import KEYS, OPENING, PLACES
from tests.browser.explorables.kit import presets, sentence, start


def test_every_page_in_firefox(site: str) -> None:
    firefox = os.environ.get("FIREFOX") or shutil.which("firefox-esr") or shutil.which("firefox")
    node = shutil.which("node")
    if firefox is None or node is None:
        missing("no Firefox or no node here")
    if not (HERE / "node_modules" / "puppeteer-core").is_dir():
        missing("puppeteer-core is not installed: run npm ci in tests/browser")
    plays, said = {}, {}
    for page, name, state in PLACES:
        preset, ((_, slider), key, change), *_ = (KEYS[name][0], *KEYS[name][1])
        plays[page] = {
            **{"name": name, "opening": list(OPENING[name])},
            **{"preset": preset, "slider": slider, "key": key},
        }
        before = {**start(name), **state, **presets(name)[preset]}
        said[page] = [sentence(name, before), sentence(name, {**before, **change})]
    command = [node, "firefox.mjs", firefox, HTML.as_uri() + "/", site, json.dumps(plays)]
    done = subprocess.run(
        [*map(str, command), *(name for name in PAGES if name != "index.html")],
        cwd=HERE, capture_output=True, text=True, timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    read = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(read) == 2 * (len(PAGES) - 1)
    assert [page for page in read if page["outside"] or page["trouble"] or page["missing"]] == []
    played = {page["page"]: page for page in read if "sentences" in page}
    assert len(played) == 2 * len(plays)  # of two on one page, the last
    for page, sentences in said.items():
        for home in (site, HTML.as_uri() + "/"):
            assert played[home + page]["sentences"] == sentences
            assert played[home + page]["wrong"] == []
