"""Renew or check the third-party files that the book ships.

MathJax typesets the mathematics; the icons are those of the theme's buttons; the typeface is that
of pages, figures and explorables; MiniSearch finds sections. All are committed, so that a built
page asks no other host for anything. ``vendored.json`` in each folder says which release a folder
holds, under which licence, and the SHA-256 of each file.

MathJax's own bundles either hold far more than the book needs (menus, spoken mathematics; 262 kB
compressed) or fetch their parts one by one. Its released components can be joined instead:
165 kB. Every TeX macro of the packages named in ``COMPONENTS`` works; nothing is
loaded on demand but the fonts that a page uses.

The typeface is Source Sans 3, with Source Code Pro for code. Pages load it as WOFF2; matplotlib
reads only TrueType, so ``lib`` holds the styles that figures use in that form. Both are cut down to
the characters named in ``CHARACTERS`` and renamed, Course Sans and Course Code, for the licence
reserves the name Source for fonts that nobody has changed.

Usage: python -m website.update_vendor            needs npm; for the fonts, pip install brotli
       python -m website.update_vendor --check    needs nothing
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

VENDOR = Path(__file__).resolve().parent / "vendor"
MATHJAX = VENDOR / "mathjax"
ICONS = VENDOR / "icons"
MINISEARCH = VENDOR / "minisearch"
FONTS = VENDOR / "fonts"
FIGURE_FONTS = VENDOR.parents[1] / "lib" / "figures" / "fonts"
FOLDERS = (MATHJAX, ICONS, MINISEARCH, FONTS, FIGURE_FONTS)
MANIFEST = "vendored.json"

# The order matters: startup first, because the others register with it; then what each builds on.
COMPONENTS = (
    "startup",
    "core",
    "input/tex-base",
    "input/tex/extensions/ams",
    "input/tex/extensions/boldsymbol",
    "input/tex/extensions/color",
    "input/tex/extensions/newcommand",
    "input/tex/extensions/textmacros",
    "output/chtml",
    "output/chtml/fonts/tex",
    "a11y/assistive-mml",  # the same formula as MathML, for screen readers
)
# The icons of the theme's templates, by the name that their class has there.
SOLID = (
    *("angle-left", "angle-right", "arrow-up", "bars", "chevron-down", "chevron-right"),
    *("circle-half-stroke", "code", "download", "expand", "file", "file-pdf", "lightbulb", "list"),
    *("magnifying-glass", "moon", "outdent", "pencil", "play", "rocket", "sun", "xmark"),
)
BRANDS = ("github",)
# Latin, Greek and the signs that the book writes, as the command line of fontTools takes them.
CHARACTERS = (
    *("20-7E", "A0-FF", "131", "152-153", "15A-15B", "160-161", "17D-17E"),  # Latin
    *("391-3A9", "3B1-3C9", "302", "304"),  # Greek; the hat and the bar of p-hat and x-bar
    *("2010-2014", "2016", "2018-201E", "2020", "2022", "2026", "2032", "2033"),  # punctuation
    *("2070-2079", "207A-207E", "2080-2089", "1D40", "2113"),  # raised and lowered; ℓ
    *("2190-2195", "2202", "2211", "2212", "221A", "221E", "2248", "2260", "2264", "2265"),
    *("25CB", "25CF", "2660", "2663", "2665", "2666", "2713", "2717"),  # balls, cards, right, wrong
)
MATPLOTLIB_FONTS = ("SourceSans3-Regular", "SourceSans3-It", "SourceSans3-Bold")
PAGE_FONTS = (*MATPLOTLIB_FONTS, "SourceCodePro-Regular")
RENAMED = {
    **{"Source Sans 3": "Course Sans", "SourceSans3": "CourseSans"},
    **{"Source Code Pro": "Course Code", "SourceCodePro": "CourseCode"},
}


def fetch(release: str, folder: Path) -> Path:
    """Fetch a release such as ``mathjax@3.2.2`` from npm; return the archive."""
    npm = shutil.which("npm")
    if npm is None:
        raise SystemExit("npm is not installed; it is needed to renew, not to build")
    command = [npm, "pack", "--silent", "--pack-destination", str(folder), release]
    packed = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return folder / packed.stdout.split()[-1]


def package(name: str, version: str, folder: Path) -> tuple[Path, str]:
    """Unpack one release from npm; return where it lies and the SHA-256 of its archive."""
    archive = fetch(f"{name}@{version}", folder)
    target = folder / name.replace("/", "-").removeprefix("@")
    with tarfile.open(archive) as tar:
        tar.extractall(target, filter="data")
    return target / "package", hashlib.sha256(archive.read_bytes()).hexdigest()


def write(folder: Path, files: dict[str, bytes], facts: dict[str, str]) -> None:
    """Rewrite a folder's files and its manifest."""
    shutil.rmtree(folder, ignore_errors=True)
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    sums = {name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())}
    text = json.dumps({**facts, "sha256": sums}, indent=2) + "\n"
    (folder / MANIFEST).write_text(text, encoding="utf-8")


