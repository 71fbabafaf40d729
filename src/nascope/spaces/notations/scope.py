"""What nascope does not read, and why."""

from __future__ import annotations

import re

#: A pattern of the text, and why such architectures are out of scope.
_REASONS = (
    (r"conv[13]x[13]-bn-relu|module_adjacency", "NAS-Bench-101's cells have operations on nodes"),
    (r"^\d+-\d+-[\d_]+$", "TransNAS-Bench-101's cells and skeletons belong to other networks"),
    (r"cell_arch|network_path|network_arch", "Auto-DeepLab's networks change resolution by a searched path"),
    (r"mobile|mbconv", "networks of mobile blocks have no cells"),
    (r"^\[?\s*\d+(?:[\s,]+\d+){6,}\s*\]?$", "numbers as ENAS prints them do not say in which order they stand"),
    (r"^\d{6,}$|^0\d+$", "digits may be an index or operations: write index 6111, or the operations' names"),
)


def reason_of(text: str) -> str:
    """Why a text is out of scope, or nothing."""
    for pattern, reason in _REASONS:
        if re.search(pattern, text, re.IGNORECASE):
            return reason
    return ""
