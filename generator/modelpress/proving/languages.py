"""How the samples of each language are built and run."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from modelpress.proving.processes import build

Command = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Way:
    """One way to build and run a sample, in its own folder.

    `source` is the file that it is for; `tools` are programs it needs. A part of a command that
    begins with `$NAME` lies in the folder that this environment variable names. `proof` is a
    command that prints something where the tools suffice: not every dotnet can build.
    What a failed build prints matches `lacks` where a library is not there.
    """

    source: str
    runs: Command
    tools: tuple[str, ...] = ()
    builds: tuple[Command, ...] = ()
    proof: Command = ()
    lacks: re.Pattern[str] | None = None

    def absent(self, folder: Path) -> str:
        """What this computer has not of it; empty where nothing is missing."""
        missing = [tool for tool in self.tools if shutil.which(expanded(tool)) is None]
        if missing:
            return f"not on the PATH: {', '.join(missing)}"
        return "" if self._is_proved(folder) else f"`{' '.join(self.proof)}` finds nothing"

    def _is_proved(self, folder: Path) -> bool:
        if not self.proof:
            return True
        ended = build(self.proof, folder)
        return ended.code == 0 and bool(ended.output.strip())


@dataclass(frozen=True, slots=True)
class Language:
    """The ways to prove the sample of a language: the first that this computer has is taken."""

    ways: tuple[Way, ...]
    missing: str


LANGUAGES: Mapping[str, Language] = {
    "python": Language(
        (
            Way("sample.py", runs=(sys.executable, "sample.py", "--check")),
            Way(
                "chat.py",
                tools=(sys.executable,),
                proof=(sys.executable, "-c", "import onnxruntime_genai as genai; print(genai.__version__)"),
                runs=(sys.executable, "chat.py", "--check"),
            ),
        ),
        missing="Install modelpress[cpu], or modelpress[genai] for a model that generates.",
    ),
    "cpp": Language(
        (
            Way(
                "CMakeLists.txt",
                tools=("cmake",),
                builds=(("cmake", "-S", ".", "-B", "build"), ("cmake", "--build", "build")),
                runs=("build/model_sample", "--check"),
                lacks=re.compile(r"Could not find a package configuration file|Could NOT find|No CMAKE_CXX_COMPILER"),
            ),
        ),
        missing="Install CMake and a C++ compiler, nlohmann_json and ONNX Runtime's C++ package; ORT_ROOT may name it.",
    ),
    "csharp": Language(
        (
            Way(
                "Sample.csproj",
                tools=("dotnet",),
                proof=("dotnet", "--list-sdks"),
                builds=(("dotnet", "build", "--configuration", "Release", "--output", "build"),),
                runs=("dotnet", "build/Sample.dll", "--check"),
            ),
            Way(
                "Sample.csproj",
                tools=("$CSHARP_TOOLCHAIN/compile", "$CSHARP_TOOLCHAIN/dotnet"),
                builds=(("$CSHARP_TOOLCHAIN/compile", ".", "build"),),
                runs=("$CSHARP_TOOLCHAIN/dotnet", "build/Sample.dll", "--check"),
            ),
        ),
        missing="Install the .NET SDK, or let CSHARP_TOOLCHAIN name a folder with `compile` and `dotnet`.",
    ),
    "java": Language(
        (
            Way(
                "pom.xml",
                tools=("javac", "java", "mvn"),
                builds=(("mvn", "-q", "-B", "package"),),
                runs=("java", "-jar", "target/sample.jar", "--check"),
            ),
        ),
        missing="Install a JDK 17 and Maven.",
    ),
    "javascript": Language(
        (
            Way(
                "sample.mjs",
                tools=("node", "npm"),
                builds=(("npm", "install", "--ignore-scripts", "--no-audit", "--no-fund"),),
                runs=("node", "sample.mjs", "--check"),
            ),
        ),
        missing="Install Node.js 20 or later, with npm.",
    ),
}


def expanded(part: str) -> str:
    """A part of a command with the environment variable that it begins with, if it does."""
    return os.path.expandvars(part) if part.startswith("$") else part
