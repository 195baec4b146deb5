"""Builds the image of a project, runs it hardened, and compares what it answers with the golden outputs."""

from __future__ import annotations

import json
from pathlib import Path

from modelpress.errors import ModelpressError, RemoteError, UsageError
from modelpress.executors.image.building import Built, build
from modelpress.executors.image.options import BuildOptions
from modelpress.executors.image.plan import BuildPlan, plan_build
from modelpress.executors.image.publish_image import check_budget
from modelpress.golden_documents import read_golden
from modelpress.project_files import open_bundle
from modelpress.proving.container import Container, container
from modelpress.proving.inference_protocol import ask_protocol
from modelpress.proving.report import Finding
from modelpress.proving.scoring_child import GOLDEN, ask_all
from modelpress.proving.serving import ServedError

DOCKERFILE = "docker/Dockerfile"
USER = 10001
# Runs in the container and tells what it may do: the server's process, and the root file system.
LOOK = """
import json, os
status = dict(line.split(":", 1) for line in open("/proc/1/status"))
print(json.dumps({
    "users": [int(word) for word in status["Uid"].split() + status["Gid"].split()],
    "capabilities": int(status["CapEff"], 16),
    "gains": status["NoNewPrivs"].strip() != "1",
    "writes": not os.statvfs("/").f_flag & os.ST_RDONLY,
}))
"""


def check_image(folder: Path, options: BuildOptions) -> tuple[Finding, ...]:
    """Prove the image of a project. The base image and packages may be fetched; the container has no network."""
    if not (folder / DOCKERFILE).is_file():
        return (Finding("image", "skipped", f"there is no {DOCKERFILE} in the bundle", "Render with -t docker."),)
    if not (folder / GOLDEN).is_file():
        return (Finding("image", "skipped", "there are no golden vectors to compare with", "Render with --golden."),)
    try:
        plan = plan_build(open_bundle(folder), folder, options, runs=True)
    except UsageError:
        raise
    except ModelpressError as error:
        return (Finding("image", "skipped", error.message, error.hint),)
    try:
        built = build(plan)
        check_budget(built, options.size_budget)
    except RemoteError as error:
        return (Finding("image", "skipped", error.message, error.hint),)
    except ModelpressError as error:
        return (Finding("image/build", "failed", error.message, error.hint),)
    return (_built(plan, built), *_run(plan, built, folder))


def _built(plan: BuildPlan, built: Built) -> Finding:
    sizes = ", ".join(f"{layer.size:,}" for layer in built.layers)
    detail = f"{plan.engine.name} built {built.image}: {built.size:,} bytes, its layers {sizes}"
    return Finding("image/build", "passed", detail)


def _run(plan: BuildPlan, built: Built, folder: Path) -> list[Finding]:
    """Each step needs the one before it: the first that fails is the last."""
    found: list[Finding] = []
    steps = (("start", _hardened), ("answers", lambda server: _answers(server, folder)), ("stop", _stopped))
    step = steps[0][0]
    try:
        with container(plan.engine, built.image) as server:
            for step, proof in steps:
                found.append(Finding(f"image/{step}", "passed", proof(server)))
    except (ServedError, ModelpressError) as error:
        found.append(Finding(f"image/{step}", "failed", str(error), getattr(error, "hint", "")))
    return found


def _hardened(server: Container) -> str:
    seen = json.loads(server.run(("python", "-c", LOOK)))
    flaws = {
        f"runs as {seen['users']}, not as user and group {USER}": set(seen["users"]) != {USER},
        "has capabilities": seen["capabilities"],
        "may gain rights": seen["gains"],
        "may write to its root file system": seen["writes"],
    }
    if told := [flaw for flaw, is_there in flaws.items() if is_there]:
        raise ServedError(f"the container {', '.join(told)}")
    return f"healthy, as user {USER}, without capabilities, with a root file system that is read-only"


def _answers(server: Container, folder: Path) -> str:
    if (folder / "scoring" / "v2_server").is_dir():
        golden = read_golden((folder / GOLDEN).read_bytes(), GOLDEN)
        forms = ask_protocol(server, golden)
        return f"the golden outputs come back over the Open Inference Protocol in {' and in '.join(forms)}"
    return f"{ask_all(server, folder)}, at /score"


def _stopped(server: Container) -> str:
    return f"ended {server.stop():.1f} seconds after SIGTERM"
