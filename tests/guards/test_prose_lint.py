"""Every rule of the lint, with sentences and code that must be found or must pass."""

from pathlib import Path

import pytest

from course.guards import NOTEBOOKS, PAGES, README, ROOT
from course.guards.lint_rules import BY_NAME, RULES
from course.guards.prose_lint import blocks, check, lint, lint_code
from course.guards.samples import ALT, code, figure, printed, save, text

MARK = "<!-- lint: quoted -->"

REFUSED = {
    "likelihood of the data": [
        "The likelihood of the data is 0.03456.",
        "We maximise the log-likelihood *of\nthe data*.",
        "the likelihood of our five balls",
        "the likelihood of this data",
        "We maximise the data's likelihood.",
        "the likelihood of observing these balls",
        "Its data likelihood is small.",
        "It is the balls’ log-likelihood.",
        "It is the likelihood of the observed sequence.",
    ],
    "most likely parameter": [
        "0.6 is the most likely parameter.",
        "Most likely the generator used 60 %.",
        "Most likely, the generator used 60 %.",
        "the most likely value of $\\theta$",
        "the most likely value of the parameter",
        "Which $\\theta$ is most likely?",
        "the most-likely dial",
    ],
    "multilabel outside its section": [
        "Ten digits make a multilabel problem.",
        "## Softmax\n\nThis is multi-label classification.",
        "Multilabel classification is what the ten digits need.",
        "This is multi label classification.",
        "**Multilabel.** An entry of a glossary, in a chapter.",
        "| multilabel | any subset |",
        "## Multilabel\n\nAny subset.\n\n## Softmax\n\nA multilabel problem.",
    ],
    "inversely proportional": [
        "Surprise is inversely proportional to the probability.",
        "It is inversely proportional to its probability.",
        "Surprise is inversely proportional to $p$.",
        "Surprise is inversely proportional to p(x).",
    ],
    "union for AND": [
        "The probability of the union of events is their product.",
        "For the union of independent events we multiply.",
        "The probability of the union of both events is their product.",
    ],
    "distance between distributions": [
        "KL is the distance between two distributions.",
        "Cross-entropy measures the distance between distributions.",
        "It is not symmetric, but still a distance between $p$ and $q$.",
    ],
    "entropy of the prediction": [
        "Cross-entropy is the entropy of the predicted distribution.",
        "The cross entropy means the entropy of the predicted distribution, not the actual.",
    ],
    "monotonous": ["The logarithm is monotonous.", "It grows monotonously."],
    "log-softmax as a bug": [
        "Log-softmax then CrossEntropyLoss is a bug.",
        "Taking `log_softmax` twice is an error.",
        "It is a bug to use log-softmax before CrossEntropyLoss.",
        "Applying `CrossEntropyLoss` to `log_softmax` outputs is a bug.",
    ],
    "log 0 = 0": [
        "Remember that log 0 = 0.",
        r"We set $\log 0 = 0$ here.",
        "ln(0) is 0",
        "log 0 is zero",
        "The log of zero is zero.",
    ],
    "a number without its unit": [
        "The entropy is 0.6730.",
        "the loss is about $0.67$, which is good",
        "It starts at a loss of 2.3026 and falls.",
        "The cross-entropy is 0.6931…",
        "A loss of 0.05 % is small.",
    ],
    "cross-entropy for accuracy": [
        "Cross-entropy gives higher accuracy.",
        "The cross-entropy loss reaches a better accuracy than squared error.",
    ],
    "filler": [
        "We simply add them.",
        "This is obviously true.",
        "Of course it is.",
        "It is important to note the sign.",
        "Note that the sum is 1.",
        "- Note that the sum is 1.",
    ],
    "a chapter that does not exist": [
        "More in chapter 16.",
        "See chapters 5 and 17.",
        "Chapter twelve returns to this.",
        "as section 16.2 shows",
        "(§17.1)",
        "See ch. 16 for more.",
        "Ch. 16 has more.",
        "More in chapter XI.",
        "See chapters II and XII.",
    ],
    "an exercise that does not exist": [
        "Do exercise 3.19 now.",
        "Exercise 1.18 asks this.",
        "Exercise 4.20 asks this.",
        "See exercise 16.1.",
        "See exercise 5.18.",
        "Exercise 3.1.2 asks this.",
        "Exercises 2 and 3 ask this.",
        "Exercises 2.6, 2.7 and 2.18 ask this.",
        "Exercises 5.1 to 5.19 ask this.",
    ],
    "an article": [
        "An article says otherwise.",
        "These are the article's logits.",
        "What the articles print.",
    ],
    "shall": ["What never comes shall cost nothing.", "Shall we add them?"],
    "whoever": ["Whoever believes it pays.", "It is known to whoever asks."],
    "is no": [
        "The softmax is no argmax.",
        "Three steps are no proof.",
        "a number that is no probability",
        "It is no *small* matter.",
    ],
    "of its own": ["Each row has a sum of its own.", "They have names of their own."],
    "nobody can do better": ["Nobody can do better.", "On them nobody could pay less."],
    "nansum": ["Use nansum here.", "`np.nansum(p * np.log(p))`"],
    "eps inside log": ["Write `log(q + 1e-8)`.", "```python\nnp.log(q + eps)\n```"],
    "abs of KL": ["Take `kl.abs()`.", "Take `abs(kl(p, q))`."],
}

