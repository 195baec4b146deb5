"""Our own lists of candidates, in three forms that say the same."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from modelpress.candidates import rank, read
from modelpress.candidates.reading.listing.form import listing_schema
from modelpress.errors import ModelpressError, NoCandidateError

LIST: dict[str, Any] = {
    "metrics": {
        "latency": {"priority": 1, "higher_is_better": False},
        "accuracy": {"priority": 2, "higher_is_better": True},
    },
    "input_metrics": {"latency": 9.5},
    "candidates": [
        {
            "id": "small",
            "model": "models/small.onnx",
            "metrics": {"latency": 1.5, "accuracy": {"value": 0.9}, "memory": 30},
            "inference_settings": {"execution_provider": ["CPUExecutionProvider"], "provider_options": [{}]},
            "history": [
                {"model_id": "original"},
                {"model_id": "small", "pass_name": "prune", "config": {"ratio": 0.5}},
            ],
        },
        {
            "id": "big",
            "model": "models/big",
            "accelerator": "gpu-cuda",
            "metrics": {"latency": None, "accuracy": 0.95},
            "onnx_file_name": "big.onnx",
        },
    ],
}


def write(folder: Path, data: object, suffix: str = ".json") -> Path:
    path = folder / f"candidates{suffix}"
    path.write_text(yaml.safe_dump(data) if suffix == ".yaml" else json.dumps(data, indent=1))
    return path


@pytest.mark.parametrize("suffix", [".json", ".yaml"])
def test_a_list(tmp_path: Path, suffix: str) -> None:
    found = read(write(tmp_path, LIST | {"$schema": "candidates.schema.json"}, suffix))
    small, big = found.candidates
    assert (found.kind, found.root, found.pareto_default) == ("listing", tmp_path, False)
    assert (small.id, small.accelerator, small.model.type, small.model.path) == (
        "small",
        "cpu-cpu",
        "onnxmodel",
        "models/small.onnx",
    )
    assert {m.name: (m.value, m.priority, m.higher_is_better, m.objective) for m in small.metrics.values()} == {
        "latency": (1.5, 1, False, 1),
        "accuracy": (0.9, 2, True, 2),
        "memory": (30, -1, None, None),
    }
    assert small.inference_settings == LIST["candidates"][0]["inference_settings"]
    assert [(step.model_id, step.pass_name, step.config) for step in small.history] == [
        ("original", None, None),
        ("small", "prune", {"ratio": 0.5}),
    ]
    assert small.input_metrics is not None
    assert small.input_metrics["latency"].value == 9.5
    assert (big.accelerator, big.model.onnx_file_name, big.metrics["latency"].value) == ("gpu-cuda", "big.onnx", None)
    assert [one.candidate.id for one in rank(found).entries] == ["small", "big"]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_table(tmp_path: Path, separator: str) -> None:
    rows = [
        ["id", "model", "accelerator", "accuracy:max", "memory", "latency:min"],
        ["small", "models/small.onnx", "", "0.9", "30", "1.5"],
        [],
        ["big", "models/big.xml", "gpu-cuda", "0.95", "", "nan"],
    ]
    path = tmp_path / "candidates.csv"
    path.write_text("\ufeff" + "\r\n".join(map(separator.join, rows)) + "\r\n", encoding="utf-8", newline="")
    small, big = read(path).candidates
    assert {m.name: (m.value, m.higher_is_better, m.objective) for m in small.metrics.values()} == {
        "accuracy": (0.9, True, 1),
        "memory": (30, None, None),
        "latency": (1.5, False, 2),
    }
    assert (small.accelerator, big.accelerator, big.model.type) == ("cpu-cpu", "gpu-cuda", "openvinomodel")
    assert big.metrics["memory"].value is None
    assert str(big.metrics["latency"].value) == "nan"


def test_rules_may_stand_with_the_values(tmp_path: Path) -> None:
    figure = {"value": 1, "priority": 1, "higher_is_better": True}
    data = {"candidates": [{"model": "a", "metrics": {"score": figure}}, {"model": "b", "metrics": {"score": 2}}]}
    found = read(write(tmp_path, data))
    assert [(one.id, one.metrics["score"].objective) for one in found.candidates] == [("a", 1), ("b", 1)]
    assert all(one.metrics["score"].higher_is_better for one in found.candidates)


def test_figures_at_the_edge(tmp_path: Path) -> None:
    (tmp_path / "list.json").write_text(
        '{"candidates": [{"model": "m", "metrics": {"a": NaN, "b": -Infinity, "c": 1e999, "d": 12345678901234567890}}]}'
    )
    (one,) = read(tmp_path / "list.json").candidates
    values = {name: metric.value for name, metric in one.metrics.items()}
    assert str(values.pop("a")) == "nan"
    assert values == {"b": float("-inf"), "c": float("inf"), "d": 12345678901234567890.0}


def wrong(message: str, hint: str = "", **changes: object) -> Any:
    return pytest.param(LIST | changes, message, hint, id=message)


def entry(**changes: object) -> list[dict[str, Any]]:
    return [LIST["candidates"][0], LIST["candidates"][1] | changes]


@pytest.mark.parametrize(
    ("data", "message", "hint"),
    [
        wrong(": candidates[1].metrcs: unknown key", "Did you mean metrics?", candidates=entry(metrcs={})),
        wrong(": metric: unknown key", "Did you mean metrics?", metric={}, metrics={}),
        wrong(":49: candidates[1].model: must be text", candidates=entry(model=5)),
        wrong(": candidates[0].model: is required", candidates=[{"id": "a"}], metrics={}),
        wrong(
            ": candidates[1].metrics.accuracy: must be a number, or a mapping with a value",
            candidates=entry(metrics={"accuracy": "good"}),
        ),
        wrong(
            ": candidates[1].metrics.accuracy.vlaue: unknown key",
            "Did you mean value?",
            candidates=entry(metrics={"accuracy": {"vlaue": 1}}),
        ),
        wrong(
            ": candidates[1].metrics.accuracy.value: must be a number",
            candidates=entry(metrics={"accuracy": {"value": []}}),
        ),
        wrong(": metrics.Figure: must be a mapping", metrics={"Figure": 1}),
        wrong(": candidates[1].metrics.accuracy: must be a number", candidates=entry(metrics={"accuracy": 10**400})),
        wrong(": candidates[1].history[0]: must be a mapping", candidates=entry(history=["a"])),
        wrong(
            ": candidates[1].history[0].pas_name: unknown key",
            "Did you mean pass_name?",
            candidates=entry(history=[{"model_id": "a", "pas_name": "b"}]),
        ),
        wrong(
            ": candidates[1].id: small is already the id of candidates[0]", "Give each", candidates=entry(id="small")
        ),
        wrong(": candidates[1].accelerator: must be a name such as", candidates=entry(accelerator="../x")),
        wrong(": candidates: must be a list", candidates={"a": 1}),
        wrong(": candidates[0]: must be a mapping", candidates=["a"], metrics={}),
        wrong(": metrics.latncy: no candidate has this metric", "Did you mean latency?", metrics={"latncy": {}}),
        wrong(": metrics.latency: has a priority but no direction", "Add higher", metrics={"latency": {"priority": 1}}),
        wrong(": metrics.latency: must be a mapping", metrics={"latency": 1}),
        wrong(": metrics.latency.prio: unknown key", "Did you mean priority?", metrics={"latency": {"prio": 1}}),
        wrong(
            ": candidates[1].metrics.latency: contradicts what was said of this metric before",
            "under metrics",
            candidates=entry(metrics={"latency": {"value": 1, "priority": 3}}),
        ),
    ],
)
def test_what_is_wrong_is_named_with_its_place(tmp_path: Path, data: object, message: str, hint: str) -> None:
    path = write(tmp_path, data)
    with pytest.raises(ModelpressError) as caught:
        read(path)
    assert caught.value.message.startswith(f"{path}:")
    assert message in caught.value.message
    assert hint in caught.value.hint


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("id,accuracy\na,1\n", ":1: has no column model"),
        ("", ":1: has no column model"),
        ("model,a\nm,1\nn,fast\n", ":3: a: fast is not a number"),
        ("model,a\nm,1\nn,1,2\n", ":3: has 3 cells where the header has 2"),
        ("model,a,a\nm,1,2\n", ":1: has a column twice, or one without a name"),
        ("model,a:min,a:max\nm,1,2\n", ":1: has the column a twice"),
        ("model,\nm,1\n", ":1: has a column twice, or one without a name"),
        ('model,a\n"m,1\n', ":2: not a table: unexpected end of data"),
        ("model,id\nm,x\nn,x\n", ":3: candidates[1].id: x is already the id of candidates[0]"),
        ("model,a\nm,1\n,2\n", ":3: candidates[1].model: is required"),
        ("model,a\n" + "x" * 200_000 + ",1\n", ":2: not a table: field larger than field limit"),
    ],
)
def test_what_is_wrong_in_a_table_is_named_with_its_line(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "list.csv"
    path.write_text(text)
    with pytest.raises(ModelpressError) as caught:
        read(path)
    assert caught.value.message.startswith(f"{path}{message}")


def test_a_table_that_is_not_utf_8(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes("model\nm\xfc".encode("latin-1"))
    with pytest.raises(ModelpressError, match="is not UTF-8 text"):
        read(path)


@pytest.mark.parametrize("text", ['{"candidates": []}', "candidates: []", "model\n"])
def test_an_empty_list(tmp_path: Path, text: str) -> None:
    path = tmp_path / f"list.{'csv' if text == 'model' + chr(10) else 'yaml'}"
    path.write_text(text)
    with pytest.raises(NoCandidateError):
        read(path)


def test_a_repeated_key_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "list.json").write_text('{"candidates": [\n{"model": "a",\n "model": "b"}]}')
    with pytest.raises(ModelpressError) as caught:
        read(tmp_path / "list.json")
    assert caught.value.message.startswith(f"{tmp_path / 'list.json'}:3:")
    assert "the key model stands twice" in caught.value.message


def test_the_schema_accepts_what_is_read_and_refuses_what_is_not() -> None:
    schema = listing_schema()
    validator = jsonschema.Draft202012Validator(schema)
    validator.check_schema(schema)
    validator.validate(LIST | {"$schema": "x"})
    for data in ({}, {"candidates": [{"modle": "a"}]}, {"candidates": [{"model": "a", "metrics": {"b": "c"}}]}):
        assert list(validator.iter_errors(data))
    texts = [part["description"] for part in schema["$defs"]["Entry"]["properties"].values()]
    assert all(texts)


def test_ten_thousand_candidates_are_read_in_order(tmp_path: Path) -> None:
    metrics = {"latency": {"priority": 1, "higher_is_better": False}}
    entries = [{"id": f"c{n}", "model": f"m/{n}.onnx", "metrics": {"latency": 10_000 - n}} for n in range(10_000)]
    found = read(write(tmp_path, {"metrics": metrics, "candidates": entries}))
    assert [one.order for one in found.candidates] == list(range(10_000))
    assert rank(found).entries[0].candidate.id == "c9999"


def test_sizes_of_dimensions_are_the_lists_and_the_candidates_own(tmp_path: Path) -> None:
    data = {
        "dims": {"batch": 2, "x:1": 7},
        "candidates": [{"model": "a.onnx", "dims": {"batch": 3}}, {"model": "b.onnx"}],
    }
    jsonschema.validate(data, listing_schema())
    first, second = read(write(tmp_path, data)).candidates
    assert (dict(first.dims), dict(second.dims)) == ({"batch": 3, "x:1": 7}, {"batch": 2, "x:1": 7})
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**data, "dims": {"batch": 0}}, listing_schema())
