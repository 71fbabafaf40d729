"""Checking a config against its schema, with a message that names the key."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from nascope.errors import NascopeError


def check_config(config: dict[str, Any], schema: Path | str) -> None:
    """Check a config.

    Args:
        config: the merged config.
        schema: file of the JSON Schema, as YAML.

    Raises:
        NascopeError: the most telling violation: which key, what is wrong with it, and what is allowed.
    """
    validator = Draft202012Validator(yaml.safe_load(Path(schema).read_text(encoding="utf-8")))
    error = best_match(validator.iter_errors(config))
    if error is None:
        return
    place = ".".join(str(part) for part in error.absolute_path) or "top level"
    known = error.schema.get("properties") if error.validator == "additionalProperties" else None
    hint = f"; known keys: {', '.join(sorted(known))}" if known else ""
    about = error.schema.get("description")
    raise NascopeError(f"config, {place}: {error.message}{hint}" + (f" ({about})" if about and not known else ""))
