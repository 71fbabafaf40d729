"""What every part of the configuration is: a frozen structure whose keys have a type, a default and a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, ClassVar, TypeVar

import msgspec
from msgspec import Meta

T = TypeVar("T", bound="Section")

# Ranges that many keys share. Numbers are finite and fit 64 bits, which :func:`nascope.workflow.read.checked` sees to.
Positive = Annotated[int, Meta(ge=1)]
Natural = Annotated[int, Meta(ge=0)]
Several = Annotated[int, Meta(ge=2)]
PositiveFloat = Annotated[float, Meta(gt=0)]
NaturalFloat = Annotated[float, Meta(ge=0)]
Share = Annotated[float, Meta(ge=0, lt=1)]
#: Jobs that something is spread over; more would take hours to plan.
MOST_SHARDS = 100_000
Shards = Annotated[int, Meta(ge=1, le=MOST_SHARDS)]


@dataclass(frozen=True)
class StudyOf:
    """Marks a key that names a study.

    Attributes:
        kinds: the study's kind has to be one of these; without any, all will do.
    """

    kinds: tuple[str, ...] = ()


@dataclass(frozen=True)
class OneOf:
    """Marks a text that is refused unless a function accepts it.

    Attributes:
        check: where the function is, ``"package.module:name"``; it raises a NascopeError.
    """

    check: str


#: How the schema marks lists without repeats; :func:`nascope.workflow.read.checked` refuses repeats.
DISTINCT = {"uniqueItems": True}
#: Lists without repeats, and those of them that hold something.
ANY_ONCE = Meta(extra_json_schema=DISTINCT)
SOME_ONCE = Meta(min_length=1, extra_json_schema=DISTINCT)
#: Training seeds; one that is given twice would count twice.
Seeds = Annotated[tuple[Natural, ...], SOME_ONCE]
#: Name of a study in the configuration.
StudyName = Annotated[str, StudyOf()]
#: A path of the user's: ``~`` is expanded. Options of studies that are such paths are inputs of their jobs.
UserFile = Annotated[str, "file"]
#: Names become parts of file names. (The end is no line end: ``$`` alone would let one follow.)
Name = Annotated[str, Meta(pattern=r"^[a-z0-9_]+(?!\n)$")]


class Section(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of all parts of the configuration.

    A field is ``key: Annotated[type, says("One sentence.")] = default``. Lists are tuples, so that they cannot change.
    Versions of code leave these fields out (:mod:`nascope.workflow.versions`): jobs are given their values.

    Attributes:
        pinned: whether a test pins the defaults (``tests/golden/defaults.json``), so that values equal to them need not
            be named where results are stored and found.
        remarks: keys that say something about the others and decide no result; jobs are not given them.
    """

    pinned: ClassVar[bool] = False
    remarks: ClassVar[tuple[str, ...]] = ()

    def given(self) -> dict[str, Any]:
        """The values as JSON can hold them: what jobs are given, and what results are found by.

        A pinned section names only those that differ from their defaults, so that a new key with a default moves
        nothing.
        """
        values = {key: (getattr(self, key), default) for key, default in _defaults(type(self)).items()}
        return {
            key: plain(value)
            for key, (value, default) in values.items()
            if key not in self.remarks and not (self.pinned and value == default)
        }


def whole(value: Any) -> Any:  # noqa: ANN401 - what a configuration can hold
    """A section as plain values, defaults too."""
    return msgspec.to_builtins(value)


def plain(value: Any) -> Any:  # noqa: ANN401 - what a configuration can hold
    """A value as JSON can hold it: sections as what they are given, tuples as lists."""
    if isinstance(value, Section):
        return value.given()
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    return [plain(inner) for inner in value] if isinstance(value, list | tuple) else value


@cache
def _defaults(kind: type[Section]) -> dict[str, Any]:
    """Keys of a section with their defaults; ``msgspec.NODEFAULT``, which equals no value, where there is none."""
    found = {}
    for field in msgspec.structs.fields(kind):
        made = field.default_factory
        found[field.name] = field.default if made is msgspec.NODEFAULT else made()
    return found


def says(sentence: str) -> Meta:
    """The sentence that documents a key."""
    return Meta(description=sentence)


def section_of(kind: type[T], settings: Any) -> T:  # noqa: ANN401 - checked here
    """A section from plain values, such as those that :meth:`Section.given` gives.

    Raises:
        msgspec.ValidationError: an unknown or missing key, or a value of the wrong type or out of range.
    """
    return msgspec.convert(settings, kind)