PASSES = {
    "likelihood of the data": [
        "The likelihood of θ given the data.",
        "The data's probability, the parameter's likelihood.",
        "the probability of the data, and the likelihood of the parameter",
    ],
    "most likely parameter": [
        "the parameter that makes the data most probable",
        "The most likely outcome is three black balls.",
        "This dial is most likely to show black.",
        "The most likely value of the count is 3.",
    ],
    "multilabel outside its section": [
        "## Multiclass or multilabel\n\nA multilabel problem allows any subset.",
        "## Multilabel\n\n### Its loss\n\nA multilabel loss is a sum.",
        "Ten digits make a multiclass problem.",
    ],
    "inversely proportional": [
        "Surprise is not proportional to the probability.",
        "The step is inversely proportional to the batch size.",
        "It is inversely proportional to price.",
    ],
    "union for AND": [
        "AND is the intersection, not the union of events.",
        "The union of two events is what happens when one or the other does.",
    ],
    "distance between distributions": [
        "KL is not a distance between distributions",
        "The difference between two distributions.",
        "KL is never a distance between distributions.",
        "It isn't a true distance between distributions.",
    ],
    "entropy of the prediction": [
        "Cross-entropy is not the entropy of the predicted distribution.",
        "The entropy of the predicted distribution is 0.0372 nats.",
    ],
    "monotonous": ["The logarithm is monotonic.", "It is strictly increasing."],
    "log-softmax as a bug": [
        "log-softmax twice is harmless",
        "Log-softmax before CrossEntropyLoss is not a bug.",
        "Softmax before CrossEntropyLoss is a bug.",
        "Log-softmax before CrossEntropyLoss changes nothing; softmax before it is the bug.",
        "It is never a bug to use log-softmax before CrossEntropyLoss.",
    ],
    "log 0 = 0": [
        "0 log 0 = 0",
        r"$0\log 0 = 0$",
        r"$0 \cdot \log 0 = 0$",
        "0·log 0 = 0",
        r"$\log 0 = -\infty$",
        "log 1 = 0",
        "0 times log 0 is zero",
        "log 0 is −∞",
        "log 0.5 = −0.693",
    ],
    "a number without its unit": [
        "the entropy is 0.6730 nats",
        "a loss of 2.2941 nats",
        r"the loss is $0.6730\,\text{nats}$",
        "The entropy is 0.6730 (nats).",
        "a loss of about 0.02 of a nat",
        "The cross-entropy is 0.6931… nats.",
        "The loss is lse(z) − z_y.",
        "The squared-error loss is 1.04.",
    ],
    "cross-entropy for accuracy": [
        "Cross-entropy does not give higher accuracy.",
        "Squared error gives a higher accuracy here.",
    ],
    "filler": ["A simple sum.", "The note that stands here.", "Take note that way."],
    "a chapter that does not exist": [
        "See chapter 5.",
        "chapters 1 to 5",
        "6 chapters",
        "Goodfellow et al. 2016, section 6.2.2",
        "chapter 6 of Goodfellow et al.",
        "chapter 5, 6 figures",
        "See ch. 5. Six balls.",
        "chapter IV",
        "The batch. 6 balls.",
    ],
    "an exercise that does not exist": [
        "It is a good exercise.",
        "The exercise of patience takes 3 days.",
        "exercise 4.20 of MacKay",
        "# Exercises 5 · MNIST",
        "Do exercise 3.1 now.",
        "Exercises 4.7 and 4.8 ask this; so does exercise 5.7.",
        "Exercises 1.1 to 1.7, or 3.1, 3.8.",
        "The answer is in the quiz.",
    ],
    "an article": [
        "They come from an article, as the errata tell.",
        "A printout says otherwise.",
        "The definite particle.",
    ],
    "shall": ["It will cost nothing.", "A shallow valley."],
    "whoever": ["Somebody who believes it pays.", "However it comes."],
    "is no": [
        "Then there is no slope.",
        "There are no balls left.",
        "It is no longer needed.",
        "They are no more than three.",
        "It is not a distance.",
        "The answer is no.",
    ],
    "of its own": [
        "Each row has its own sum.",
        "the type of its own weights",
        "a copy of your own",
    ],
    "nobody can do better": ["No dial does better on these five balls.", "Nobody can see it."],
    "nansum": ["`np.sum(entr(p))`", "The sum of NaN is NaN."],
    "eps inside log": ["`log(q + 1)`", "`log1p(x)`", "`log(q) + 1e-8`"],
    "abs of KL": ["`abs(kl - expected) < 1e-12`", "`abs(x)`"],
}


