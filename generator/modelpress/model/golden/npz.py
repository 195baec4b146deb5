"""Tensors as .npz files: the same values give the same bytes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from modelpress.model.golden.values import Value

if TYPE_CHECKING:
    import numpy as np

ADDED = 2  # numpy's number for types that another package adds; their names mean nothing to who reads the file
MOST_NAME_BYTES = 2**16 - 5  # of a zip member, with `.npy` behind it


def npz(values: Iterable[Value]) -> bytes:
    """An .npz file of the tensors among the values, by their names.

    What .npz cannot hold is left out: sequences, maps, optionals, and names with a NUL.
    Types that numpy lacks keep their bytes (bfloat16 is `V2`); int4 takes a byte each. Not
    numpy.savez: its names are keyword arguments, so that an input called `file` breaks it.
    """
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:  # ZipInfo's own date is fixed: 1980
        for value in values:
            if value.type.kind == "tensor" and _is_storable(value.name):
                info = zipfile.ZipInfo(f"{value.name}.npy")
                info.external_attr = 0o644 << 16
                archive.writestr(info, _npy(value.content))
    return packed.getvalue()


def _is_storable(name: str) -> bool:
    return "\0" not in name and len(name.encode()) <= MOST_NAME_BYTES


def _npy(array: np.ndarray[Any, Any]) -> bytes:
    import numpy as np

    plain = array.astype(str) if array.dtype == object else array
    if plain.dtype.isbuiltin == ADDED:
        plain = plain.view(f"V{plain.itemsize}")
    written = io.BytesIO()
    np.lib.format.write_array(written, np.ascontiguousarray(plain).reshape(plain.shape), allow_pickle=False)
    return written.getvalue()
