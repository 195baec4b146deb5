"""The code that is sent with a deployment: the script is looked at, never run."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from modelpress.bundle import Bundle
from modelpress.executors.azure.checks import check_bundle

Project = Callable[..., Bundle]

CALLS = "The server calls init() once and run(data) for each request: define both."
DOES = "The server does init() once and run(data) for each request."

SOUND = [
    "import os\nfrom impl import init, run\n",
    "from impl import *\n",
    "init = run = print\n",
    "def init(): ...\nrun: object = print\n",
    "try:\n    from fast import run\nexcept ImportError:\n    def run(data): ...\nif True:\n    def init(): ...\n",
    "def init(model=None): ...\nasync def run(data, /, *more, key=1): ...\n",
    "def init(*a): ...\ndef run(*data): ...\n",
    "@decorated\ndef init(x): ...\n@decorated\ndef run(a, b): ...\n",
    "# -*- coding: latin-1 -*-\ndef init(): ...\ndef run(d): return '\\d'\n",
    "class init: ...\nclass run: ...\n",
]


@pytest.mark.parametrize("script", SOUND)
def test_a_sound_script(project: Project, script: str) -> None:
    assert check_bundle(project({"scoring/score.py": script}), ["online"]) == ()


WRONG = [
    ("def init(): ...\n", "scoring/score.py: does not define run()", CALLS),
    ("def run(data): ...\n", "scoring/score.py: does not define init()", CALLS),
    ("def outer():\n    def init(): ...\ndef run(d): ...\n", "scoring/score.py: does not define init()", CALLS),
    ("def init(): ...\ndef Run(data): ...\n", "scoring/score.py: does not define run()", CALLS),
    ("def init(): ...\ndef run(): ...\n", "scoring/score.py:2: run() cannot be called with 1 argument", DOES),
    ("def init(): ...\ndef run(a, b): ...\n", "scoring/score.py:2: run() cannot be called with 1 argument", DOES),
    ("def init(): ...\ndef run(a, *, b): ...\n", "scoring/score.py:2: run() cannot be called with 1 argument", DOES),
    ("def init(x): ...\ndef run(a): ...\n", "scoring/score.py:1: init() cannot be called with no argument", DOES),
    ("def init(:\n", "scoring/score.py:1: is no valid Python: invalid syntax", "Correct the script."),
    (b"\0", "scoring/score.py: is no valid Python", "Correct the script."),
    (b"x = '\xff'", "scoring/score.py:1: is no valid Python: ", "Correct the script."),
]


@pytest.mark.parametrize(("script", "said", "hint"), WRONG)
def test_what_is_wrong_with_a_script(project: Project, script: str | bytes, said: str, hint: str) -> None:
    (flaw,) = check_bundle(project({"scoring/score.py": script}), ["online"])
    assert str(flaw).startswith(said)
    assert flaw.hint == hint


def test_a_script_without_end_is_a_flaw_and_no_crash(project: Project) -> None:
    for script in ("(" * 100_000, "-" * 200_000 + "1", "#" * (10 << 20) + "\n"):
        (flaw,) = check_bundle(project({"scoring/score.py": script}), ["online"])
        assert flaw.where.startswith("scoring/score.py")


def test_the_script_is_not_run(project: Project) -> None:
    script = "import sys\nsys.modules['was_run'] = sys\ndef init(): ...\ndef run(data): ...\n"
    assert check_bundle(project({"scoring/score.py": script}), ["online"]) == ()
    assert "was_run" not in sys.modules


IGNORE = "Remove it; packaging leaves out what .amlignore lists."
SENT = [
    ("scoring/.git/config", "scoring/.git: is no code, and would be sent with it"),
    ("scoring/lib/.git/HEAD", "scoring/lib/.git: is no code, and would be sent with it"),
    ("scoring/__pycache__/score.cpython-311.pyc", "scoring/__pycache__: is no code, and would be sent with it"),
    ("scoring/old.pyc", "scoring/old.pyc: is no code, and would be sent with it"),
    ("scoring/venv/bin/python", "scoring/venv: is no code, and would be sent with it"),
    ("scoring/.DS_Store", "scoring/.DS_Store: is no code, and would be sent with it"),
    ("scoring/.env", "scoring/.env: is a file for secrets, and would be sent with the code"),
    ("scoring/.env.production", "scoring/.env.production: is a file for secrets, and would be sent with the code"),
    ("scoring/keys/id_rsa", "scoring/keys/id_rsa: is a file for secrets, and would be sent with the code"),
    ("scoring/client.pfx", "scoring/client.pfx: is a file for secrets, and would be sent with the code"),
]


@pytest.mark.parametrize(("path", "said"), SENT)
def test_what_nobody_meant_to_send(project: Project, path: str, said: str) -> None:
    (flaw,) = check_bundle(project({path: "x"}), ["online"])
    assert (str(flaw), flaw.hint) == (said, IGNORE)


def test_a_folder_of_leftovers_is_said_once(project: Project) -> None:
    many = {f"scoring/.git/objects/{number}": "x" for number in range(50)}
    assert len(check_bundle(project(many), ["online"])) == 1


TOLD = "Take it out of the code: refer to it in environment_variables by ${env:NAME} or ${keyvault:NAME}."
WRITTEN = [
    ("-----BEGIN PRIVATE KEY-----\nMIIE", "scoring/lib/helper.py:2: holds a private key"),
    (
        "store = 'AccountName=a;AccountKey=" + "Zm9v" * 20 + "'",
        "scoring/lib/helper.py:2: holds an account or access key",
    ),
    (
        "url = 'https://a.blob/c?sv=1&sig=" + "aB3" * 12 + "%3D'",
        "scoring/lib/helper.py:2: holds a shared access signature",
    ),
]


@pytest.mark.parametrize(("line", "said"), WRITTEN)
def test_a_secret_in_the_code(project: Project, line: str, said: str) -> None:
    (flaw,) = check_bundle(project({"scoring/lib/helper.py": f"import os\n{line}\n"}), ["online"])
    assert (str(flaw), flaw.hint) == (said, TOLD)


def test_certificates_and_data_are_no_secrets(project: Project) -> None:
    files = {"scoring/ca.pem": "-----BEGIN CERTIFICATE-----\nMII\n", "scoring/weights.key": b"\xff\0\xfe" * 50}
    assert check_bundle(project(files), ["online"]) == ()
