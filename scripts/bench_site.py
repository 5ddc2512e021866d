"""Weigh this book's pages beside the same content built by stock Jupyter Book 1, in one run.

Both are built here from the committed notebooks, without running them. Each page is loaded by
Chromium over a line of 1.6 Mbit/s with 150 ms of delay, compressed as published books are, with an
empty cache, alternately from one and the other; the table shows medians. Stock asks another host
for MathJax: it is answered here with the same release, taken from npm, and without the delay of the
line, which flatters stock. Without npm that weight is missing, and the table says so.

Usage: python scripts/bench_site.py [--loads 3]
"""

from __future__ import annotations

import argparse
import gzip
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import yaml

from course.contents import ROOT, configuration
from website import browser, update_vendor

LOADED = ("chapters/notation", "chapters/02_log_likelihood", "chapters/04_softmax")
LINE = {"offline": False, "latency": 150, "downloadThroughput": 2e5, "uploadThroughput": 1e5}
PAINT = """() => new Promise((done) => {
  let paint = 0, shift = 0;
  new PerformanceObserver((list) => { for (const e of list.getEntries()) paint = e.startTime; })
    .observe({type: "largest-contentful-paint", buffered: true});
  new PerformanceObserver((list) => { for (const e of list.getEntries()) shift += e.value; })
    .observe({type: "layout-shift", buffered: true});
  setTimeout(() => done([paint, shift]), 100);
})"""


def build(folder: Path, stock: bool) -> Path:
    """Build the book in a folder, as it is or as stock Jupyter Book would; return its pages."""
    config = configuration()
    config["execute"] = {"execute_notebooks": "off"}
    if stock:
        del config["sphinx"]["extra_extensions"]
        for name in ("mathjax3_config", "html_context"):
            config["sphinx"]["config"].pop(name, None)
    for part in ("chapters", "exercises/release"):
        shutil.copytree(ROOT / part, folder / part)
    shutil.copy(ROOT / "_toc.yml", folder)
    (folder / "_config.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
    command = [sys.executable, "-c", "from jupyter_book.cli.main import main; main()", "build", "."]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return folder / "_build" / "html"


def load(chromium: Any, address: str, mathjax: Path | None) -> dict[str, float]:
    """Load a page with an empty cache; return what it sent and when it was drawn."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    line = context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", LINE)
    sizes: dict[str, float] = {}
    urls: dict[str, str] = {}
    line.on(
        "Network.responseReceived", lambda e: urls.update({e["requestId"]: e["response"]["url"]})
    )
    line.on(
        "Network.loadingFinished", lambda e: sizes.update({e["requestId"]: e["encodedDataLength"]})
    )
    elsewhere: list[int] = []

    def answer(route: Any) -> None:
        path = mathjax / route.request.url.split("/es5/")[1] if mathjax else None
        if path is None:
            route.abort()
            return
        content = path.read_bytes()
        elsewhere.append(len(content if path.suffix == ".woff" else gzip.compress(content, 9)))
        route.fulfill(path=path, headers={"Access-Control-Allow-Origin": "*"})

    page.route("https://cdn.jsdelivr.net/**", answer)
    page.goto(address, wait_until="networkidle", timeout=120_000)
    page.wait_for_timeout(1000)
    paint, shift = page.evaluate(PAINT)
    here = {k: v for k, v in sizes.items() if "jsdelivr" not in urls.get(k, "")}
    pictures = sum(v for k, v in here.items() if "/_images/" in urls.get(k, ""))
    context.close()
    return {
        "kB without figures": (sum(here.values()) - pictures + sum(elsewhere)) / 1000,
        "kB of figures": pictures / 1000,
        "requests": len(here) + len(elsewhere),
        "largest paint, s": paint / 1000,
        "layout shift": shift,
    }


def main() -> int:
    """Build both, load them alternately, print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument(
        "--loads", type=int, default=3, help="loads of each page; medians are shown"
    )
    loads = parser.parse_args().loads
    path = browser.chromium()
    if path is None:
        print("bench_site: no Chromium here; skipped")
        return 0
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        mathjax = None
        if shutil.which("npm"):
            mathjax = update_vendor.package("mathjax", "3.2.2", folder)[0] / "es5"
        else:
            print("npm is not installed: stock's figures are without MathJax (about 300 kB)")
        built = {kind: build(folder / kind, kind == "stock") for kind in ("stock", "here")}
        # No sandbox: containers run as root, and nothing foreign is opened.
        chromium = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        with browser.served(built["stock"]) as one, browser.served(built["here"]) as other:
            for page in LOADED:
                runs: dict[str, list[dict[str, float]]] = {"stock": [], "here": []}
                for _ in range(loads):
                    runs["stock"].append(load(chromium, f"{one}{page}.html", mathjax))
                    runs["here"].append(load(chromium, f"{other}{page}.html", None))
                print(f"\n{page:<28}{'stock':>10}{'here':>10}{'ratio':>8}")
                for what in runs["here"][0]:
                    a, b = (statistics.median(run[what] for run in runs[w]) for w in runs)
                    digits = 3 if what == "layout shift" else 2 if what.endswith("s") else 0
                    digits = 0 if what in ("requests", "kB of figures") else digits
                    ratio = f"{b / a:8.2f}" if a else " " * 8
                    print(f"  {what:<26}{a:>10.{digits}f}{b:>10.{digits}f}{ratio}")
        chromium.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
