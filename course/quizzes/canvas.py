"""A quiz as a QTI 1.2 package: in Canvas, Settings, Import Course Content, "QTI .zip file".

The package holds the questions in IMS QTI 1.2.1 (ASI), a manifest in IMS Content Packaging 1.1.3,
and Canvas's own file of settings, which other platforms pass over. It becomes a practice quiz,
without points in the gradebook, with as many attempts as one likes. A formula is what Canvas's own
editor writes: a picture that Canvas makes of the LaTeX, or typesets with MathJax, and whose
description is the LaTeX.
"""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Mapping, Sequence
from urllib.parse import quote

from course import quizzes
from course.contents import Chapter
from course.guards.quizzes import Question
from course.quizzes.text import escaped, to_html

QTI = "http://www.imsglobal.org/xsd/ims_qtiasiv1p2"
CP = "http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1"
CANVAS = "http://canvas.instructure.com/xsd/cccv1p0"
RESPONSE = "response1"


def export(chapter: Chapter, questions: Sequence[Question]) -> bytes:
    """Return the quiz of a chapter as a zip archive to import, the same bytes each time."""
    name = f"quiz_{chapter.name}"
    files = {
        "imsmanifest.xml": _whole(_manifest(chapter, name), CP),
        f"{name}/{name}.xml": _whole(_assessment(chapter, name, questions), QTI),
        f"{name}/assessment_meta.xml": _whole(_settings(chapter, name, questions), CANVAS),
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            archive.writestr(zipfile.ZipInfo(path, (1980, 1, 1, 0, 0, 0)), content)
    return packed.getvalue()


def formula(latex: str) -> str:
    """Return a formula as Canvas's editor writes it.

    >>> formula("a/b")
    '<img class="equation_image" title="a/b" src="/equation_images/a%252Fb" alt="LaTeX: a/b" \
data-equation-content="a/b">'
    """
    shown = escaped(latex)
    address = quote(quote(latex, safe=""), safe="")  # Canvas takes it apart twice
    return (
        f'<img class="equation_image" title="{shown}" src="/equation_images/{address}" '
        f'alt="LaTeX: {shown}" data-equation-content="{shown}">'
    )


def _assessment(chapter: Chapter, name: str, questions: Sequence[Question]) -> ET.Element:
    root = ET.Element("questestinterop")
    assessment = ET.SubElement(root, "assessment", ident=name, title=quizzes.name(chapter))
    _facts(assessment, {"cc_maxattempts": "unlimited"})
    section = ET.SubElement(assessment, "section", ident="root_section")
    for question in questions:
        section.append(_item(f"{name}_{question.number}", question))
    return root


def _item(name: str, question: Question) -> ET.Element:
    idents = [f"{name}_{option.letter}" for option in question.options]
    item = ET.Element("item", ident=name, title=f"Question {question.number}")
    facts = {
        "question_type": "multiple_choice_question",
        "points_possible": "1",
        "original_answer_ids": ",".join(idents),
    }
    _facts(ET.SubElement(item, "itemmetadata"), facts)

    presentation = ET.SubElement(item, "presentation")
    _material(presentation, to_html(question.text, formula))
    response = ET.SubElement(presentation, "response_lid", ident=RESPONSE, rcardinality="Single")
    choices = ET.SubElement(response, "render_choice", shuffle="No")
    for ident, option in zip(idents, question.options, strict=True):
        label = ET.SubElement(choices, "response_label", ident=ident, rshuffle="No")
        _material(label, f"{option.letter}) {option.summary}")

    processing = ET.SubElement(item, "resprocessing")
    outcomes = ET.SubElement(processing, "outcomes")
    score = {"maxvalue": "100", "minvalue": "0", "varname": "SCORE", "vartype": "Decimal"}
    ET.SubElement(outcomes, "decvar", score)
    # First the reasons, and then the score, which ends the processing.
    for ident in idents:
        condition = _condition(processing, ident, "Yes")
        feedback = {"feedbacktype": "Response", "linkrefid": f"{ident}_fb"}
        ET.SubElement(condition, "displayfeedback", feedback)
    for ident, option in zip(idents, question.options, strict=True):
        if option.right:
            condition = _condition(processing, ident, "No")
            ET.SubElement(condition, "setvar", action="Set", varname="SCORE").text = "100"

    for ident, option in zip(idents, question.options, strict=True):
        feedback_element = ET.SubElement(item, "itemfeedback", ident=f"{ident}_fb")
        flow = ET.SubElement(feedback_element, "flow_mat")
        why = f"**{quizzes.VERDICTS[option.right]}** {option.why}"
        _material(flow, to_html(why, formula))
    return item


def _condition(processing: ET.Element, ident: str, go_on: str) -> ET.Element:
    condition = ET.SubElement(processing, "respcondition", {"continue": go_on})
    variable = ET.SubElement(condition, "conditionvar")
    ET.SubElement(variable, "varequal", respident=RESPONSE).text = ident
    return condition


def _material(parent: ET.Element, content: str) -> None:
    material = ET.SubElement(parent, "material")
    ET.SubElement(material, "mattext", texttype="text/html").text = content


def _facts(parent: ET.Element, facts: Mapping[str, str]) -> None:
    metadata = ET.SubElement(parent, "qtimetadata")
    for label, entry in facts.items():
        field = ET.SubElement(metadata, "qtimetadatafield")
        ET.SubElement(field, "fieldlabel").text = label
        ET.SubElement(field, "fieldentry").text = entry


def _settings(chapter: Chapter, name: str, questions: Sequence[Question]) -> ET.Element:
    root = ET.Element("quiz", identifier=name)
    for tag, content in (
        ("title", f"{quizzes.TITLE} {quizzes.name(chapter)}"),
        ("description", to_html(quizzes.introduction(chapter), formula)),
        ("shuffle_answers", "false"),
        ("scoring_policy", "keep_highest"),
        ("quiz_type", "practice_quiz"),
        ("points_possible", f"{len(questions)}.0"),
        ("show_correct_answers", "true"),
        ("allowed_attempts", "-1"),
        ("one_question_at_a_time", "false"),
        ("available", "false"),  # until the instructor publishes it
    ):
        ET.SubElement(root, tag).text = content
    return root


def _manifest(chapter: Chapter, name: str) -> ET.Element:
    root = ET.Element("manifest", identifier=f"{name}_manifest")
    metadata = ET.SubElement(root, "metadata")
    ET.SubElement(metadata, "schema").text = "IMS Content"
    ET.SubElement(metadata, "schemaversion").text = "1.1.3"
    ET.SubElement(root, "organizations")
    resources = ET.SubElement(root, "resources")
    quiz = ET.SubElement(resources, "resource", identifier=name, type="imsqti_xmlv1p2")
    ET.SubElement(quiz, "file", href=f"{name}/{name}.xml")
    ET.SubElement(quiz, "dependency", identifierref=f"{name}_settings")
    kind = "associatedcontent/imscc_xmlv1p1/learning-application-resource"
    place = f"{name}/assessment_meta.xml"
    settings = ET.SubElement(
        resources, "resource", identifier=f"{name}_settings", type=kind, href=place
    )
    ET.SubElement(settings, "file", href=place)
    return root


def _whole(root: ET.Element, namespace: str) -> bytes:
    """Return a tree as a file, all its elements in one namespace."""
    root.set("xmlns", namespace)
    ET.indent(root)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"
