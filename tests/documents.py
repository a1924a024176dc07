"""XML reports as tests read them."""

import xml.etree.ElementTree as ET


def tree(text: str) -> ET.Element:
    """A report or markup that qedoc or pytest wrote for the test that reads it."""
    return ET.fromstring(text)  # noqa: S314  # no hostile document: the test that reads it made it


def inside(element: ET.Element, path: str) -> ET.Element:
    """The element at a path; the test fails if there is none."""
    found = element.find(path)
    assert found is not None, f"no {path} in {ET.tostring(element, encoding='unicode')}"
    return found