def names(prose: str) -> set[str]:
    return {rule.name for rule, _ in lint(prose)}


def pairs(table: dict[str, list[str]]) -> list:
    return [(name, sentence) for name, sentences in table.items() for sentence in sentences]


@pytest.mark.parametrize("path", [*NOTEBOOKS, *PAGES, README], ids=lambda path: path.stem)
def test_chapter_or_page(path: Path) -> None:
    assert path.exists(), f"{path.name} is missing"
    found = check(path)
    assert not found, "\n".join(map(str, found))


WORDS_OF_CODE = [
    *sorted((ROOT / "exercises" / "source").rglob("*.ipynb")),
    *sorted((ROOT / "exercises" / "hidden").glob("*.py")),
    ROOT / "exercises" / "check.py",
    *sorted(path for path in (ROOT / "lib").rglob("*.py")),
]


@pytest.mark.parametrize("path", WORDS_OF_CODE, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_exercises_their_messages_and_docstrings(path: Path) -> None:
    # Exercise 3.6 is about a function that hides a NaN.
    found = [finding for finding in check(path) if finding.problem != "nansum"]
    assert not found, "\n".join(map(str, found))


def test_only_the_errata_and_the_references_name_an_article(tmp_path: Path) -> None:
    cells = text("An article says so."), code("x = 1  # the article's"), code("f('an article')")
    for name, count in (("errata.ipynb", 0), ("01_chapter.ipynb", 3)):
        problems = [finding.problem for finding in check(save(tmp_path, *cells, name=name))]
        assert problems == ["an article"] * count
    for name, count in (("references.md", 0), ("index.md", 1)):
        page = tmp_path / name
        page.write_text("An article says so.\n", encoding="utf-8")
        assert [finding.problem for finding in check(page)] == ["an article"] * count
    module = tmp_path / "module.py"
    module.write_text('"""Return what the article says."""\n', encoding="utf-8")
    assert [finding.problem for finding in check(module)] == ["an article"]


def test_every_rule_has_its_sentences() -> None:
    assert set(REFUSED) == set(PASSES) == set(BY_NAME)
    assert all(len(table[name]) >= 2 for table in (REFUSED, PASSES) for name in table)
    assert all(rule.mend.endswith(".") for rule in RULES)


@pytest.mark.parametrize(("name", "sentence"), pairs(REFUSED))
def test_refused(name: str, sentence: str) -> None:
    assert names(sentence) == {name}


@pytest.mark.parametrize(("name", "sentence"), pairs(PASSES))
def test_passes(name: str, sentence: str) -> None:
    assert names(sentence) == set()


@pytest.mark.parametrize(("name", "sentence"), pairs(REFUSED))
def test_the_mark_applies_to_its_own_block_only(name: str, sentence: str) -> None:
    last = f"{sentence}\n{MARK}" if "```" in sentence else f"{sentence} {MARK}"
    assert names(last) == set()
    assert names(f"{last}\n\n{sentence}") == {name}


@pytest.mark.parametrize(
    "prose",
    [
        f"A paragraph. {MARK}\n\nIt is monotonous.",
        f"- one {MARK}\n- monotonous\n- three",
        f"| one {MARK} |\n| monotonous |",
        f"1. monotonous\n2. two {MARK}",
        f"{MARK}\n\nIt is monotonous.",
        f"# Heading {MARK}\nIt is monotonous.",
    ],
)
def test_the_mark_of_another_block_does_not_apply(prose: str) -> None:
    assert names(prose) == {"monotonous"}


def test_blocks_of_a_markdown_text() -> None:
    source = "# A\npara\nstill\n\n- one\n  more\n- two\n\n| a |\n| b |\n## B\n```\nx\n\ny\n```\n"
    assert [(b.line, b.headings, b.text.split("\n")[0]) for b in blocks(source)] == [
        (1, "A", "# A"),
        (2, "A", "para"),
        (5, "A", "- one"),
        (7, "A", "- two"),
        (9, "A", "| a |"),
        (10, "A", "| b |"),
        (11, "A / B", "## B"),
        (12, "A / B", "```"),
    ]


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("loss = -np.log(q + 1e-8)", "eps inside log"),
        ("loss = -np.log(1e-12 + q[y]).mean()", "eps inside log"),
        ("loss = -torch.log2(\n    q + eps\n)", "eps inside log"),
        ("np.log(np.clip(q, 1e-12, 1))", "eps inside log"),
        ("torch.log(q.clamp(min=EPSILON))", "eps inside log"),
        ("%matplotlib inline\nnp.log(q + eps)", "eps inside log"),
        ("(q + 1e-8).log()", "eps inside log"),
        ("q.add(1e-8).log()", "eps inside log"),
        ("np.log(q + 10**-8)", "eps inside log"),
        ("np.log(q + 1 / 10**8)", "eps inside log"),
        ("np.log(np.where(q > 0, q, 1e-9))", "eps inside log"),
        ("q.clamp_min(1e-9).log()", "eps inside log"),
        ("torch.log(torch.nan_to_num(q, 1e-9))", "eps inside log"),
        ("xlogy(p, q + 1e-9)", "eps inside log"),
        ("h = np.nansum(p)", "nansum"),
        ("from numpy import nansum as s", "nansum"),
        ("getattr(np, 'nansum')(p)", "nansum"),
        ("from numpy import nansum\nnansum(p)", "nansum"),
        ("abs(kl_divergence(p, q))", "abs of KL"),
        ("np.abs(kl)", "abs of KL"),
        ("F.kl_div(a, b).abs()", "abs of KL"),
        ("(p * np.log(p / q)).sum().abs()", "abs of KL"),
        ("abs(sum(a * math.log(a / b) for a, b in zip(p, q)))", "abs of KL"),
        ("np.abs(np.sum(p * (np.log(p) - np.log(q))))", "abs of KL"),
        ("abs(p @ np.log(p / q))", "abs of KL"),
        ("abs(rel_entr(p, q).sum().item())", "abs of KL"),
        ("x = 1  # the likelihood of the data", "likelihood of the data"),
        ("print(f'loss is 0.67, {x}')", "a number without its unit"),
    ],
)
def test_code_is_refused(source: str, name: str) -> None:
    assert name in {rule.name for rule, _ in lint_code(source)}


