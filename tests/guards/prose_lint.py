"""Phrases and lines of code that teach something false, or that only fill.

A phrase shown in order to be corrected carries the comment ``<!-- lint: quoted -->`` in the same
paragraph, list item or table row; a code cell carries the tag ``lint-quoted``. Readers see
neither. The mark excuses that one block.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.guards import Finding, place, read, snippet

MARK = re.compile(r"<!--\s*lint:\s*quoted\s*-->")
TAG = "lint-quoted"


@dataclass(frozen=True)
class Rule:
    """A phrase that is refused, unless the sentence around it matches ``unless``."""

    name: str
    pattern: str
    mend: str
    unless: str | None = None

    def search(self, sentence: str) -> re.Match[str] | None:
        """Return the phrase in a sentence, or None."""
        if self.unless and re.search(self.unless, sentence, re.I):
            return None
        return re.search(self.pattern, sentence, re.I)


_DATA = r"(?:data(?: ?sets?)?|observations?|sample|sequence|five balls|balls|labels)"
_DISTRIBUTIONS = r"(?:(?:the|two|any|our|these|probability|different) )*distributions"
_NUMBER = r"[−-]?\d*\.\d+(?:[\u202f\u2009]\d+)*(?:…|\.\.\.)?"
_UNIT = r"(?:nats?|bits?)\b"

RULES = (
    Rule(
        "likelihood of the data",
        rf"likelihoods? of (?:the |our |these |those |all |some |its )*(?:observed |training )?{_DATA}\b",
        "the likelihood is of the parameter, given the data; of the data say probability.",
    ),
    Rule(
        "most likely parameter",
        r"most[- ]likely (?:the )?(?:parameters?|generator|theta|θ|dial|setting|model|machine|weights)"
        r"|(?:parameter|generator|theta|θ|dial|setting) (?:that |which )?(?:is|was) (?:the )?most likely",
        "say: the parameter that makes the data most probable (the maximum-likelihood estimate).",
    ),
    Rule(
        "inversely proportional",
        r"inversely proportional to (?:its |the |their |an? )?(?:event's )?probabilit",
        "surprise is -log p: halving p adds ln 2, it does not double the surprise.",
    ),
    Rule(
        "union for AND",
        r"\bunion of (?:(?:the|two|several|all|these|independent) )*events",
        "AND is the intersection; the union is OR.",
        unless=r"\bnot (?:of )?(?:the )?union|\bor\b|at least one|overlap",
    ),
    Rule(
        "a distance between distributions",
        rf"distances? between (?:{_DISTRIBUTIONS}|p and q)",
        "say difference, or: it is not a distance.",
        unless=r"\b(?:not|never|no|n't)(?: an?| the)?(?: \w+)? distances?\b",
    ),
    Rule(
        "entropy of the prediction for cross-entropy",
        r"cross[- ]entropy\b.{0,60}?(?<!cross-)\bentropy of the (?:predicted|prediction|model's)",
        "cross-entropy averages the model's surprise under the true distribution.",
        unless=r"\bnot (?:just )?(?:the )?entropy of",
    ),
    Rule("monotonous", r"\bmonotonous(?:ly)?\b", "monotonic (here: strictly increasing)."),
    Rule(
        "log-softmax is not a bug",
        r"log[-_ ]?softmax(?=.*(?:twice|cross_?entropy|again)).*"
        r"\b(?:bug|wrong|error|mistake|harmful|broken)\b",
        "log-softmax before CrossEntropyLoss changes nothing; softmax before it is the bug.",
        unless=r"harmless|no harm|not (?:an? )?(?:bug|wrong|error|mistake|harmful|broken)",
    ),
    Rule(
        "log 0 = 0",
        r"(?<![0p·×*])(?<!cdot)\\?\b(?:log|ln)[_₂{}0-9]*\s*\(?\s*0\s*\)?\s*(?:=|is|equals)\s*0(?![.\d])",
        "log 0 is minus infinity; what is 0 is the limit of p log p.",
    ),
    Rule(
        "a number without its unit",
        rf"\b(?:entropy is|loss is|loss of)\s+(?:(?:about|only|exactly|roughly|nearly|≈|~)\s*)*{_NUMBER}"
        rf"(?!\d|\.\d|\s*{_UNIT})",
        "give the unit: nats or bits.",
    ),
    Rule(
        "cross-entropy and accuracy",
        r"cross[- ]entropy (?:loss )?(?:gives|gets|yields|brings|reaches|has|means)\b[^.]{0,25}"
        r"(?:higher|better|best|highest) accuracy",
        "it is best where probabilities are judged by the log score; accuracy may be lower.",
        unless=r"\bnot\b|\bnever\b|n't",
    ),
    Rule("filler", r"\b(?:simply|obviously|of course|it is important to note)\b", "leave it out."),
    Rule("filler", r"^\W*note that\b", "leave it out: begin with what there is to say."),
    Rule(
        "a chapter that does not exist",
        r"\bchapters?\s+(?:\d\b\s*(?:,|and|or|to|–|-)\s*)*(?:[6-9]\b|six|seven|eight|nine)(?!\.\d*[a-z])",
        "the book has five chapters: leave the reference out.",
    ),
    Rule(
        "nansum", r"\bnansum\b", "it hides a NaN: mend the cause (0 log 0 is 0 by xlogy or entr)."
    ),
    Rule(
        "eps inside log",
        r"\blog(?:2|10)?\([^()]*\+\s*(?:1e-\d+|eps\w*|epsilon)",
        "eps biases the result: use logits and log-sum-exp, and let infinity be infinity.",
    ),
    Rule(
        "abs of KL",
        r"\bkl\w*(?:\([^()]*\))?\.abs\(\)|\babs\(\s*[\w.]*\bkl\w*(?:\([^()]*\))?\s*\)",
        "a negative KL shows an error: mend its cause, do not flip its sign.",
    ),
)
MULTILABEL = Rule(
    "multilabel",
    r"\bmulti-?labels?\b",
    "exclusive classes are multiclass; multilabel belongs into its own section.",
)


def blocks(text: str) -> Iterator[tuple[str, str]]:
    """Yield (heading it stands under, text) of each paragraph, list item, table row and fence."""
    trail: list[tuple[int, str]] = []
    block: list[str] = []
    fenced = False

    def flush() -> Iterator[tuple[str, str]]:
        if block:
            yield " / ".join(title for _, title in trail), "\n".join(block)
            block.clear()

    for line in text.splitlines():
        fence = line.lstrip().startswith(("```", "~~~"))
        heading = None if fenced or fence else re.match(r"(#{1,6})\s+(.*)", line)
        starts = re.match(r"\s*(?:[-*+]|\d+[.)])\s|\s*\||\s*(?:>\s*)?$", line)
        if not fenced and not fence and (heading or starts):
            yield from flush()
        if heading:
            trail = [(n, title) for n, title in trail if n < len(heading[1])]
            trail.append((len(heading[1]), heading[2]))
        if line.strip():
            block.append(line)
        if fence:
            fenced = not fenced
        if heading:
            yield from flush()
    yield from flush()


def _sentences(block: str) -> Iterator[str]:
    plain = re.sub(r"<!--.*?-->", " ", block, flags=re.S)
    plain = re.sub(r"\]\([^)\s]*\)", "]", plain)
    plain = re.sub(r"(?m)^\s*(?:[-*+]|\d+[.)]|>|\|)\s+", "", plain)
    plain = re.sub(r"\\(?:text|mathrm)\s*\{([^{}]*)\}", r" \1 ", plain)
    plain = re.sub(r"[*`$]|\\[,;! ]|[\u00a0]", lambda m: " " if m[0][0] == "\\" else "", plain)
    plain = re.sub(r"\s+", " ", plain)
    yield from re.split(r"(?<=[.!?])\s+", plain.strip())


def lint(text: str, heading: str = "", *, own_section: bool = False) -> Iterator[tuple[Rule, str]]:
    """Yield (rule, snippet) for each phrase of a Markdown text that is refused.

    ``heading`` is the heading that the text begins under.
    """
    for under, block in blocks(text):
        if MARK.search(block):
            continue
        multilabel_here = (
            own_section
            or re.search(MULTILABEL.pattern, f"{heading} / {under}", re.I)
            or re.match(r"[\s|>*`#-]*multi-?label", block, re.I)  # its own entry in a glossary
        )
        for sentence in _sentences(block):
            for rule in RULES if multilabel_here else (*RULES, MULTILABEL):
                match = rule.search(sentence)
                if match:
                    yield rule, snippet(sentence, *match.span())


# --- code ------------------------------------------------------------------------------------------


def _name(node: ast.expr) -> str:
    """Return the last name of a call or an attribute: np.log(x) -> log."""
    if isinstance(node, ast.Call):
        return _name(node.func)
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _tiny(node: ast.expr) -> bool:
    """Tell whether an expression is an eps: a tiny constant or something named so."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, float) and 0 < node.value <= 1e-5
    return bool(re.fullmatch(r"_?(eps\w*|tiny|small)", _name(node), re.I))


