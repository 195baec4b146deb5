"""What all tests share."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable

import pytest


@pytest.fixture(scope="session")
def require_tool() -> Callable[[str], str]:
    """Finds a program on the PATH. Without it the test is skipped, or fails where MODELPRESS_REQUIRE names it.

    MODELPRESS_REQUIRE is a list of programs with commas, or `all`.
    """
    required = set(os.environ.get("MODELPRESS_REQUIRE", "").split(","))

    def find(name: str) -> str:
        path = shutil.which(name)
        if path is None and required & {name, "all"}:
            pytest.fail(f"{name} is not installed, and MODELPRESS_REQUIRE asks for it")
        if path is None:
            pytest.skip(f"{name} is not installed")
        return path

    return find
