"""What the formats allow in an element, for the elements that the quizzes use.

From the published specifications: the DTD of IMS Question & Test Interoperability 1.2.1 (ASI
binding) and the schema of IMS Content Packaging 1.1.3. A content model is a regular expression over
the names of the children, each with a blank after it; ``TEXT`` marks an element of text alone.
Each attribute has a pattern; those with a star must be there. What an element may hold and no quiz
uses is left out, so the models are stricter than the formats.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping

TEXT = "TEXT"
Model = tuple[str, Mapping[str, str]]

YES_NO = "Yes|No"
QTI: dict[str, Model] = {
    "questestinterop": (r"assessment |((section |item )+)", {}),
    "assessment": (r"(qtimetadata )*(section )+", {"ident*": ".+", "title": ".*"}),
    "section": (r"(qtimetadata )*(item |section )*", {"ident*": ".+", "title": ".*"}),
    "item": (
        r"(itemmetadata )?(presentation )?(resprocessing )*(itemfeedback )*",
        {"ident*": ".+", "title": ".*"},
    ),
    "itemmetadata": (r"(qtimetadata )*", {}),
    "qtimetadata": (r"(qtimetadatafield )+", {}),
    "qtimetadatafield": (r"fieldlabel fieldentry ", {}),
    "fieldlabel": (TEXT, {}),
    "fieldentry": (TEXT, {}),
    "presentation": (r"(material |response_lid )+", {}),
    "material": (r"(mattext )+", {}),
    "mattext": (TEXT, {"texttype": "text/plain|text/html"}),
    "response_lid": (
        r"(material )?render_choice (material )?",
        {"ident*": ".+", "rcardinality": "Single|Multiple|Ordered", "rtiming": YES_NO},
    ),
    "render_choice": (r"(material |response_label )*", {"shuffle": YES_NO}),
    "response_label": (r"(material |flow_mat )*", {"ident*": ".+", "rshuffle": YES_NO}),
    "resprocessing": (r"outcomes (respcondition )+", {}),
    "outcomes": (r"(decvar )+", {}),
    "decvar": (
        TEXT,
        {
            "varname": ".+",
            "vartype": "Integer|String|Decimal|Scientific|Boolean|Enumerated|Set",
            "minvalue": r"\d+",
            "maxvalue": r"\d+",
        },
    ),
    "respcondition": (
        r"conditionvar (setvar )*(displayfeedback )*",
        {"continue": YES_NO, "title": ".*"},
    ),
    "conditionvar": (r"(varequal |other )+", {}),
    "varequal": (TEXT, {"respident*": ".+"}),
    "setvar": (TEXT, {"varname": ".+", "action": "Set|Add|Subtract|Multiply|Divide"}),
    "displayfeedback": (
        TEXT,
        {"linkrefid*": ".+", "feedbacktype": "Response|Solution|Hint"},
    ),
    "itemfeedback": (r"(flow_mat |material )+", {"ident*": ".+", "title": ".*"}),
    "flow_mat": (r"(flow_mat |material )+", {}),
}
CONTENT_PACKAGE: dict[str, Model] = {
    "manifest": (
        r"(metadata )?organizations resources (manifest )*",
        {"identifier*": r"[A-Za-z_][\w.-]*"},
    ),
    "metadata": (r"(schema )?(schemaversion )?", {}),
    "schema": (TEXT, {}),
    "schemaversion": (TEXT, {}),
    "organizations": (r"(organization )*", {}),
    "resources": (r"(resource )*", {}),
    "resource": (
        r"(metadata )?(file )*(dependency )*",
        {"identifier*": r"[A-Za-z_][\w.-]*", "type*": ".+", "href": ".+"},
    ),
    "file": (r"(metadata )?", {"href*": ".+"}),
    "dependency": (r"", {"identifierref*": r"[A-Za-z_][\w.-]*"}),
}


def violations(root: ET.Element, models: Mapping[str, Model], namespace: str) -> Iterator[str]:
    """Yield in words where a tree departs from the models."""
    for element in root.iter():
        space, _, name = element.tag.rpartition("}")
        if space != f"{{{namespace}":
            yield f"{name} is in another namespace"
            continue
        if name not in models:
            yield f"there is no element {name}"
            continue
        model, attributes = models[name]
        children = "".join(f"{child.tag.rpartition('}')[2]} " for child in element)
        if not re.fullmatch("" if model == TEXT else model, children):
            yield f"{name} holds {children or 'nothing'}"
        loose = [element.text, *(child.tail for child in element)]
        if model != TEXT and any(text and text.strip() for text in loose):
            yield f"{name} holds text"
        known = {given.rstrip("*"): pattern for given, pattern in attributes.items()}
        for given, value in element.attrib.items():
            if given not in known:
                yield f"{name} has no attribute {given}"
            elif not re.fullmatch(known[given], value):
                yield f"{name}: {given} cannot be {value!r}"
        for wanted in attributes:
            if wanted.endswith("*") and wanted[:-1] not in element.attrib:
                yield f"{name} lacks the attribute {wanted[:-1]}"
