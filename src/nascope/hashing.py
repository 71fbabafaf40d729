"""Hashes by which results are named and found."""

from __future__ import annotations

import hashlib
import json
from typing import Any


def content_hash(value: Any) -> str:  # noqa: ANN401 - anything JSON can hold
    """Sixteen hexadecimal digits of a JSON-like value, independent of the order of keys."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]
