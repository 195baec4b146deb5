"""Golden vectors: inputs of a model and the outputs that it must give for them."""

from modelpress.model.golden.compute import GoldenVectors, Wishes, compute_golden
from modelpress.model.golden.task import NoVectorsError

__all__ = ["GoldenVectors", "NoVectorsError", "Wishes", "compute_golden"]
