"""Reads Twilio's TypeScript typings of TwiML: which element may stand in which, with which attributes and values.

The files are made by a generator and regular: `type Name = "a" | "b";`, `interface NameAttributes { name?: type; }`,
`class Name { child(attributes?: …, text?: string): Root.Child; }`. A file that is no longer so makes `read` fail,
rather than let everything pass.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache

from tests.peers import npm

_TYPE = re.compile(r'^\s*type (\w+) = ((?:"[^"]*"(?: \| )?)+);', re.M)
_INTERFACE = re.compile(r"^\s*(?:export )?interface (\w+) \{\n(.*?)^    \}", re.M | re.S)
_ATTRIBUTE = re.compile(r'^\s+"?([\w:-]+)"?\?: ([\w.\[\]]+);', re.M)
_CLASS = re.compile(r"^(?:declare|\s*(?:export )?)\s*class (\w+) extends TwiML \{\n(.*?)^ *\}\n", re.M | re.S)
_METHOD = re.compile(r"^\s+(\w+)\((.*)\): (\w+)\.(\w+);", re.M)


@dataclass(frozen=True, slots=True)
class Value:
    """What an attribute may hold: "string", "number", "boolean", or one of a list; several of it when `many`."""

    kind: str
    choices: frozenset[str] = frozenset()
    many: bool = False


@dataclass(slots=True)
class Element:
    """An element in its place: its attributes, whether it holds text ("never", "may", "must"), what it contains."""

    tag: str
    attributes: dict[str, Value] = field(default_factory=dict)
    text: str = "never"
    children: dict[str, Element] = field(default_factory=dict)


@cache
def read(name: str) -> Element:
    """The element <Response> of `VoiceResponse` or `MessagingResponse`."""
    return parse(name, npm.typings(name))


def parse(name: str, text: str) -> Element:
    """The same from the text of the typings."""
    choices = {found[1]: frozenset(re.findall(r'"([^"]*)"', found[2])) for found in _TYPE.finditer(text)}
    # Some interfaces stand there several times, once for every place, always alike.
    interfaces = {
        found[1]: {attribute: _value(kind, choices) for attribute, kind in _ATTRIBUTE.findall(found[2])}
        for found in _INTERFACE.finditer(text)
    }
    methods = {found[1]: _METHOD.findall(found[2]) for found in _CLASS.finditer(text)}
    if not interfaces or not methods.get(name):
        raise ValueError(f"the typings of {name} are not written as they were; look at {__file__}")
    made: dict[str, dict[str, Element]] = {}

    def children(of: str) -> dict[str, Element]:
        if of not in made:
            made[of] = {}
            for method, parameters, _, returned in methods.get(of, ()):
                tag = _tag(method, returned)
                one = made[of].setdefault(tag, Element(tag, text="never", children=children(returned)))
                _take(one, parameters, interfaces)
        return made[of]

    return Element("Response", children=children(name))


def _take(element: Element, parameters: str, interfaces: dict[str, dict[str, Value]]) -> None:
    """One way to call the method: `attributes?: VoiceResponse.SayAttributes, message: string`."""
    texts = "may" if element.text == "may" else "never"
    for parameter in filter(None, (one.strip() for one in parameters.split(","))):
        named, kind = parameter.split(": ")
        if kind == "string":
            texts = "may" if named.endswith("?") else "must"
        elif kind != "object":
            element.attributes |= interfaces[kind.rpartition(".")[2]]
    # Of several ways the freest counts.
    if element.text != "may":
        element.text = texts


def _value(kind: str, choices: dict[str, frozenset[str]]) -> Value:
    many = kind.endswith("[]")
    kind = kind.removesuffix("[]")
    if kind in choices:
        return Value("choice", choices[kind], many)
    if kind not in ("string", "number", "boolean"):
        raise ValueError(f"the typings name an unknown type {kind}")
    return Value(kind, many=many)


def _tag(method: str, returned: str) -> str:
    """SSML is written small and with hyphens, TwiML with capitals."""
    if returned.startswith("Ssml"):
        return re.sub(r"(?<!^)([A-Z])", r"-\1", method).lower()
    return method[0].upper() + method[1:]
