"""Write the repository's address where it is needed, or check that it stands there.

The address is decided in one place, ``repository.url`` of ``_config.yml``. Launch, edit and issue
links of the book, the badge of the README, the entry of CITATION.cff and the line of each chapter
that installs ``lib`` on Colab follow from it. While it is empty, there are none of them.

Usage: python scripts/repository.py https://github.com/OWNER/NAME     (or "" to take it away)
       python scripts/repository.py --check
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from pathlib import Path

from course.contents import ROOT
from course.links import decided

BINDER = "https://mybinder.org"
COLAB = "https://colab.research.google.com"
BADGE = (
    "<!-- launch -->\n"
    "[![Binder]({binder}/badge_logo.svg)]({binder}/v2/gh/{name}/main?urlpath=lab/tree/chapters)\n\n"
)


def config_text(text: str, url: str) -> str:
    """Return ``_config.yml`` with this address and with its buttons on or off."""
    shown = "true" if url else "false"
    text = re.sub(r'(?m)^  url: ".*"$', f'  url: "{url}"', text)
    text = re.sub(
        r'(?m)^  binderhub_url: ".*"$', f'  binderhub_url: "{BINDER if url else ""}"', text
    )
    text = re.sub(r'(?m)^  colab_url: ".*"$', f'  colab_url: "{COLAB if url else ""}"', text)
    return re.sub(r"(?m)^(  use_\w+_button:) \w+$", rf"\1 {shown}", text)


def citation_text(text: str, url: str) -> str:
    """Return ``CITATION.cff`` with or without the address."""
    text = re.sub(r"(?m)^repository-code: .*\n", "", text)
    return text.rstrip("\n") + "\n" + (f"repository-code: {url}\n" if url else "")


def readme_text(text: str, url: str) -> str:
    """Return ``README.md`` with or without the launch badge below its title."""
    text = re.sub(r"<!-- launch -->\n.*\n\n", "", text)
    if not url:
        return text
    title, rest = text.split("\n\n", 1)
    name = url.removeprefix("https://github.com/")
    return f"{title}\n\n{BADGE.format(binder=BINDER, name=name)}{rest}"


def notebook_text(text: str, url: str) -> str:
    """Return a chapter whose first cell installs a missing ``lib``, or does not.

    Binder and ``make lab`` have it; Colab opens the notebook alone. The text is changed line by
    line: a notebook's bytes are compared.
    """
    lines = (
        "from importlib.util import find_spec\n",
        "\n",
        'if find_spec("lib") is None:  # on Colab\n',
        "    %pip install --quiet git+ADDRESS\n",
        "\n",
    )
    written = "".join(f"    {json.dumps(line)},\n" for line in lines)
    text = re.sub(re.escape(written).replace("ADDRESS", r"\S*"), "", text, count=1)
    if not url:
        return text
    before, first, after = text.partition('"cell_type": "code"')
    head, source, rest = after.partition('"source": [\n')
    return before + first + head + source + written.replace("ADDRESS", url) + rest


def files(url: str, root: Path = ROOT) -> dict[Path, str]:
    """Return each file that depends on the address, with the text that it must have."""
    makers = {"_config.yml": config_text, "CITATION.cff": citation_text, "README.md": readme_text}
    paths = {root / name: make for name, make in makers.items()}
    paths |= dict.fromkeys(sorted((root / "chapters").glob("*.ipynb")), notebook_text)
    return {path: make(path.read_text(encoding="utf-8"), url) for path, make in paths.items()}


def disagreeing(root: Path = ROOT) -> list[str]:
    """Return the files that do not say what ``_config.yml`` decided."""
    wanted = files(decided(root), root)
    return [path.name for path, text in wanted.items() if path.read_text(encoding="utf-8") != text]


def main() -> int:
    """Write the address given, or check."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("url", nargs="?", help="https://github.com/OWNER/NAME")
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    if arguments.check or arguments.url is None:
        wrong = disagreeing()
        print(", ".join(wrong) + " disagree with _config.yml" if wrong else "the address agrees")
        return bool(wrong)
    url = arguments.url.rstrip("/").removesuffix(".git")
    if url and not re.fullmatch(r"https://github\.com/[\w.-]+/[\w.-]+", url):
        print(f"{url} is not of the form https://github.com/OWNER/NAME", file=sys.stderr)
        return 2
    for path, text in files(url).items():
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
