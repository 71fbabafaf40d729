"""The command of the workflow tests."""

from tests.workflow.conftest import run

__all__ = ["run"]