def _padded(call: ast.Call) -> bool:
    """Tell whether a call of log has + eps, or a clip with eps, among its arguments."""
    for argument in call.args:
        for node in ast.walk(argument):
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
                if _tiny(node.left) or _tiny(node.right):
                    return True
            elif isinstance(node, ast.Call) and _name(node) in {"clip", "clamp", "maximum"}:
                values = [*node.args, *(keyword.value for keyword in node.keywords)]
                if any(_tiny(value) for value in values):
                    return True
    return False


def _is_kl(node: ast.expr) -> bool:
    return isinstance(node, ast.Call | ast.Name | ast.Attribute) and bool(
        re.match(r"_?kl", _name(node), re.I)
    )


def _code_rule(node: ast.AST) -> str | None:
    if _name(node) == "nansum" if isinstance(node, ast.Name | ast.Attribute) else False:
        return "nansum"
    if not isinstance(node, ast.Call):
        return None
    name = _name(node)
    if re.fullmatch(r"log(2|10)?", name) and _padded(node):
        return "eps inside log"
    if name in {"abs", "absolute", "fabs"}:
        receiver = node.func.value if isinstance(node.func, ast.Attribute) else None
        if any(_is_kl(x) for x in node.args) or (receiver is not None and _is_kl(receiver)):
            return "abs of KL"
    return None


