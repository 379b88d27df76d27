"""Holds TwiML to what Twilio publishes: elements, nesting, attributes and values by the typings of its npm package,
and a few rules that only its documentation has.

    assert valid(answer.text) == []
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element as Node

from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import ParseError, fromstring  # type: ignore[import-untyped]

from tests.peers.typings import Element, Value, read

VOICE, MESSAGING = "VoiceResponse", "MessagingResponse"
_LARGEST = 64 * 1024
"""Bytes of a document (error 11750)."""
_LONGEST_SAY = 4096
"""Characters of one <Say> (its page, "Say: limits")."""
_WHOLE = re.compile(r"-?\d+")
_XML = "{http://www.w3.org/XML/1998/namespace}"


def valid(xml: str | bytes, kind: str | None = None) -> list[str]:
    """What is wrong with a document, in words; nothing when Twilio would take it as it is meant.

    Args:
        kind: `VOICE` or `MESSAGING`. Without it a document with <Message> is one of messages, any other one of voice.
    """
    content = xml.encode() if isinstance(xml, str) else xml
    try:
        root = fromstring(content)
    except (ParseError, DefusedXmlException) as problem:
        return [f"not XML: {problem!r}"]
    if kind is None:
        kind = MESSAGING if root.find("Message") is not None else VOICE
    problems = [f"{len(content)} bytes; the largest document has {_LARGEST}"] if len(content) > _LARGEST else []
    if root.tag != "Response":
        return [*problems, f"the root is <{root.tag}>, not <Response>"]
    return problems + list(_problems(root, read(kind), "Response"))


def _problems(node: Node, element: Element, path: str) -> Iterator[str]:
    for name, value in node.attrib.items():
        name = name.replace(_XML, "xml:")
        wanted = element.attributes.get(name)
        problem = "is no attribute here" if wanted is None else _problem(name, value, wanted)
        if problem:
            yield f"{path}: {name}={value!r} {problem}"
    text = "".join([node.text or "", *(child.tail or "" for child in node)]).strip()
    if element.text == "never" and text:
        yield f"{path}: holds text, {text[:30]!r}"
    if element.text == "must" and not text and len(node) == 0:
        yield f"{path}: holds no text"
    yield from _documented(node, path)
    for child in node:
        if not isinstance(child.tag, str):
            continue  # a comment
        inner = element.children.get(child.tag)
        if inner is None:
            yield f"{path}: <{child.tag}> may not stand here"
        else:
            yield from _problems(child, inner, f"{path}/{child.tag}")


def _problem(name: str, value: str, wanted: Value) -> str | None:
    given = value.split() if wanted.many else [value]
    if wanted.many and not given:
        return "is empty"
    for one in given:
        if wanted.kind == "choice" and one not in wanted.choices:
            known = sorted(wanted.choices)
            return "is not one of " + (", ".join(known) if len(known) < 12 else f"the {len(known)} that are published")
        if wanted.kind == "boolean" and one not in ("true", "false"):
            return "is neither true nor false"
        if wanted.kind == "number" and not _WHOLE.fullmatch(one):
            return "is no whole number"
    if name.lower().endswith("method") and value not in ("GET", "POST"):
        return "is neither GET nor POST"
    return None


def _documented(node: Node, path: str) -> Iterator[str]:
    """Rules of the documentation that the typings do not have."""
    if node.tag == "Gather":
        given = node.get("speechTimeout")
        if given is not None and not (given == "auto" or (given.isdigit() and int(given) > 0)):
            yield f"{path}: speechTimeout={given!r} is neither auto nor a positive number"
        if given == "auto" and node.get("speechModel"):
            yield f"{path}: speechTimeout=auto goes with no speechModel (error 13327)"
        if not re.fullmatch(r"[0-9#*]?", node.get("finishOnKey", "#")):
            yield f"{path}: finishOnKey={node.get('finishOnKey')!r} is no single key"
        if int(_number(node.get("numDigits"), 1)) < 1 or int(_number(node.get("timeout"), 5)) < 1:
            yield f"{path}: numDigits and timeout are positive numbers"
    if node.tag == "Say" and len("".join(node.itertext())) > _LONGEST_SAY:
        yield f"{path}: longer than {_LONGEST_SAY} characters"
    if node.tag == "Dial":
        inside = [child.tag for child in node]
        if inside.count("Number") > 10:
            yield f"{path}: more than ten <Number>"
        if not inside and not (node.text or "").strip():
            yield f"{path}: nobody to dial"
    if node.tag == "Play" and not (node.text or "").strip() and not node.get("digits"):
        yield f"{path}: neither an address nor digits"
    verbs = [child.tag for child in node] if path == "Response" else []
    for verb in verbs[:-1]:
        if verb in ("Redirect", "Hangup", "Reject"):
            yield f"{path}: what follows <{verb}> is never reached"
            break


def _number(value: str | None, otherwise: int) -> str:
    return value if value is not None and _WHOLE.fullmatch(value) else str(otherwise)
