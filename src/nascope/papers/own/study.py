"""A study of the user's own, beside which all that is trained alike is shown without further configuration."""

from __future__ import annotations

from nascope.config.section import Section, StudyName
from nascope.papers.declare import Paper


class Own(Section, frozen=True, kw_only=True):
    """What figures of a study are given in the place of a paper's section of the configuration."""

    study: StudyName


#: Declares the figures that every such study has. It is no paper: the configuration has no section for it.
OWN = Paper(name="own", year=0, citation="A study of your own", settings=Own)
