"""Finding genotypes in the text around them: log lines, assignments, quotation marks."""

from __future__ import annotations

import re

from nascope.errors import NascopeError

_QUOTES = str.maketrans("\u2018\u2019\u201c\u201d", "''\"\"")  # spreadsheets curl straight ones
_CALL = re.compile(r"\b(?:Genotype|CellStructure|Structure|Configuration)\s*\(")
_TERM = r"\s*[A-Za-z0-9_]+\s*~\s*\d+\s*\|"
_STRING = re.compile(rf"\|(?:{_TERM})+(?:\s*\+\s*\|(?:{_TERM})+)*")
_ASSIGNED = re.compile(r"[A-Za-z_]\w*\s*(?::[^=:{\[(]*)?=\s*(?!=)")
_CLOSING = {"(": ")", "[": "]", "{": "}"}


def tidied(text: str) -> str:
    """Text without a byte order mark, space and quotes around it, ``name =`` before it and ``;`` or ``,`` after it."""
    found = text.translate(_QUOTES).replace("\ufeff", "").strip().rstrip(";,").rstrip()
    if len(found) > 1 and found[0] == found[-1] and found[0] in "'\"" and found[0] not in found[1:-1]:
        found = found[1:-1].strip()
    assigned = _ASSIGNED.match(found)
    if assigned and assigned.end() < len(found):
        return tidied(found[assigned.end() :])
    return found


def genotype_texts(text: str) -> list[str]:
    """The parts of a tidied text that look like genotypes; the whole text where there are none.

    Raises:
        NascopeError: a bracket that is never closed, or a genotype that more code follows directly.
    """
    if "~" in text and (strings := [match[0] for match in _STRING.finditer(text)]) and not text.startswith("|"):
        return strings
    parts, end = [], 0
    for match in _CALL.finditer(text):
        if match.start() >= end:
            end = _end(text, match.end() - 1)
            parts.append(text[match.start() : end])
    if not parts and "{" in text and text[0] not in _CLOSING:
        start = text.index("{")
        parts.append(text[start : _end(text, start)])
    return parts or [text]


def _end(text: str, start: int) -> int:
    """Where the bracket that opens at ``start`` has been closed; brackets inside quotes do not count."""
    waiting: list[str] = []
    quote = ""
    for place in range(start, len(text)):
        letter = text[place]
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "'\"":
            quote = letter
        elif letter in _CLOSING:
            waiting.append(_CLOSING[letter])
        elif letter in ")]}":
            if waiting.pop() != letter:
                raise NascopeError(f"malformed genotype at column {place + 1}: {letter} closes another bracket")
            if not waiting:
                if text[place + 1 : place + 2] in (".", "[", "("):
                    raise NascopeError(f"malformed genotype at column {place + 2}: more code follows the genotype")
                return place + 1
    raise NascopeError(f"malformed genotype: the bracket at column {start + 1} is never closed")
