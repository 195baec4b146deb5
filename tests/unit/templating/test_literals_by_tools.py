"""The literals of languages that Python has no reader for, read by their own compilers and interpreters.

Each tool runs once, over all values: many characters that mean something to it, and texts
drawn from these with a fixed seed.
"""

from __future__ import annotations

import json
import math
import random
import struct
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from modelpress.templating.filters import FILTERS

ALPHABET = [
    *map(chr, range(128)),
    "é",
    "\x85",
    "\xa0",
    "ß",
    "中",
    "\u2028",
    "\u2029",
    "\u202e",
    "\ufeff",
    "\uffff",
    "😀",
]
ATTACKS = [
    "",
    'x"); import os; os.system("id") #',
    'x"; system("id"); //',
    "'; id; '",
    "$(id)`id`${HOME}$HOME",
    "\\",
    "\\\\",
    '\\"',
    "\\u0022\\u000a",
    "??/??'??(",
    "*/ //",
    "%s%n{0}",
    "</script><!--",
    "@VAR@;a;b",
    "]]]=]",
    "#{x}",
    "\r\n",
    "-n",
]
RANDOM = random.Random(20240229)  # noqa: S311 - a fixed sequence is wanted
TEXTS = [
    *ATTACKS,
    *ALPHABET,
    *("".join(RANDOM.choices(ALPHABET, k=RANDOM.randrange(1, 30))) for _ in range(300)),
]
WITHOUT_NUL = [text.replace("\0", "") for text in TEXTS]
INTEGERS = [0, 1, -1, 2**31 - 1, -(2**31), 2**31, -(2**31) - 1, 2**53 - 1, -(2**53) + 1]
LONGS = [*INTEGERS, 2**63 - 1, -(2**63)]
REALS = [0.0, -0.0, 1.5, -1e-5, 1e16, 1e22, 5e-324, 1.7976931348623157e308, 0.1, math.inf, -math.inf, math.nan]

Tool = Callable[[str], str]


def run(command: Sequence[str | Path], folder: Path, given: str = "") -> str:
    done = subprocess.run(
        command,
        cwd=folder,
        input=given.encode(),
        capture_output=True,
        check=False,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
    )
    assert done.returncode == 0, done.stderr.decode(errors="replace")[:2000]
    return done.stdout.decode()


def bits(value: float) -> str:
    return "nan" if math.isnan(value) else struct.pack(">d", value).hex()


def write(values: Sequence[object], name: str) -> str:
    return ",\n".join(FILTERS[name](value) for value in values)


def utf16(text: str) -> str:
    return text.encode("utf-16-be", "surrogatepass").hex()


def test_cpp(require_tool: Tool, tmp_path: Path) -> None:
    lists = "\n".join(FILTERS["cpp"](text) + "," for text in WITHOUT_NUL)
    (tmp_path / "a.cpp").write_text(
        f"""#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <limits>
#include <string>
#include <vector>
static const char* texts[] = {{ {lists} }};
static const std::int64_t integers[] = {{ {write(LONGS, "cpp")} }};
static const double reals[] = {{ {write(REALS, "cpp")} }};
static const std::vector<std::int64_t> shape = {FILTERS["cpp"]([1, -1, 2**40])};
static const std::vector<std::string> names = {FILTERS["cpp"](["a", 'b"'])};
static const bool truth[] = {FILTERS["cpp"]([True, False])};
static const void* nothing = {FILTERS["cpp"](None)};
int main() {{
    for (const char* text : texts) {{
        for (const char* c = text; *c; ++c) std::printf("%02x", static_cast<unsigned char>(*c));
        std::printf("\\n");
    }}
    for (std::int64_t integer : integers) std::printf("%lld\\n", static_cast<long long>(integer));
    for (double real : reals) {{
        std::uint64_t bits;
        std::memcpy(&bits, &real, sizeof bits);
        if (std::isnan(real)) std::printf("nan\\n");
        else std::printf("%016llx\\n", static_cast<unsigned long long>(bits));
    }}
    std::printf("%zu %zu %d %d %d\\n", shape.size(), names.size(), truth[0], truth[1], nothing == nullptr);
}}
""",
        encoding="ascii",
    )
    # -trigraphs: the hardest reading; an implicit narrowing or an overflow would be an error.
    run([require_tool("g++"), "-std=c++17", "-trigraphs", "-Werror", "-Wall", "-o", "a", "a.cpp"], tmp_path)
    lines = run([tmp_path / "a"], tmp_path).split("\n")
    expected = [*(text.encode().hex() for text in WITHOUT_NUL), *map(str, LONGS), *map(bits, REALS), "3 2 1 0 1", ""]
    assert lines == expected