def renew_mathjax(folder: Path) -> None:
    """Put MathJax's components into one file, and its fonts beside it."""
    version = "3.2.2"
    source, digest = package("mathjax", version, folder)
    parts = [(source / "es5" / f"{name}.js").read_bytes() for name in COMPONENTS]
    head = (
        f"/* MathJax {version}, Copyright (c) 2009-2022 The MathJax Consortium, Apache-2.0.\n"
        f"   The unchanged components, one behind the other: {', '.join(COMPONENTS)}. */\n"
    )
    files = {"mathjax.js": head.encode() + b";\n".join(part.strip() for part in parts) + b";\n"}
    # MathJax's document model for use without a browser: the build typesets with it.
    files["liteDOM.js"] = (source / "es5" / "adaptors" / "liteDOM.js").read_bytes()
    fonts = "output/chtml/fonts/woff-v2"  # where MathJax looks, beside its script
    for font in sorted((source / "es5" / fonts).iterdir()):
        files[f"{fonts}/{font.name}"] = font.read_bytes()
    files["LICENSE"] = (source / "LICENSE").read_bytes()
    facts = {"name": "mathjax", "version": version, "licence": "Apache-2.0", "archive": digest}
    write(MATHJAX, files, facts)


def renew_icons(folder: Path) -> None:
    """Take the icons of the theme's buttons."""
    name, version = "@fortawesome/fontawesome-free", "6.7.2"
    source, digest = package(name, version, folder)
    drawings = [*(f"solid/{icon}" for icon in SOLID), *(f"brands/{icon}" for icon in BRANDS)]
    files = {
        f"{drawing.split('/')[1]}.svg": (source / "svgs" / f"{drawing}.svg").read_bytes()
        for drawing in drawings
    }
    files["LICENSE.txt"] = (source / "LICENSE.txt").read_bytes()
    facts = {"name": name, "version": version, "licence": "CC-BY-4.0", "archive": digest}
    write(ICONS, files, facts)


def renew_minisearch(folder: Path) -> None:
    """Take the search library."""
    name, version = "minisearch", "7.2.0"
    source, digest = package(name, version, folder)
    script = (source / "dist" / "umd" / "index.js").read_bytes()
    files = {
        "minisearch.js": script.partition(b"//# sourceMappingURL")[0],
        "LICENSE.txt": (source / "LICENSE.txt").read_bytes(),
    }
    write(
        MINISEARCH, files, {"name": name, "version": version, "licence": "MIT", "archive": digest}
    )


def renamed(text: str) -> str:
    """Return a text with the new names of the fonts in the place of the old ones."""
    for old, new in RENAMED.items():
        text = text.replace(old, new)
    return text


def cut_down(font: Path, flavor: str | None) -> bytes:
    """Return a font with the characters of the book alone; ``flavor`` as fontTools names it."""
    from fontTools.subset import Options, Subsetter, load_font, parse_unicodes, save_font

    options = Options()
    options.flavor = flavor
    options.hinting = False
    options.layout_features = ["kern", "liga", "tnum", "mark", "ccmp"]
    cut = load_font(str(font), options)
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=parse_unicodes(",".join(CHARACTERS)))
    subsetter.subset(cut)
    for record in cut["name"].names:
        record.string = renamed(record.toUnicode())
    written = io.BytesIO()
    save_font(cut, written, options)
    return written.getvalue()


def renew_fonts(folder: Path) -> None:
    """Cut the typeface down, for pages and for matplotlib."""
    releases = {
        "SourceSans3": ("source-sans", "3.52.0"),
        "SourceCodePro": ("source-code-pro", "2.42.0"),
    }
    unpacked = {family: package(*release, folder) for family, release in releases.items()}
    texts = [(source / "LICENSE.md").read_bytes() for source, _ in unpacked.values()]
    # Git would write their line ends anew, and the checksum would no longer agree.
    licences = b"\n\n".join(texts).replace(b"\r\n", b"\n")
    for target, names, suffix in (
        (FONTS, PAGE_FONTS, "woff2"),
        (FIGURE_FONTS, MATPLOTLIB_FONTS, "ttf"),
    ):
        files = {"LICENSE.md": licences}
        for name in names:
            source, _ = unpacked[name.partition("-")[0]]
            flavor = suffix if suffix == "woff2" else None
            files[f"{renamed(name)}.{suffix}"] = cut_down(source / "TTF" / f"{name}.ttf", flavor)
        facts = {
            "name": ", ".join(name for name, _ in releases.values()),
            "version": ", ".join(version for _, version in releases.values()),
            "licence": "OFL-1.1",
            "archive": ", ".join(digest for _, digest in unpacked.values()),
        }
        write(target, files, facts)


def differing(folder: Path) -> list[str]:
    """Return the files of a folder that are not what its list says, missing and extra ones too."""
    listed: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["sha256"]
    found = {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and path.name != MANIFEST
    }
    return sorted(name for name in listed | found if listed.get(name) != found.get(name))


def main() -> int:
    """Renew the folders, or check them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--check", action="store_true", help="compare the checksums; fetch nothing")
    if not parser.parse_args().check:
        with tempfile.TemporaryDirectory() as folder:
            renew_mathjax(Path(folder))
            renew_icons(Path(folder))
            renew_minisearch(Path(folder))
            renew_fonts(Path(folder))
    wrong = [f"{folder.name}/{name}" for folder in FOLDERS for name in differing(folder)]
    print("differs from vendored.json: " + ", ".join(wrong) if wrong else "as listed")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
