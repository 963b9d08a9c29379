"""What the renderer draws, made fit for a page: a name and a description in Swedish, and few bytes."""

from __future__ import annotations

import base64
import re
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator

SVG = "http://www.w3.org/2000/svg"

_NUMBER = re.compile(r"-?\d+\.\d+(?:e-?\d+)?")
_MEASURES = frozenset({"transform", "d", "x", "y", "x1", "x2", "y1", "y2"})
_INHERITED = (
    "fill", "stroke", "stroke-width", "stroke-dasharray", "text-anchor", "font-family", "font-size", "font-style",
    "font-weight",
)  # fmt: skip
"""What a group may say for all that is in it."""
_LINE = ("transform", "x2", "y2")
_MOVED = re.compile(r"translate\([\d.-]+,[\d.-]+\)")
_NOTHING = {("opacity", "1"), ("stroke-dasharray", "1,0"), ("x2", "0"), ("y2", "0"), ("transform", "translate(0,0)")}
_ALIKE = 4
"""So many marks of one shape and colour are worth a definition."""


def address(svg: str) -> str:
    """A picture as an address that holds it, so that nothing is fetched when the page is printed."""
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"


def accessible(svg: str, name: str, title: str, description: str) -> str:
    """The rendered chart as an image with a name and a description, without the renderer's own English roles.

    Args:
        name: unique on its page; it becomes part of ids.
    """
    root = ET.fromstring(svg)  # noqa: S314  made by our own renderer
    size = {key: root.attrib[key] for key in ("viewBox", "width", "height")}
    _lighten(root, name)
    root.attrib.clear()
    root.attrib.update({"xmlns": SVG, "role": "img", "aria-labelledby": f"{name}-titel {name}-beskrivning", **size})
    for position, (tag, id, text) in enumerate((("title", "titel", title), ("desc", "beskrivning", description))):
        element = ET.Element(tag, {"id": f"{name}-{id}"})
        element.text = text
        root.insert(position, element)
    return ET.tostring(root, encoding="unicode", short_empty_elements=True).replace("\n", "").replace(" />", "/>")


def _lighten(root: ET.Element, name: str) -> None:
    """Leave out what is not seen, and say once what many elements have in common; the picture stays as it was."""
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
        element.attrib = dict(_needed(element))
    _without_what_is_not_seen(root)
    _join_lines(root)
    _define_marks(root, name)
    for element in root.iter():
        _place(element)
    _say_once(root)


def _needed(element: ET.Element) -> Iterator[tuple[str, str]]:
    for key, value in element.attrib.items():
        if key in ("class", "role", "pointer-events", "style") or key.startswith("aria-"):
            continue
        short = _NUMBER.sub(_rounded, value) if key in _MEASURES else value
        if (key, short) not in _NOTHING:
            yield key, short


def _rounded(found: re.Match[str]) -> str:
    """A tenth of a pixel is finer than what is seen."""
    text = f"{float(found[0]):.1f}"
    return text.removesuffix(".0") if text != "-0.0" else "0"


def _without_what_is_not_seen(element: ET.Element) -> None:
    """Hidden paths, areas without colour (nothing is filled unless it says so), groups of nothing."""
    for child in list(element):
        _without_what_is_not_seen(child)
        kind = child.tag
        colourless = kind == "path" and not {"fill", "stroke"} & child.attrib.keys()
        if child.get("display") == "none" or colourless or (kind == "g" and not len(child)):
            element.remove(child)


def _join_lines(element: ET.Element) -> None:
    """Lines of one look that stand together become one path."""
    for child in element:
        _join_lines(child)
    looks = [{key: value for key, value in each.items() if key not in _LINE} for each in element]
    if len(element) < _ALIKE or any(each.tag != "line" for each in element) or looks.count(looks[0]) < len(looks):
        return
    drawn = "".join(f"M{_where(each)}l{each.get('x2', '0')},{each.get('y2', '0')}" for each in element)
    element[:] = [ET.Element("path", {"d": drawn, **looks[0]})]


def _where(element: ET.Element) -> str:
    """What an element is moved by: 47.6,30."""
    return element.get("transform", "translate(0,0)").removeprefix("translate(").removesuffix(")")


def _place(element: ET.Element) -> None:
    """Texts and marks that are only moved say where they stand in fewer signs."""
    if element.tag in ("text", "use") and _MOVED.fullmatch(element.get("transform", "")):
        x, y = _where(element).split(",")
        del element.attrib["transform"]
        element.attrib |= {"x": x, "y": y}


def _define_marks(root: ET.Element, name: str) -> None:
    """Marks of one shape and colour become uses of one definition."""
    paths = [each for each in root.iter("path") if "transform" in each.attrib]
    looks = [tuple(sorted((key, value) for key, value in each.items() if key != "transform")) for each in paths]
    defined = {look: f"{name}-{number}" for number, look in enumerate(_often(looks))}
    if not defined:
        return
    definitions = ET.Element("defs")
    for look, id in defined.items():
        ET.SubElement(definitions, "path", {"id": id, **dict(look)})
    for path, look in zip(paths, looks, strict=True):
        if look in defined:
            path.tag = "use"
            path.attrib = {"href": f"#{defined[look]}", "transform": path.attrib["transform"]}
    root.insert(0, definitions)


def _often(looks: list[tuple[tuple[str, str], ...]]) -> list[tuple[tuple[str, str], ...]]:
    return [look for look, count in Counter(looks).items() if count >= _ALIKE]


def _say_once(element: ET.Element) -> None:
    """Attributes that all children share move to their group; a group that says nothing gives way to its children."""
    for place, child in reversed(list(enumerate(element))):
        _say_once(child)
        if child.tag != "g":
            continue
        if len(child) > 1:
            for key in _INHERITED:
                values = {each.get(key) for each in child}
                if len(values) == 1 and (value := values.pop()) is not None and key not in child.attrib:
                    child.set(key, value)
                    for each in child:
                        del each.attrib[key]
        if not child.attrib:
            element[place : place + 1] = list(child)