def lint_code(source: str) -> Iterator[tuple[Rule, str]]:
    """Yield (rule, snippet) for each refused line of a code cell, its comments and strings too."""
    by_name = {rule.name: rule for rule in (*RULES, MULTILABEL)}
    python = re.sub(r"(?m)^\s*[%!].*", "", source)
    try:
        tree = ast.parse(python)
    except SyntaxError:
        tree = ast.Module(body=[], type_ignores=[])
    lines = python.splitlines()
    for node in ast.walk(tree):
        name = _code_rule(node)
        if name:
            yield by_name[name], lines[getattr(node, "lineno", 1) - 1].strip()
    prose = [
        n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and type(n.value) is str
    ]
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(python).readline))
        prose += [t.string.lstrip("# ") for t in tokens if t.type == tokenize.COMMENT]
    except (tokenize.TokenError, SyntaxError):
        pass
    for text in prose:
        for rule, piece in lint(text, own_section=True):
            yield rule, piece


# --- files -----------------------------------------------------------------------------------------

DIRECTIVE = re.compile(r"^\s*(?:`{3,}|:{3,})\{.*", re.M)


def _finding(where: str, rule: Rule, piece: str, mark: Callable[[], str]) -> Finding:
    return Finding(where, f"{rule.name} is refused", f"{rule.mend} {mark()}", piece)


def _prose_mark() -> str:
    return f"(Shown to be corrected? Put <!-- lint: quoted --> into the same block.)"


def _code_mark() -> str:
    return f"(Shown to be corrected? Tag the cell {TAG}.)"


def check(path: Path) -> list[Finding]:
    """Return the findings of this guard in one chapter, or in one Markdown page."""
    if path.suffix == ".md":
        text = path.read_text(encoding="utf-8")
        return [_finding(path.name, rule, piece, _prose_mark) for rule, piece in lint(text)]
    found: list[Finding] = []
    trail = ""
    for number, cell in enumerate(read(path).cells, start=1):
        where = place(path, number, cell)
        if cell.cell_type != "markdown":
            if TAG not in cell.metadata.get("tags", []):
                hits = lint_code(cell.source)
                found += [_finding(where, rule, piece, _code_mark) for rule, piece in hits]
            continue
        found += [_finding(where, r, piece, _prose_mark) for r, piece in lint(cell.source, trail)]
        match = DIRECTIVE.search(cell.source)
        if match:
            mend = "write plain Markdown, which also reads well in JupyterLab and on GitHub."
            found.append(Finding(where, "a raw directive in a notebook", mend, match[0]))
        trail = _trail_after(trail, cell.source)
    return found


def _trail_after(trail: str, source: str) -> str:
    """Return the heading in force after a Markdown cell: its last one, or the one before it."""
    last = trail
    for under, _ in blocks(source):
        last = under or last
    return last
