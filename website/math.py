"""Sphinx extension: a math renderer that typesets formulas while the book is built.

MathJax runs in V8. A page then needs no MathJax, works without JavaScript, and nothing moves while
it is read. Each formula also carries MathML, for screen readers.
"""

from __future__ import annotations

import html
import json
import re
import shutil
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes
from py_mini_racer import MiniRacer
from sphinx.util import logging

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.writers.html5 import HTML5Translator

LOGGER = logging.getLogger(__name__)
MATHJAX = Path(__file__).resolve().parent / "vendor" / "mathjax"
SCRIPTS = ("mathjax.js", "liteDOM.js")
# Within _static of the built book.
FOLDER = "vendor/mathjax"
STYLE_SHEET = "mathjax.css"
# A formula as Sphinx's own renderer writes it.
DELIMITED = re.compile(r"\\[(\[](.*)\\[)\]]", re.DOTALL)
SETTINGS = """
globalThis.global = globalThis;
globalThis.MathJax = {
  loader: {load: []},
  startup: {typeset: false, ready() {}},
  tex: {packages: %s},
  chtml: {fontURL: "%s/output/chtml/fonts/woff-v2", adaptiveCSS: true},
};
"""
# ex: the height of a small x of the book's typeface, which MathJax scales its own fonts to.
FUNCTIONS = """
MathJax.startup.getComponents();
MathJax.startup.makeMethods();
globalThis.typeset = (tex, display) => MathJax.startup.adaptor.outerHTML(
  MathJax.tex2chtml(tex, {em: 16, ex: 7.8, containerWidth: 80 * 16, display}));
globalThis.styleSheet = () => MathJax.startup.adaptor.textContent(MathJax.chtmlStylesheet());
"""


class Renderer:
    """MathJax in V8, in the place of Sphinx's own renderer, which writes TeX for the browser."""

    def __init__(self, app: Sphinx) -> None:
        self.app = app

    @cached_property
    def v8(self) -> Any:
        """MathJax, started when the first formula is met."""
        v8 = MiniRacer()
        packages = json.dumps(self.app.config.mathjax3_config["tex"]["packages"])
        scripts = [(MATHJAX / name).read_text(encoding="utf-8") for name in SCRIPTS]
        for code in (SETTINGS % (packages, FOLDER), *scripts, FUNCTIONS):
            v8.eval(f"{code};0")
        return v8

    def typeset(self, tex: str, display: bool) -> str:
        """Return a formula as HTML; raise a ValueError if MathJax cannot typeset it."""
        done = str(self.v8.eval(f"typeset({json.dumps(tex)}, {json.dumps(display)})"))
        if "mjx-merror" in done:
            raise ValueError(f"MathJax cannot typeset {tex}")
        return done

    def visit(self, translator: HTML5Translator, node: nodes.Element) -> None:
        """Write a formula, within a line or on a line of its own."""
        display = isinstance(node, nodes.math_block)
        registry, start = self.app.registry, len(translator.body)
        # Looked up only now: MyST replaces one of Sphinx's own two.
        inline, block = registry.html_inline_math_renderers, registry.html_block_math_renderers
        with suppress(nodes.SkipNode):
            (block if display else inline)["mathjax"][0](translator, node)

        def typeset(match: re.Match[str]) -> str:
            try:
                return self.typeset(html.unescape(match[1]).strip(), display)
            except ValueError as error:
                LOGGER.warning("%s", error, location=node)
                return match[0]

        translator.body[start:] = [DELIMITED.sub(typeset, "".join(translator.body[start:]))]
        raise nodes.SkipNode

    def finish(self, app: Sphinx, exception: Exception | None) -> None:
        """Write the style sheet that the formulas typeset so far need, and copy MathJax's fonts."""
        if exception is None and app.builder.format == "html":
            static = Path(app.outdir) / "_static"
            (static / STYLE_SHEET).write_text(self.v8.eval("styleSheet()"), encoding="utf-8")
            no_scripts = shutil.ignore_patterns("*.js")
            shutil.copytree(MATHJAX, static / FOLDER, ignore=no_scripts, dirs_exist_ok=True)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    renderer = Renderer(app)
    app.add_html_math_renderer("typeset", (renderer.visit, None), (renderer.visit, None))
    app.add_css_file(STYLE_SHEET)
    app.connect("build-finished", renderer.finish)
    # In parallel, each process would have a style sheet of its own.
    return {"parallel_read_safe": True, "parallel_write_safe": False}
