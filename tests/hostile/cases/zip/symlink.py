"""A member that is a link."""

import stat
import zipfile

COMMAND = "rank run.zip"
EXIT = 4
STDERR = """\
error: run.zip holds the symlink 'CandidateModels/cpu-cpu/BestCandidateModel_1/model.onnx'
hint: Do not unpack it; ask where it comes from.
"""


def make(given):
    link = zipfile.ZipInfo("CandidateModels/cpu-cpu/BestCandidateModel_1/model.onnx")
    link.create_system = 3
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    given.zip("run.zip", [("models_rank.json", b"[]"), (link, b"/etc/passwd")])