@pytest.mark.parametrize(
    "source",
    [
        "np.log(q) + 1e-8",
        "np.log(1 + x)",
        "(q + 1).log()",
        "q.log().add(1e-8)",
        "np.log(q + 10**-1)",
        "xlogy(p, q)",
        "np.log(np.where(q > 1e-9, q, 1))",
        "from numpy import sum as s",
        "np.log(p / q).abs().max()",
        "abs((p * np.log(p / q)).sum() - 0.02) < 1e-12",
        "(p * np.log(p)).sum().abs()",
        "abs(loss.sum())",
        "np.log(q + 0.5)",
        "np.log(np.clip(q, 0.1, 0.9))",
        "np.sum(p)",
        "assert abs(kl_divergence(p, q) - 0.1) < 1e-12",
        "gap = abs(kl(p, q) - kl(q, p))",
        "eps = 1e-8",
        "not python at all (",
        "multilabel = True  # a multilabel target",
    ],
)
def test_code_passes(source: str) -> None:
    assert list(lint_code(source)) == []


def test_good_notebook_passes(tmp_path: Path) -> None:
    path = save(
        tmp_path,
        text("## 1.1 Multilabel, in its own section\n\nThe entropy is 0.673 nats."),
        text("A multilabel problem, under the heading of the cell before."),
        code("np.log(q + 1e-8)", tags=["lint-quoted"]),
        code("f()", printed("the loss is 0.673 nats\n")),
        figure(),
        text(f"| belief | cure |\n|---|---|\n| the likelihood of the data {MARK} | of θ |"),
    )
    assert check(path) == []


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        (text("The likelihood of the data."), "likelihood of the data"),
        (text("A multilabel problem, under another heading."), "multilabel"),
        (text("```{note}\nHello\n```"), "raw directive"),
        (text(":::{tip}\nHello\n:::"), "raw directive"),
        (code("np.log(q + 1e-8)"), "eps inside log"),
        (code("f()", printed("the loss is 0.673\n")), "without its unit"),
        (figure(ALT + " Its loss is 0.673."), "without its unit"),
    ],
)
def test_bad_notebook_is_refused(tmp_path: Path, cell: dict, problem: str) -> None:
    (finding,) = check(save(tmp_path, text("## Multilabel"), text("## Softmax"), cell))
    assert problem in finding.problem
    assert "cell 3" in finding.where


@pytest.mark.parametrize(
    "entry", ["**Multilabel.** Any subset.", "- **Multilabel**: any subset, a multilabel target."]
)
def test_only_its_own_entry_in_a_glossary_may_say_multilabel(tmp_path: Path, entry: str) -> None:
    for name in ("glossary.md", "notation.md"):
        page = tmp_path / name
        page.write_text(entry + "\n", encoding="utf-8")
        assert check(page) == []
        page.write_text("Multilabel classification is for digits.\n", encoding="utf-8")
        assert [finding.problem for finding in check(page)] == ["multilabel outside its section"]
    page = tmp_path / "index.md"
    page.write_text(entry + "\n", encoding="utf-8")
    assert [finding.problem for finding in check(page)] == ["multilabel outside its section"]


def test_bad_page_is_refused_and_may_hold_directives(tmp_path: Path) -> None:
    page = tmp_path / "notation.md"
    page.write_text("```{note}\nHello\n```\n\nIt is monotonous.\n", encoding="utf-8")
    (finding,) = check(page)
    assert finding.problem == "monotonous"
    assert MARK in finding.mend
