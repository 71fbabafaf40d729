"""A data set as the config describes it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from nascope.config.section import Natural, Section, Several, UserFile, says
from nascope.datasets.registry import SOURCES, source_named
from nascope.errors import suggestion
from nascope.filestate import state_of
from nascope.hashing import content_hash
from nascope.loading import module_of


class DatasetSpec(Section, frozen=True):
    """Where images come from, and how they are divided."""

    pinned: ClassVar[bool] = True

    source: Annotated[str, says(f"Where the images come from: {', '.join(SOURCES)}.")]
    root: Annotated[UserFile, says("Directory that holds the files (all sources but digits).")] = "data"
    mirror: Annotated[
        UserFile,
        says("Directory or address from which official archives are downloaded instead (empty: where published)."),
    ] = ""
    split: Annotated[
        Literal["nasbench201", "first_half", "first_80", "all"],
        says("How the training images are divided into train and valid (all sources but digits)."),
    ] = "nasbench201"
    classes: Annotated[
        Several | None,
        says("Number of classes (source parquet only, which needs it)."),
    ] = None
    sizes: Annotated[
        tuple[Natural, Natural, Natural],
        says("Images of train, valid and test that are kept, drawn once and for all (0: all of them)."),
    ] = (0, 0, 0)

    def __post_init__(self) -> None:
        """Refuse unknown sources, and a number of classes where the source has its own."""
        if self.source not in SOURCES:
            hint = suggestion(self.source, SOURCES)
            raise ValueError(f"unknown source {self.source!r}{hint}; known: {', '.join(SOURCES)}")
        known = source_named(self.source).classes
        if known is None and self.classes is None:
            raise ValueError(f"source {self.source} needs the number of classes (classes: ...)")
        if known is not None and self.classes is not None:
            raise ValueError(f"source {self.source} has {known} classes; leave out classes")

    @property
    def folder(self) -> Path:
        """Directory of the files."""
        return Path(self.root)

    @property
    def reader(self) -> str:
        """Module that reads the files."""
        return module_of(SOURCES[self.source])

    def content(self) -> dict[str, Any]:
        """What decides results: all settings but the places of official files, and the state of the user's own.

        Official files, whose sums are checked, are the same wherever they are. A user's own files are known by their
        place, sizes and times of change (:func:`nascope.filestate.state_of`).
        """
        source = source_named(self.source)
        places = {"mirror", "root"} if source.archives or source.embedded else {"mirror"}
        return {key: value for key, value in self.given().items() if key not in places} | self._files()

    def _files(self) -> dict[str, str]:
        """The state of the user's own files; nothing for official and embedded ones."""
        own = source_named(self.source).own
        return {"files": state_of(self.root, own)} if own else {}

    def files_name(self) -> str | None:
        """Name of the files in paths; data sets that divide the same files have the same. None for embedded images."""
        if source_named(self.source).embedded:
            return None
        decisive = [self.source, self.root, *([] if self.classes is None else [self.classes]), *self._files().values()]
        return f"{self.source}-{content_hash(decisive)[:8]}"
