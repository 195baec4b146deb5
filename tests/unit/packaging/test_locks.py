"""Requirements files with versions and hashes: from locks that come with modelpress, or from uv and a package index."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from modelpress.bundle import Entry, RenderedText
from modelpress.errors import ModelpressError, RemoteError, UnsafeInputError, UsageError
from modelpress.model.runtime import RUNTIMES
from modelpress.packaging.docker import DockerWishes, docker_variables
from modelpress.packaging.locks.lock import HEADER, SERVERS, LockWishes, lock_entries, shipped_lock
from modelpress.packaging.locks.lock import RUNTIMES as RUNTIME_LOCK
from modelpress.packaging.locks.lock_file import Lock
from modelpress.packaging.locks.requirement import read_requirements

TEMPLATES = Path(__file__).parents[3] / "templates"
NOWHERE = "http://127.0.0.1:9/simple"  # nobody listens there
CPU = f"onnxruntime=={RUNTIMES['cpu'].version}"

AddWheel = Callable[..., Path]


@pytest.fixture(autouse=True)
def unreachable_index(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing here reaches the network: what asks an index has to fail."""
    for name in ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL"):
        monkeypatch.setenv(name, NOWHERE)
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))
    monkeypatch.setenv("PIP_RETRIES", "0")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def add_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AddWheel:
    """Puts a wheel into a package index in a folder."""
    index = tmp_path / "simple"
    for name in ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL"):
        monkeypatch.setenv(name, index.as_uri())

    def add(name: str, version: str, *requires: str) -> Path:
        folder = index / name.replace("_", "-")
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{name}-{version}-py3-none-any.whl"
        info = f"{name}-{version}.dist-info"
        metadata = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}"]
        with zipfile.ZipFile(path, "w") as wheel:
            wheel.writestr(f"{name}.py", "")
            wheel.writestr(
                f"{info}/METADATA", "\n".join([*metadata, *(f"Requires-Dist: {one}" for one in requires), ""])
            )
            wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
            wheel.writestr(f"{info}/RECORD", "")
        links = [f'<a href="{one.name}#sha256={sha256(one)}">{one.name}</a>' for one in sorted(folder.glob("*.whl"))]
        (folder / "index.html").write_text("<html><body>" + "<br>".join(links) + "</body></html>")
        return path

    return add


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def lock(*lines: str, trust: bool = False, path: str = "docker/requirements.txt") -> dict[str, Entry]:
    content = "\n".join(["--require-hashes", *lines, ""])
    return lock_entries({path: RenderedText(content.encode())}, LockWishes("3.11", trust))


def text_of(entries: Mapping[str, Entry], path: str = "docker/requirements.txt") -> str:
    with entries[path].open() as file:
        return file.read().decode()


def test_what_comes_with_modelpress_needs_no_network() -> None:
    text = text_of(lock("--only-binary :all:", CPU, "fastapi", "httptools", "numpy", "uvicorn"))
    assert text.startswith(f"{HEADER}--require-hashes\n--only-binary :all:\n")
    names = re.findall(r"^([a-z][\w.-]*)==", text, re.MULTILINE)
    assert {"onnxruntime", "fastapi", "starlette", "pydantic-core", "numpy"} < set(names)
    assert not {"azureml-inference-server-http", "ml-dtypes", "onnxruntime-extensions"} & set(names)
    assert names == sorted(names)
    assert text == text_of(lock("--only-binary :all:", CPU, "fastapi", "httptools", "numpy", "uvicorn"))


def test_what_only_some_models_need_is_there_where_it_is_asked_for() -> None:
    assert "ml-dtypes==" in text_of(lock(CPU, "numpy", "ml_dtypes==0.6.0"))


@pytest.mark.parametrize("name", [*SERVERS, RUNTIME_LOCK])
def test_every_pin_that_comes_with_modelpress_has_hashes(name: str) -> None:
    lock = shipped_lock(name)
    assert len(lock.pins) > 10
    for pin in lock.pins:
        assert pin.hashes, pin.name
        assert Lock.read(pin.text) == Lock((replace(pin, because_of=frozenset(), needs=frozenset()),))
    assert Lock.read(lock.text).text == lock.text


@pytest.mark.parametrize(
    "template",
    [
        "docker/docker/_v2_packages.txt",
        "azure-online/scoring/requirements.txt.jinja",
        "azure-batch/scoring/batch_requirements.txt.jinja",
    ],
)
def test_what_the_templates_name_is_locked(template: str) -> None:
    """Where this fails, a template names another version or package: `toolchains/locks.py` makes the locks anew."""
    lines = (TEMPLATES / template).read_text(encoding="utf-8").splitlines()
    assert text_of(lock(CPU, "ml_dtypes==0.6.0", *(line for line in lines if re.match("[a-z]", line))))


