"""The phrases that the lint forbids, each with advice on how to fix it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from course import contents
from course.tables import WORDS


@dataclass(frozen=True)
class Rule:
    """A forbidden phrase; it is allowed in a sentence that matches ``unless``."""

    name: str
    pattern: str
    mend: str
    unless: str | None = None

    def search(self, sentence: str) -> re.Match[str] | None:
        """Return the match of the phrase in a sentence, or None."""
        if self.unless and re.search(self.unless, sentence, re.I):
            return None
        return re.search(self.pattern, sentence, re.I)


_DATA = (
    r"(?:(?:the|our|your|my|their|its|his|her|this|that|these|those|all|both|some|any|an?|one|each"
    r"|every|such|same|whole|entire|given|new|observed|training|test|five) )*"
    r"(?:data(?: ?sets?)?|observations?|samples?|sequences?|(?:white |black )?balls?|labels?)"
)
_DIAL = r"(?:parameters?|generators?|theta|θ|dials?|settings?)"
_DATA_OWNS = (
    r"(?:data(?: ?sets?)?|observations?|samples?|sequences?|balls?|labels?)(?:['’]s|(?<=s)['’])"
)
_DISTRIBUTIONS = r"(?:(?:the|two|any|our|these|probability|different) )*distributions"
_NUMBER = r"[−-]?\d*\.\d+(?:[\u202f\u2009]\d+)*(?:…|\.\.\.)?"
_UNIT = r"\(?(?:of )?(?:an? )?(?:nats?|bits?)\b"
_ROMAN = ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii"]
_CHAPTERS = len(contents.chapters())
_THERE = "|".join([*map(str, range(1, _CHAPTERS + 1)), *reversed(_ROMAN[:_CHAPTERS])])
_MISSING = "|".join(map(str, range(_CHAPTERS + 1, 20)))
_MISSING_IN_LETTERS = "|".join([*_ROMAN[_CHAPTERS:], *WORDS[_CHAPTERS + 1 :]])
_CHAPTER = (
    rf"\b(?:(?:chapters|chs\.|chaps\.)\s*(?:(?:{_THERE})\s*(?:,|and|or|to|–|-|\s)+)*"
    r"|(?:chapter\s|ch\.|chap\.)\s*)"
)
_EXERCISES = [
    [e.number for e in (*chapter.exercises, *chapter.written)] for chapter in contents.chapters()
]
_EXERCISE = rf"(?:{'|'.join(re.escape(n) for part in _EXERCISES for n in part)})(?!\.?\d)"
_OTHER_BOOK = r"(?! (?:of|in) (?!this book|the book|our))"

RULES = (
    Rule(
        "likelihood of the data",
        rf"\blikelihoods? of (?:(?:seeing|observing|getting|drawing) )?{_DATA}\b"
        rf"|\b{_DATA_OWNS} (?:log-?)?likelihood|\bdata (?:log-?)?likelihood",
        "The likelihood is of the parameter, given the data; of the data say probability.",
    ),
    Rule(
        "most likely parameter",
        rf"\bmost[- ]likely,? (?:the )?(?:{_DIAL}|model|machine|weights)\b"
        rf"|\bmost[- ]likely (?:values?|choices?|positions?|estimates?) (?:of|for)"
        rf" (?:\w+ )?\\?{_DIAL}"
        rf"|{_DIAL} (?:that |which )?(?:is|are|was) (?:the )?most likely\b(?! to\b)",
        "Say: the parameter that makes the data most probable (the maximum-likelihood estimate).",
    ),
    Rule(
        "inversely proportional",
        r"inversely proportional to (?:its |the |their |an? )?(?:event['’]s )?"
        r"(?:probabilit|[pq](?![a-z])|1 ?− ?p)",
        "Surprise is -log p: halving p adds ln 2 to it and does not double it.",
    ),
    Rule(
        "union for AND",
        r"\bunion of (?:(?:the|two|three|both|several|many|all|any|these|those|such|independent) )*"
        r"events",
        "AND is the intersection; the union is OR.",
        unless=r"\bnot (?:of )?(?:the )?union|\bor\b|at least one|overlap",
    ),
    Rule(
        "distance between distributions",
        rf"distances? between (?:{_DISTRIBUTIONS}|p and q)",
        "Say difference, or say that it is not a distance.",
        unless=r"(?:\b(?:not|never|no)|n't)(?: an?| the)?(?: \w+)? distances?\b",
    ),
    Rule(
        "entropy of the prediction",
        r"cross[- ]entropy\b.{0,60}?(?<!cross-)\bentropy of the (?:predicted|prediction|model's)",
        "Cross-entropy averages the surprise of the prediction under the true distribution.",
        unless=r"(?:\bnot|n't)(?: just)?(?: the)? entropy of",
    ),
    Rule("monotonous", r"\bmonotonous(?:ly)?\b", "Say monotonic, or strictly increasing."),
    Rule(
        "log-softmax as a bug",
        r"^(?=.*log[-_ ]?softmax)(?=.*(?:twice|cross[-_ ]?entropy|again)).*"
        r"\b(?:bug|wrong|error|mistake|harmful|broken)\b",
        "Log-softmax before CrossEntropyLoss changes nothing; softmax before it is the bug.",
        unless=r"harmless|no harm|changes? nothing"
        r"|(?:\b(?:not|never|no)|n['’]t) (?:an? )?(?:bug|wrong|error|mistake|harmful|broken)",
    ),
    Rule(
        "log 0 = 0",
        r"(?<![0-9p·×*])(?<![0-9p·×*]\s)(?<!\btimes )(?<!\bzero )(?<!times the )"
        r"\b(?:log(?:arithm)?|ln)[_₂{}0-9]*\s*(?:of )?\(?\s*(?:0|zero\b)\s*\)?"
        r"\s*(?:=|is|equals|to be|as)\s*(?:0(?!\.?\d)|zero\b)",
        "Log 0 is minus infinity; what is 0 is the limit of p log p.",
    ),
    Rule(
        "a number without its unit",
        r"(?<!squared[- ])(?<!square[- ])(?<!mse[- ])(?<!error[- ])"  # these have no unit
        r"\b(?:entropy is|loss is|loss of)\s+(?:(?:about|only|exactly|roughly|nearly|≈|~)\s*)*"
        rf"{_NUMBER}(?![\d…]|\.\d|\.\.|\s*{_UNIT})",
        "Give the unit right after it: nats or bits.",
    ),
    Rule(
        "cross-entropy for accuracy",
        r"cross[- ]entropy (?:loss )?(?:gives|gets|yields|brings|reaches|has|means)\b[^.]{0,25}"
        r"(?:higher|better|best|highest) accuracy",
        "It is best where probabilities are judged by the log score; its accuracy may be lower.",
        unless=r"\bnot\b|\bnever\b|n't",
    ),
    Rule("filler", r"\b(?:simply|obviously|of course|it is important to note)\b", "Leave it out."),
    Rule("filler", r"^\W*note that\b", "Begin with what there is to say."),
    Rule(
        "a chapter that does not exist",
        rf"(?:{_CHAPTER}(?:(?:{_MISSING})\b(?!\.\d*\.)|(?:{_MISSING_IN_LETTERS})\b)"
        rf"|(?:\bsections?\s+|\bfigures?\s+|§\s?)(?:{_MISSING})\.\d+(?!\.?\d)){_OTHER_BOOK}",
        f"The book has {_CHAPTERS} chapters: leave the reference out.",
    ),
    Rule(
        "an exercise that does not exist",
        rf"\b(?:exercise\s+|exercises\s+(?:{_EXERCISE}(?:\s|,|and|or|to|–|-)+)*)"
        # "Exercises 5 · MNIST" is the title of a page.
        rf"(?!{_EXERCISE})\d+(?:\.\d+)*(?!\.?\d)(?! · ){_OTHER_BOOK}",
        "Name one that exists: "
        + ", ".join(f"{part[0]} to {part[-1]}" for part in _EXERCISES if part)
        + ".",
    ),
    Rule(
        "nobody can do better",
        r"\b(?:nobody|no one|no[- ]?body else) (?:can|could) (?:do|pay|get|score) (?:any )?"
        r"(?:better|less)\b",
        "Say for which record: no dial does better on these five balls.",
    ),
    Rule("shall", r"\bshall\b", "Say will, must or should, as one does in speaking."),
    Rule(
        "whoever", r"\bwho(?:so)?ever\b", "Say who it is: somebody who, anybody who, a model that."
    ),
    Rule(
        "is no",
        r"(?<!\bthere )\b(?:is|are|was|were) no"
        r"(?! (?:longer|more|less|better|worse|larger|smaller|greater|further)\b)(?= [\w*$])",
        "Say is not a, or is not.",
    ),
    Rule(
        "of its own",
        r"\bof (?:its|their) own\b(?! \w)",
        "Say its own ..., or leave it out.",
    ),
    Rule(
        "nansum",
        r"\bnansum\b",
        "It hides a NaN: fix the cause (entr and xlogy know that 0 log 0 is 0).",
    ),
    Rule(
        "eps inside log",
        r"\blog(?:2|10)?\([^()]*\+\s*(?:1e-\d+|eps\w*)",
        "Eps biases the result: work from logits with log-sum-exp, and let infinity be infinity.",
    ),
    Rule(
        "abs of KL",
        r"\bkl\w*(?:\([^()]*\))?\.abs\(\)|\babs\(\s*[\w.]*\bkl\w*(?:\([^()]*\))?\s*\)",
        "A negative KL shows a mistake: fix its cause, do not flip its sign.",
    ),
)
MULTILABEL = Rule(
    "multilabel outside its section",
    r"\bmulti[-\u2010\u2011\s]?label(?:s|l?ed|l?ing)?\b",
    "Exclusive classes are multiclass; keep multilabel to a section with the word in its heading.",
)
# A sentence may say where the scores of the 7 come from, if it leads to the errata.
ARTICLE = Rule(
    "an article",
    r"\barticles?\b",
    "Readers do not see it: correct their own expectation, or say a printout.",
    unless=r"\berrata\b",
)
BY_NAME = {rule.name: rule for rule in (*RULES, MULTILABEL, ARTICLE)}