def test_java(require_tool: Tool, tmp_path: Path) -> None:
    (tmp_path / "A.java").write_text(
        f"""class A {{
    static final String[] TEXTS = {FILTERS["java"](TEXTS)};
    static final long[] INTEGERS = {{ {write(LONGS, "java")} }};
    static final double[] REALS = {FILTERS["java"](REALS)};
    static final Object NOTHING = {FILTERS["java"](None)};
    static final boolean[] TRUTH = {FILTERS["java"]([True, False])};
    public static void main(String[] arguments) {{
        StringBuilder out = new StringBuilder();
        for (String text : TEXTS) {{
            for (char c : text.toCharArray()) out.append(String.format("%04x", (int) c));
            out.append("\\n");
        }}
        for (long integer : INTEGERS) out.append(integer).append("\\n");
        for (double real : REALS)
            out.append(real != real ? "nan" : String.format("%016x", Double.doubleToRawLongBits(real))).append("\\n");
        out.append(NOTHING == null).append(TRUTH[0]).append(TRUTH[1]).append("\\n");
        System.out.print(out);
    }}
}}
""",
        encoding="ascii",
    )
    require_tool("javac")
    lines = run([require_tool("java"), "-XX:TieredStopAtLevel=1", "A.java"], tmp_path).split("\n")
    assert lines == [*map(utf16, TEXTS), *map(str, LONGS), *map(bits, REALS), "truetruefalse", ""]


def test_javascript(require_tool: Tool, tmp_path: Path) -> None:
    value = {"__proto__": {"polluted": True}, **{f"k{text}": text for text in TEXTS}, "list": [None, True, *INTEGERS]}
    finite = [real for real in REALS if math.isfinite(real)]
    script = f"""
const value = {FILTERS["js"](value)};
const reals = {FILTERS["js"](REALS)};
console.log(JSON.stringify(value));
console.log(JSON.stringify(reals.filter(Number.isFinite)));
const untouched = Object.getPrototypeOf(value) === Object.prototype;
console.log(Object.is(reals[1], -0), reals.slice(-3).join(), value.polluted, untouched);
"""
    assert script.isascii()
    assert "</" not in script
    first, second, third, _ = run([require_tool("node"), "-"], tmp_path, script).split("\n")
    assert json.loads(first) == value
    assert json.loads(second) == finite
    assert third == "true Infinity,-Infinity,NaN undefined true"


def test_cmake(require_tool: Tool, tmp_path: Path) -> None:
    texts = [text.replace("$<", "") for text in WITHOUT_NUL]
    lines = [f'string(HEX {FILTERS["cmake"](text)} hex)\nfile(APPEND out "${{hex}}\\n")' for text in texts]
    lines += [f'string(HEX {FILTERS["cmake"](value)} hex)\nfile(APPEND out "${{hex}}\\n")' for value in (12, 1.5, True)]
    (tmp_path / "a.cmake").write_text(
        "cmake_minimum_required(VERSION 3.18)\n" + "\n".join(lines), encoding="utf-8", newline=""
    )
    run([require_tool("cmake"), "-P", "a.cmake"], tmp_path)
    expected = [*texts, "12", "1.5", "TRUE"]
    assert (tmp_path / "out").read_text().split("\n") == [*(text.encode().hex() for text in expected), ""]


def test_shell(require_tool: Tool, tmp_path: Path) -> None:
    words = [*WITHOUT_NUL, 12, -1.5, True]
    script = "printf '%s\\0' " + " ".join(FILTERS["shell"](word) for word in words)
    done = run([require_tool("sh")], tmp_path, script)
    assert done.split("\0") == [*WITHOUT_NUL, "12", "-1.5", "true", ""]


@pytest.mark.parametrize("text", ATTACKS)
def test_no_attack_spans_two_lines_of_code(text: str) -> None:
    for name in ("py", "cpp", "csharp", "java", "js", "json", "yaml", "toml", "cmake"):
        assert "\n" not in FILTERS[name](text)
