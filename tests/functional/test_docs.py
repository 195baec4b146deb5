"""Every command shown in README.md and docs/ is run, and prints what the page shows.

A page is one session: its ```console blocks run in order, in a copy of the repository's examples. Lines that start
with `$ ` are commands; what follows is their output, standard output and standard error together. `...` alone on a
line stands for any lines, and inside a line for any text. Sizes and versions may differ: the one depends on the zlib
of the computer, the other on what is installed. MODELPRESS_UPDATE_DOCS=1 writes the real output into the pages
(blocks with `...` are left to their writer).
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")), *sorted((ROOT / "examples").glob("*/README.md"))]
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
HEREDOC = re.compile(r"<<'(\w+)'")
# What may differ between computers, and what it may be instead.
LOOSE = {re.compile(r"\d[\d,]* bytes"): r"\d[\d,]* bytes", re.compile(r"\d+\.\d+\.\d+"): r"\d+\.\d+\.\d+"}
UPDATE = bool(os.environ.get("MODELPRESS_UPDATE_DOCS"))


def commands_of(block: str) -> list[tuple[str, str]]:
    """(command, output shown) pairs; a command goes on over lines that end in a backslash."""
    pairs: list[tuple[str, str]] = []
    lines = iter(block.splitlines())
    for line in lines:
        if line.startswith("$ "):
            command = line[2:]
            end = HEREDOC.search(command)
            while command.endswith("\\") or (end and not command.endswith(f"\n{end[1]}")):
                command = command + "\n" + next(lines)
            pairs.append((command, ""))
        else:
            assert pairs, f"a console block begins with output: {line!r}"
            command, output = pairs[-1]
            pairs[-1] = (command, output + line + "\n")
    return pairs


def pattern_of(shown: str) -> re.Pattern[str]:
    lines = [r"(?:[^\n]*\n)*?" if line.strip() == "..." else f"{loosened(line)}\n" for line in shown.splitlines()]
    return re.compile("".join(lines))


def loosened(line: str) -> str:
    """A pattern for one line: `...` and what may differ match freely, the rest as it stands."""
    for found, freely in LOOSE.items():
        match = found.search(line)
        if match:
            return loosened(line[: match.start()]) + freely + loosened(line[match.end() :])
    return re.escape(line).replace(r"\.\.\.", r"[^\n]*")


def environment(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MODELPRESS_")}
    commands = f"{Path(sys.executable).parent}{os.pathsep}{kept['PATH']}"
    return {**kept, "PATH": commands, "HOME": str(home), "COLUMNS": "120", "NO_COLOR": "1"}


def run(command: str, folder: Path) -> str:
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env=environment(folder.parent),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=120,
    )
    status = f"[exit code {done.returncode}]\n" if done.returncode else ""
    text = done.stdout if not done.stdout or done.stdout.endswith("\n") else done.stdout + "\n"
    return "\n".join(line.rstrip() for line in text.splitlines()) + ("\n" if text else "") + status


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_commands_print_what_the_page_shows(page: Path, tmp_path: Path) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    shutil.copytree(ROOT / "examples", folder / "examples")
    text = page.read_text(encoding="utf-8")
    updated = text
    for block in BLOCK.findall(text):
        written = ""
        for command, shown in commands_of(block):
            real = run(command, folder)
            written += f"$ {command}\n{real}"
            if not UPDATE:
                assert pattern_of(shown).fullmatch(real), f"$ {command}\nshown:\n{shown}\nreal:\n{real}"
        if "..." not in block:
            updated = updated.replace(f"```console\n{block}```", f"```console\n{written}```")
    if UPDATE:
        page.write_text(updated, encoding="utf-8")
    for link in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", text):
        assert (page.parent / link).exists(), f"{page.name} links to {link}, which is not there"