@pytest.mark.parametrize("provider", ["cpu", "cuda", "openvino", "rocm", "migraphx"])
@pytest.mark.parametrize("server", ["fastapi", "azureml-inference-server-http", "pyarrow"])
def test_the_default_runtimes_of_linux_containers_go_with_every_server(provider: str, server: str) -> None:
    runtime = RUNTIMES[provider]
    assert f"{runtime.package}=={runtime.version} " in text_of(lock(f"{runtime.package}=={runtime.version}", server))


@pytest.mark.parametrize("version", ["1.20.1", "1.27.0", "1.32.0"])
def test_older_and_newer_runtimes_are_locked_with_what_they_need(version: str) -> None:
    """1.20 needs packages that 1.32 does without, and through one of them another."""
    names = re.findall(r"^([a-z][\w.-]*)==", text_of(lock(f"onnxruntime=={version}")), re.MULTILINE)
    assert {"flatbuffers", "numpy", "protobuf"} < set(names)
    assert ({"coloredlogs", "humanfriendly"} <= set(names)) == (version == "1.20.1")


def test_a_version_that_no_lock_has_is_asked_for() -> None:
    with pytest.raises(RemoteError, match=r"^onnxruntime==99 cannot be locked"):
        lock("onnxruntime==99")


def test_files_that_do_not_ask_for_hashes_stay_as_they_are() -> None:
    entries = {"scoring/requirements.txt": RenderedText(b"numpy\n"), "notes.txt": RenderedText(b"--require-hashes\n")}
    assert lock_entries(entries, LockWishes()) == entries


def test_further_requirements_are_resolved_with_the_rest(add_wheel: AddWheel) -> None:
    first = add_wheel("first", "1.0", "second>=2")
    second = add_wheel("second", "2.5")
    add_wheel("second", "1.0")
    text = text_of(lock("first"))
    assert text == (
        f"{HEADER}--require-hashes\nfirst==1.0 \\\n    --hash=sha256:{sha256(first)}\n"
        f"second==2.5 \\\n    --hash=sha256:{sha256(second)}\n"
    )


def test_pip_installs_what_was_locked(add_wheel: AddWheel, tmp_path: Path) -> None:
    add_wheel("first", "1.0", "second>=2")
    second = add_wheel("second", "2.5")
    (tmp_path / "requirements.txt").write_text(text_of(lock("first")))
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(tmp_path / "there"), "--no-cache-dir"]
    command = [*pip, "--requirement", str(tmp_path / "requirements.txt")]
    subprocess.run(command, check=True, capture_output=True)
    assert (tmp_path / "there" / "second.py").is_file()
    with zipfile.ZipFile(second, "a") as wheel:
        wheel.writestr("changed.py", "")
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode != 0
    assert "DO NOT MATCH THE HASHES" in done.stderr


def test_contradictions_are_the_user_s(add_wheel: AddWheel) -> None:
    add_wheel("first", "1.0", "second>=2")
    add_wheel("second", "1.0")
    with pytest.raises(UsageError, match=r"^first cannot be installed together: No solution found .*second") as raised:
        lock("first")
    assert raised.value.exit_code == 2


def test_an_index_that_does_not_answer_is_remote() -> None:
    with pytest.raises(RemoteError, match=r"^nothing-like-that cannot be locked: ") as raised:
        lock("nothing-like-that")
    assert raised.value.exit_code == 6
    assert "127.0.0.1" not in raised.value.message


def test_without_uv_the_hint_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setitem(sys.modules, "uv", None)
    with pytest.raises(ModelpressError, match="uv is not installed") as raised:
        lock("scipy>=1")
    assert "pip install uv" in raised.value.hint
    assert text_of(lock(CPU, "numpy"))  # it is not needed for this


@pytest.mark.parametrize(
    "line",
    [
        "-e .",
        "--editable=./here",
        "-e git+https://example.org/x.git#egg=x",
        "--index-url https://example.org/simple",
        "-i https://example.org/simple",
        "--extra-index-url=https://example.org/simple",
        "--trusted-host example.org",
        "git+https://example.org/x.git",
        "git+ssh://git@example.org/x.git",
        "x @ git+https://example.org/x.git",
        "x @ https://example.org/x-1.0-py3-none-any.whl",
        "https://example.org/x-1.0.tar.gz",
        "./x",
        "../x-1.0-py3-none-any.whl",
        "/somewhere/x",
        "~/x",
        "C:\\x",
        "x-1.0-py3-none-any.whl",
        "file:///somewhere/x",
    ],
)
def test_lines_that_fetch_from_elsewhere_need_trust(line: str) -> None:
    with pytest.raises(UnsafeInputError, match=r"^docker/requirements.txt:2 names ") as raised:
        lock(line)
    assert (raised.value.exit_code, raised.value.hint[:12]) == (4, "Pass --trust")
    assert read_requirements([line], "x", trust=True).packages == ()


