"""Two packaging entries never write one file."""

import pytest

from modelpress.packaging.artifact_names import distinct_names


@pytest.mark.parametrize(
    ("wanted", "given"),
    [
        ([], []),
        (["A.zip", "A.zip", "a.zip"], ["A.zip", "A-2.zip", "a-3.zip"]),
        (["A.zip", "A.zip", "A-2.zip"], ["A.zip", "A-3.zip", "A-2.zip"]),
        (["e\u0301.zip", "\u00e9.zip"], ["e\u0301.zip", "\u00e9-2.zip"]),
    ],
)
def test_no_artifact_overwrites_another(wanted: list[str], given: list[str]) -> None:
    assert distinct_names(wanted) == tuple(given)
