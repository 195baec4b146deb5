"""The chat sample: answers, conversations, search options, and what it says where something is wrong."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import onnxruntime_genai
import pytest

Make = Callable[..., Path]
Render = Callable[..., Any]


def test_an_answer_is_printed_while_it_is_made(project: Any) -> None:
    outcome = project.call("--prompt", "abc", "--no-template")
    assert (outcome.code, outcome.stdout) == (0, "defghijklmnopqrst\n"), "max_length of genai_config.json is 20"
    assert [piece for piece in outcome.pieces if piece] == [*"defghijklmnopqrst", "\n"]
    assert outcome.stderr == f"onnxruntime-genai {onnxruntime_genai.__version__} on CPU\n"


def test_as_a_user_runs_it(project: Any) -> None:
    program = [sys.executable, "-W", "error", project.program, "--no-template", "--prompt", "w"]
    done = subprocess.run(program, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout) == (0, "xyz{|}~\n"), done.stderr


def test_one_document_with_the_tokens(project: Any) -> None:
    outcome = project.call("--prompt", "w\u00e9\n", "--no-template", "--max-length", 8, "--format", "json")
    document = json.loads(outcome.stdout)
    assert document["inputs"] == [
        {"name": "prompt", "kind": "tensor", "dtype": "string", "shape": [], "data": ["w\u00e9\n"]}
    ]
    tokens, text = document["outputs"]
    assert (tokens["name"], tokens["dtype"], tokens["shape"], tokens["data"]) == (
        "tokens",
        "int32",
        [4],
        [11, 12, 13, 14],
    )
    assert text["data"] == ["\x0b\x0c\r\x0e"]


def test_a_conversation_is_told_what_was_said_before(project: Any) -> None:
    """The chat template of this model says how many messages there were, and the model counts on."""
    outcome = project.call("--max-length", 4, stdin="Hello\n\n  \nAgain\n/clear\nAnew\n")
    assert (outcome.code, outcome.stdout) == (0, "234\n456\n234\n")
    assert "/clear forgets" in outcome.stderr


def test_the_system_is_told_first(project: Any) -> None:
    assert project.call("--system", "Be brief.", "--prompt", "x", "--max-length", 3).stdout == "34\n"


def test_an_error_ends_no_conversation(project: Any) -> None:
    outcome = project.call("--no-template", "--max-length", 10, stdin=f"{'a' * 30}\nab\n")
    assert (outcome.code, outcome.stdout) == (0, "cdefghij\n")
    assert "error: what was said has 30 tokens, and max_length is 10: nothing is left for an answer" in outcome.stderr


@pytest.mark.parametrize(
    ("search", "options", "answer"),
    [
        ({}, ("--max-length", 5), "defg"),
        ({"max_length": 5}, (), "defg"),
        ({"max_length": 5}, ("--max-length", 7), "defghi"),
        ({"max_length": 5, "num_beams": 3, "num_return_sequences": 2}, (), "defg"),
        ({"max_length": 5, "do_sample": True, "top_k": 50, "temperature": 9.0}, ("--no-do-sample",), "defg"),
        ({"max_length": 5, "do_sample": True, "top_k": 50, "temperature": 9.0}, ("--top-k", 1), "defg"),
        ({"max_length": 5, "do_sample": True, "top_k": 0, "temperature": 9.0}, ("--top-p", 0.001), "defg"),
    ],
)
def test_search_options_are_those_of_the_folder_unless_they_are_given(
    make_folder: Make, render_folder: Render, search: dict[str, Any], options: tuple[object, ...], answer: str
) -> None:
    project = render_folder(make_folder(**search))
    assert project.call("--no-template", "--prompt", "c", *options).stdout == f"{answer}\n"


def test_chance_has_a_seed(project: Any) -> None:
    def answer(*options: object) -> str:
        chance = ("--do-sample", "--temperature", 5, "--top-k", 40, *options)
        return str(project.call("--no-template", "--prompt", "m", *chance).stdout)

    first, again, other = (answer("--random-seed", seed) for seed in (1, 1, 2))
    assert first == again
    assert len({first, other, "nopqrstuvwxyz{|}~\n"}) == 3
    assert answer("--random-seed", 1, "--repetition-penalty", 3) != first
    assert project.call("--no-template", "--prompt", "y", "--min-length", 10).stdout != "z{|}~\n"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--max-length", "0"), "argument --max-length: '0' is not 1 or more"),
        (("--max-length", "x"), "argument --max-length: 'x' is not 1 or more"),
        (("--temperature", "0"), "argument --temperature: '0' is not a number above 0"),
        (("--temperature", "nan"), "argument --temperature: 'nan' is not a number above 0"),
        (("--top-p", "1.5"), "argument --top-p: '1.5' is not above 0, 1 at most"),
        (("--top-k", "-1"), "argument --top-k: '-1' is not 0 or more"),
        (("--repetition-penalty", "inf"), "argument --repetition-penalty: 'inf' is not a number above 0"),
        (("--check", "--prompt", "x"), "--check has its own prompt"),
        (("--format", "json"), "--format json is for --prompt"),
    ],
)
def test_a_wrong_option_is_refused(
    project: Any, options: tuple[str, ...], message: str, capfd: pytest.CaptureFixture[str]
) -> None:
    done = subprocess.run([sys.executable, project.program, *options], check=False, timeout=60)
    assert done.returncode == 2
    assert message in capfd.readouterr().err


def test_a_tokenizer_without_a_chat_template(make_folder: Make, render_folder: Render) -> None:
    project = render_folder(make_folder(None, max_length=4))
    outcome = project.call(stdin="ab\nx\n")
    assert outcome.stdout == "cd\nyz{\n"
    assert "the tokenizer has no chat template: prompts are taken as they are" in outcome.stderr
    assert "--system needs a chat template" in project.call("--system", "Be brief.").error


def test_a_chat_template_that_is_broken(make_folder: Make, render_folder: Render) -> None:
    project = render_folder(make_folder("{% if %}", max_length=4))
    assert "the chat template of the tokenizer: " in project.call("--prompt", "ab").error
    assert project.call("--prompt", "ab", "--no-template").stdout == "cd\n"


def test_what_a_terminal_would_act_upon_is_not_printed(project: Any) -> None:
    outcome = project.call("--no-template", "--prompt", "\x1a", "--max-length", 2)
    assert outcome.stdout == "\N{REPLACEMENT CHARACTER}\n"
    document = project.call("--no-template", "--prompt", "\x1a", "--max-length", 2, "--format", "json").stdout
    assert json.loads(document)["outputs"][1]["data"] == ["\x1b"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--prompt", ""), "the prompt is empty"),
        (("--prompt", "a", "--max-length", "1"), "what was said has 1 tokens, and max_length is 1"),
        (
            ("--prompt", "a", "--max-length", "999"),
            "max_length (999) cannot be greater than model context_length (200)",
        ),
        (("--prompt", "a", "--provider", "bogus"), "Unknown provider name 'bogus'"),
        (("--prompt", "a", "--provider", "dml"), "DML provider requested"),
        (("--prompt", "a", "--model", "nowhere"), "there is no genai_config.json in nowhere"),
    ],
)
def test_what_cannot_be_run_is_an_error(project: Any, options: tuple[str, ...], message: str) -> None:
    assert message in project.call("--no-template", *options).error


def test_a_provider_of_the_folder_that_is_not_here_is_an_error(make_folder: Make, render_folder: Render) -> None:
    folder = make_folder()
    config = json.loads((folder / "genai_config.json").read_text())
    config["model"]["decoder"]["session_options"]["provider_options"] = [{"cuda": {}}]
    (folder / "genai_config.json").write_text(json.dumps(config))
    project = render_folder(folder)
    assert "cannot load" in project.call("--prompt", "a").error
    assert project.call("--prompt", "a", "--no-template", "--provider", "cpu", "--max-length", 3).stdout == "bc\n"


@pytest.mark.parametrize("damage", ["genai_config.json", "model.onnx", "tokenizer.json"])
def test_a_damaged_folder_is_named(project: Any, tmp_path: Path, damage: str) -> None:
    shutil.copytree(project.root / "model", tmp_path / "model")
    (tmp_path / "model" / damage).write_text("{")
    assert f"cannot load {tmp_path / 'model'}: " in project.call("--prompt", "a", "--model", tmp_path / "model").error


def test_the_library_is_asked_for(project: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "chat_runner"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "onnxruntime_genai", None)  # what Python itself takes for "cannot be imported"
    with pytest.raises(SystemExit) as ended:
        project.call("--prompt", "a")
    assert f"-m pip install -r {project.program.with_name('requirements.txt')}" in str(ended.value.code)


def test_requirements_and_readme(project: Any) -> None:
    folder = project.program.parent
    lines = (folder / "requirements.txt").read_text().split()
    assert lines[0] == f"onnxruntime-genai=={onnxruntime_genai.__version__}"
    text = (folder / "README.md").read_text(encoding="utf-8")
    assert "chat.py --prompt" in text
    assert "`golden/golden.json`: a prompt" in text
    assert sorted(path.name for path in folder.iterdir()) == ["README.md", "chat.py", "chat_runner", "requirements.txt"]