@pytest.mark.parametrize(
    "line", ["--index-url", "-r other.txt", "-c other.txt", "--find-links .", "--pre", "pandas &", "1 2", "$(id)"]
)
def test_lines_that_cannot_be_locked_are_refused(line: str) -> None:
    for trust in (False, True):
        with pytest.raises(UsageError, match=r"^file.txt:1"):
            read_requirements([line], "file.txt", trust=trust)


def test_credentials_are_refused_even_where_the_index_is_trusted() -> None:
    with pytest.raises(UsageError, match="credentials") as raised:
        lock("--index-url https://someone:s3cret@example.org/simple", "pandas", trust=True)
    assert "s3cret" not in raised.value.message + raised.value.hint


def test_a_trusted_index_is_asked_and_stays_in_the_file(add_wheel: AddWheel, monkeypatch: pytest.MonkeyPatch) -> None:
    index = add_wheel("first", "1.0").parents[1].as_uri()
    for name in ("UV_DEFAULT_INDEX", "UV_INDEX_URL"):
        monkeypatch.setenv(name, NOWHERE)
    text = text_of(lock(f"--index-url {index}", "first", trust=True))
    assert text.splitlines()[1:4] == ["--require-hashes", f"--index-url {index}", "first==1.0 \\"]


def test_trusted_sources_become_wheels_beside_the_file(add_wheel: AddWheel, tmp_path: Path) -> None:
    """A wheel by its path needs no build; what it depends on comes from the index."""
    add_wheel("second", "1.0")
    ours = add_wheel("ours", "3.0", "second")
    ours = ours.rename(tmp_path / ours.name)
    entries = lock(str(ours), trust=True)
    name = f"docker/wheels/{ours.name}"
    assert set(entries) == {"docker/requirements.txt", name}
    assert entries[name].size == ours.stat().st_size
    text = text_of(entries)
    assert f"ours==3.0 \\\n    --hash=sha256:{sha256(ours)}\n" in text
    assert "--find-links wheels\n" in text
    assert str(tmp_path) not in text


def test_all_wheels_are_beside_a_file_that_says_no_index(add_wheel: AddWheel) -> None:
    wheels = [add_wheel("first", "1.0", "second ; python_version < '3.12'"), add_wheel("second", "1.0")]
    entries = lock("--no-index", "first", path="docker_content/docker/requirements.txt")
    folder = "docker_content/docker"
    assert set(entries) == {f"{folder}/requirements.txt", *(f"{folder}/wheels/{one.name}" for one in wheels)}
    text = text_of(entries, f"{folder}/requirements.txt")
    assert text.startswith(f"{HEADER}--require-hashes\n--no-index\n--find-links wheels\nfirst==1.0")


def test_continued_lines_comments_and_old_hashes_are_read() -> None:
    lines = [
        "# a comment",
        "pandas[excel]>=2, \\",
        "    <3  # why",
        "",
        "numpy==2.0 \\",
        "    --hash=sha256:00 \\",
        "    --hash=sha256:11",
        "old ; python_version < '3.12'",
    ]
    found = read_requirements(lines, "x", trust=False)
    assert [str(one) for one in found.packages] == [
        "pandas[excel]<3,>=2",
        "numpy==2.0",
        'old; python_version < "3.12"',
    ]


def test_a_requirements_file_of_the_user_becomes_variables(tmp_path: Path) -> None:
    path = tmp_path / "requirements.txt"
    path.write_bytes("\ufeffpandas>=2\r\n# why\r\nscipy\r\n".encode())
    assert docker_variables(DockerWishes("python:3.12", path, runtime_packages=True)) == {
        "content": "docker_content",
        "base_image": "python:3.12",
        "requirements": ["pandas>=2", "scipy"],
        "wheels": True,
    }
    path.write_text("./x\n")
    with pytest.raises(UnsafeInputError, match=re.escape(f"{path}:1 names code to build")):
        docker_variables(DockerWishes(requirements_file=path))
    (tmp_path / "x").mkdir()
    assert docker_variables(DockerWishes(requirements_file=path), trust=True)["requirements"] == [str(tmp_path / "x")]
    with pytest.raises(UsageError, match="cannot be read: No such file"):
        docker_variables(DockerWishes(requirements_file=tmp_path / "missing.txt"))
