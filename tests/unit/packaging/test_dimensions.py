"""Sizes are given to dimensions that the model has."""

import pytest

from modelpress.errors import UsageError
from modelpress.model import ModelFiles, ModelSignature, TensorSpec, TypeSpec
from modelpress.packaging.dimensions import refuse_unknown_dimensions

HELD = TypeSpec("tensor", "float32", ("n", 2))
INPUTS = (
    TensorSpec("x", TypeSpec("tensor", "float32", ("batch", None, 4))),
    TensorSpec("many", TypeSpec("sequence", element=HELD)),
    TensorSpec("any", TypeSpec("tensor", "float32", None)),
)
MODEL = ModelFiles("onnx", {}, "model.onnx", ModelSignature(INPUTS, (), {"": 17}, 8), "model")


@pytest.mark.parametrize("name", ["batch", "x:0", "x:1", "n", "many:0", "any:0", "any:63"])
def test_free_dimensions_take_a_size(name: str) -> None:
    refuse_unknown_dimensions([name], MODEL)


@pytest.mark.parametrize("name", ["x", "x:2", "many:1", "other", "any", "any:a", "any:-1", "any:64", "any:99999999999"])
def test_others_do_not(name: str) -> None:
    with pytest.raises(UsageError, match="no free dimension of that name") as caught:
        refuse_unknown_dimensions([name], MODEL)
    assert caught.value.hint.endswith("Its free dimensions: batch, x:0, x:1, n, many:0.")


def test_a_misspelt_name_is_suggested() -> None:
    with pytest.raises(UsageError, match="--dim btach: the model has no") as caught:
        refuse_unknown_dimensions(["btach"], MODEL)
    assert caught.value.hint.startswith("Did you mean batch? Its free")
