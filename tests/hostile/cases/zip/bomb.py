"""Two gigabytes in two megabytes."""

import zipfile

COMMAND = "package run.zip"
EXIT = 4
STDERR = """\
error: run.zip unpacks to 2147483650 bytes, 1587201 times its size
hint: Do not unpack it; ask where it comes from.
"""


def make(given):
    with zipfile.ZipFile(given.path("run.zip"), "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("models_rank.json", "[]")
        archive.writestr("CandidateModels/cpu-cpu/BestCandidateModel_1/model.onnx", bytes(1 << 20))
    # The central directory says 2 GiB; nothing here has to unpack it to see what it says.
    place = given.path("run.zip")
    content = bytearray(place.read_bytes())
    entry = content.rindex(b"PK\x01\x02")
    content[entry + 24 : entry + 28] = (2 << 30).to_bytes(4, "little")
    place.write_bytes(content)
