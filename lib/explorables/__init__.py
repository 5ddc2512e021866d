"""Interactive pictures: one call as the last line of a cell shows one.

An explorable is a still picture and one inline script. Where scripts run, the script makes the
picture interactive; elsewhere (without JavaScript, on paper, on a site that removes scripts) the
still picture remains. It loads nothing and, once shown, needs no kernel.

Every folder here with a ``state.json`` is an explorable; it is listed nowhere else. It holds

* ``state.json``, what a call or a link may set, read by Python and JavaScript: see ``state.py``;
* ``NAME.js``, the script, with ``NAME.css`` and ``data.json``, its data, where needed;
* ``still.py``, whose ``draw`` returns the still picture, and ``still.html``, the stored result,
  written by ``python -m lib.explorables``.

The folder ``kit`` holds what the explorables share.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from html import escape
from importlib import resources
from typing import Any
from urllib.parse import quote

import numpy as np

from lib.explorables.state import Entry, entries

_FOLDERS = sorted(
    (folder for folder in resources.files(__name__).iterdir() if (folder / "state.json").is_file()),
    key=lambda folder: folder.name,
)
#: For each explorable, the entries that `explorable` and links accept.
STATE: dict[str, dict[str, Entry]] = {
    folder.name: entries(folder / "state.json") for folder in _FOLDERS
}


@dataclass(frozen=True)
class Explorable:
    """The result of :func:`explorable`; a notebook shows it as HTML.

    Attributes
    ----------
    html : str
        The still picture and the script, for any page.
    call : str
        The call that made it, used as its ``repr``.
    """

    html: str
    call: str

    def _repr_html_(self) -> str:
        return self.html

    def __repr__(self) -> str:
        return self.call


def explorable(name: str, **state: Any) -> Explorable:
    """Show an interactive picture.

    Parameters
    ----------
    name : str
        One of ``STATE``, for example ``"dial"``.
    **state : str, number, bool or list of numbers
        The state at first, for example ``theta=0.5``; the button "Copy as code" gives such a call.

    Returns
    -------
    Explorable
        Make it the last value of a cell. The same call always gives the same bytes.

    Raises
    ------
    ValueError
        If there is no explorable of this name, or it has no such entry, or the value is invalid.

    Examples
    --------
    >>> explorable("dial", theta=0.5)
    explorable("dial", theta=0.5)
    """
    if name not in STATE:
        known = ", ".join(sorted(STATE))
        raise ValueError(f"no explorable is called {name!r}; there are: {known}")
    pairs = [f"{key}:{_as_link(name, key, value)}" for key, value in state.items()]
    arguments = "".join(f", {key}={_as_code(value)}" for key, value in state.items())
    html = _TEMPLATE.format(
        name=name,
        state=escape(",".join(pairs)),
        still=_as_image(_read(f"{name}/still.html").strip()),
        css=_in_script(_minify_css(_read("kit/kit.css") + _read(f"{name}/{name}.css"))),
        entries=_in_script(json.loads(_read(f"{name}/state.json"))),
        data=_in_script(json.loads(_read(f"{name}/data.json") or "null")),
        kit=_minify_js(_read("kit/kit.js")),
        own=_minify_js(_read(f"{name}/{name}.js")),
    )
    return Explorable(html, f'explorable("{name}"{arguments})')


_TEMPLATE = """\
<div class="explorable" data-explorable="{name}" data-state="{state}">
{still}
<script>
(() => {{
"use strict";
const KIT_CSS = {css};
const KIT_STATE = {entries};
const KIT_DATA = {data};
{kit}
{own}
}})();
</script>
</div>"""


def _read(file: str) -> str:
    """Return the text of a file of this package, or an empty string if there is none."""
    path = resources.files(__name__) / file
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def _as_image(still: str) -> str:
    """Return the still picture with its drawing in an ``<img>``.

    JupyterLab removes ``<svg>`` tags from untrusted output but leaves the axis labels as text; it
    keeps an ``<img>``.
    """
    head, svg, tail = re.split(r"(<svg.*</svg>)", still, flags=re.DOTALL)
    first, drawing = svg.split(">", 1)
    attrs = dict(re.findall(r'([\w-]+)="([^"]*)"', first))
    size = f'width="{attrs["width"]}" height="{attrs["height"]}"'
    # In an <img> it no longer inherits colours and namespaces from the page.
    own = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{attrs["viewBox"]}" {size} '
        f'style="color:#1a1a1a;background:#fff;{attrs["style"]}" fill="{attrs["fill"]}">'
    )
    source = quote(" ".join((own + drawing).replace('"', "'").split()), safe="'=;,.()-+!*")
    return (
        f'{head}<img src="data:image/svg+xml,{source}" alt="{attrs["aria-label"]}" {size} '
        f'style="max-width:100%;height:auto">{tail}'
    )


def _minify(code: str) -> str:
    """Remove indentation, empty lines, types, and comments on lines of their own."""
    code = re.sub(r"^\s*/\*(?:(?!\*/).)*\*/[ \t]*$", "", code, flags=re.MULTILINE | re.DOTALL)
    code = re.sub(r"/\*\* @(?:(?!\*/).)*\*/ ?", "", code, flags=re.DOTALL)
    lines = (line.strip() for line in code.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//"))


def _minify_js(code: str) -> str:
    """Minify, and remove spaces around signs where no text or pattern can be meant."""
    tight = re.compile(r" ?(=>|[=!]==|[<>]=|&&|\|\||[=?:<>{},;*()[\]]) ?")

    def squeeze(line: str) -> str:
        if re.search(r"['`/\\]", line):
            return line
        parts = re.split(r'("[^"]*")', line)
        return "".join(p if i % 2 else tight.sub(r"\1", p) for i, p in enumerate(parts))

    return "\n".join(map(squeeze, _minify(code).split("\n")))


def _minify_css(code: str) -> str:
    """Minify, and remove the spaces that mean nothing in a style sheet."""
    return re.sub(r"\s*([{;}])\s*|([:,])\s+", r"\1\2", _minify(code)).replace(";}", "}")


def _in_script(value: Any) -> str:
    """Return the value as JavaScript that is safe inside ``<script>``."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("</", "<\\/").replace("<!--", "<\\!--")


def _as_link(name: str, key: str, value: Any) -> str:
    """Return a state value as it is written in a link."""
    if key not in STATE[name]:
        known = ", ".join(STATE[name])
        raise ValueError(f'explorable("{name}") has no entry {key!r}; there are: {known}')
    written = STATE[name][key].write(value)
    if written is None:
        raise ValueError(f"{key} is {value!r}; {STATE[name][key].requirement()}")
    return written


def _as_code(value: Any) -> str:
    """Return the value as Python code; NumPy numbers look like Python's."""
    plain = value.tolist() if isinstance(value, np.generic | np.ndarray) else value
    return json.dumps(plain, ensure_ascii=False) if isinstance(plain, str) else repr(plain)
