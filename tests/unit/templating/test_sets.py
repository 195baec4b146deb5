"""Template sets: layers, inheritance, manifests and variables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from modelpress.errors import UnsafeInputError, UsageError
from modelpress.templating import Sets, find_set, load_sets, resolve_settings, search_path

Load = Callable[[Mapping[str, str]], Sets]


def test_a_nearer_file_replaces_and_the_others_stay(load: Load) -> None:
    sets = load(
        {
            "far/base/template-set.yaml": "description: far one",
            "far/base/a.txt": "far a",
            "far/base/sub/b.txt": "far b",
            "near/base/a.txt": "near a",
        }
    )
    base = sets["base"]
    assert base.sources() == {"a.txt": 0, "sub/b.txt": 1}
    assert (base.layer, base.description) == ("near", "far one")


def test_an_extending_set_inherits_files_variables_and_needs(load: Load) -> None:
    sets = load(
        {
            "far/base/template-set.yaml": "needs: hash\nvariables: {port: {type: int, default: 1}, host: {default: h}}",
            "far/base/a.txt": "",
            "near/derived/template-set.yaml": "extends: base\nvariables: {port: {type: int, default: 8080}}",
            "near/derived/b.txt": "",
        }
    )
    derived = sets["derived"]
    assert derived.sources() == {"a.txt": 1, "b.txt": 0}
    assert (derived.extends, derived.lineage, derived.needs) == ("base", ("base",), ("hash",))
    values = {"port": 8080, "host": "h"}
    assert resolve_settings([derived], {}) == {"derived": values, "base": values}


def test_settings_of_a_set_that_is_rendered_itself_are_its_own(load: Load) -> None:
    sets = load(
        {
            "far/base/template-set.yaml": "variables: {port: {type: int, default: 80}}",
            "far/derived/template-set.yaml": "extends: base",
        }
    )
    settings = resolve_settings([sets["derived"], sets["base"]], {"derived": {"port": "1"}, "base": {"port": "2"}})
    assert settings == {"derived": {"port": 1}, "base": {"port": 2}}


def test_a_mounted_folder_is_overlaid_like_any_other(load: Load, tmp_path: Path) -> None:
    sets = load(
        {
            "far/shared/template-set.yaml": "variables: {port: {type: int, default: 1}}",
            "far/shared/code/a.py": "",
            "far/shared/code/deep/b.py": "",
            "far/shared/not-mounted.txt": "",
            "near/shared/code/a.py": "",
            "far/base/template-set.yaml": "mounts: {out/code: shared:code}",
            "far/base/out/code/deep/b.py": "",
            "far/derived/template-set.yaml": "extends: base",
        }
    )
    base = sets["base"]
    found = {name: base.folders[place].file(name) for name, place in base.sources().items()}
    assert found == {
        "out/code/a.py": tmp_path / "near/shared/code/a.py",
        "out/code/deep/b.py": tmp_path / "far/base/out/code/deep/b.py",
    }
    assert list(sets["derived"].sources()) == ["out/code/a.py", "out/code/deep/b.py"]
    assert base.variables == {}  # a mount brings files only


def test_a_folder_without_a_manifest_is_no_set_of_its_own(load: Load) -> None:
    sets = load({"near/notes/readme.txt": "", "near/_shared/template-set.yaml": "", "far/base/template-set.yaml": ""})
    assert list(sets) == ["base"]


def test_a_layer_may_extend_the_set_that_it_overlays(load: Load) -> None:
    sets = load({"near/base/template-set.yaml": "extends: base", "far/base/template-set.yaml": "", "far/base/a": ""})
    assert sets["base"].sources() == {"a": 1}
    assert sets["base"].extends is None


def test_bytecode_of_installed_sets_is_left_out(load: Load) -> None:
    sets = load(
        {"far/base/template-set.yaml": "", "far/base/__pycache__/x.pyc": "", "far/base/y.pyc": "", "far/base/z": ""}
    )
    assert list(sets["base"].sources()) == ["z"]


def test_a_link_to_a_folder_is_refused(load: Load, tmp_path: Path) -> None:
    sets = load({"far/base/template-set.yaml": "", "elsewhere/secret.txt": ""})
    (tmp_path / "far/base/link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UnsafeInputError, match="is a link to a folder"):
        sets["base"].sources()


BAD_MANIFESTS = [
    ("extend: base", "has the unknown key 'extend'", "Did you mean 'extends'?"),
    ("- a", "is not a mapping", "Its keys: description, extends, variables, needs, only_if, mounts, remove."),
    ("description: [a", ":2: not valid YAML: ", "Correct the YAML."),
    ("description: 1", "`description` is not a text", "Quote it."),
    ("needs: [hsh]", "needs the unknown 'hsh'", "Did you mean 'hash'?"),
    ("variables: [a]", "`variables` is not a mapping", "Give each variable a name."),
    ("variables: {Port: {default: 1}}", "variable 'Port' has a bad name", "Use small letters"),
    ("variables: {port: 80}", "variable 'port' is not a mapping", "Give it a type"),
    ("variables: {port: {defalt: 1}}", "variable 'port' has the unknown key 'defalt'", "Did you mean 'default'?"),
    ("variables: {port: {type: integer, default: 1}}", "has the unknown type 'integer'", "Types: str, int, float"),
    ("variables: {port: {type: int}}", "variable 'port' has no default", "Every variable needs a value"),
    (
        "variables: {port: {type: int, default: x}}",
        "has a bad default: expected a whole number",
        "Correct the default.",
    ),
    ("variables: {x: {type: choice, choices: [a, b], default: c}}", "has a bad default: expected one of a, b", ""),
    ("only_if: [a]", "`only_if` does not map paths to expressions", "For example"),
    ("only_if: {a: 1}", "`only_if` does not map paths to expressions", "For example"),
    ("remove: {a: 1}", "`remove` is not a list of paths", "For example"),
    ("remove: ['/']", "`remove` is not a list of paths", "For example"),
    ("mounts: [a]", "`mounts` does not map folders", "For example `samples/python/model_runner: runner:"),
    ("mounts: {a: 1}", "`mounts` does not map folders", "For example"),
    ("mounts: {a: bse:b}", "`mounts` names the set 'bse', which does not exist", "Did you mean 'base'?"),
    ("mounts: {a: base:b}", "`mounts` names 'base:b', but that set has no such folder", "Correct the folder."),
    ("extends: nothing", "the template set base extends 'nothing', which does not exist", "Known: base."),
    ("extends: base", "extend each other in a circle: base -> base", "Take `extends` out"),
    ("\0", ": not valid YAML: holds a control character", "Correct the YAML."),
]


@pytest.mark.parametrize(("text", "message", "hint"), BAD_MANIFESTS, ids=[case[1] for case in BAD_MANIFESTS])
def test_a_bad_manifest_is_one_clear_error(load: Load, text: str, message: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        find_set(load({"far/base/template-set.yaml": text}), "base")
    assert message in caught.value.message
    assert caught.value.hint.startswith(hint)
    assert "template-set.yaml" in caught.value.file


@pytest.mark.parametrize("mount", ["../a: base:b", "/a: base:b", "a: base:../b", "a: base", "a: 'base:'"])
def test_a_mount_that_leads_outside_is_refused(load: Load, mount: str) -> None:
    with pytest.raises(UnsafeInputError, match=r"`mounts`: .* cannot be a path in a bundle") as caught:
        find_set(load({"far/base/template-set.yaml": f"mounts: {{{mount}}}"}), "base")
    assert "template-set.yaml" in caught.value.file


def test_a_circle_of_sets_names_the_chain(load: Load) -> None:
    with pytest.raises(UsageError, match="in a circle: a -> b -> c -> a"):
        find_set(
            load({f"far/{name}/template-set.yaml": f"extends: {other}" for name, other in ("ab", "bc", "ca")}), "a"
        )


def test_a_set_with_a_name_that_templates_cannot_say_is_refused(load: Load) -> None:
    with pytest.raises(UsageError, match="is not a name for a template set"):
        find_set(load({"far/My Set/template-set.yaml": ""}), "My Set")


def test_a_broken_set_stops_nobody_who_does_not_use_it(load: Load) -> None:
    sets = load(
        {
            "far/broken/template-set.yaml": "variables: [",
            "far/heir/template-set.yaml": "extends: broken",
            "far/sound/template-set.yaml": "",
        }
    )
    assert (list(sets), sorted(sets.broken)) == (["sound"], ["broken", "heir"])
    assert find_set(sets, "sound").name == "sound"
    for name in ("broken", "heir"):
        with pytest.raises(UsageError, match=r"broken/template-set\.yaml:\d: not valid YAML"):
            find_set(sets, name)


REMOVED = [("sub", {"a.txt.jinja"}), ("a.txt", {"sub/b.txt"}), ("a.txt.jinja", {"sub/b.txt"}), ("su", None)]


@pytest.mark.parametrize(("removed", "left"), REMOVED)
def test_farther_files_are_removed(load: Load, removed: str, left: set[str] | None) -> None:
    far = {"far/base/template-set.yaml": "", "far/base/a.txt.jinja": "", "far/base/sub/b.txt": ""}
    base = load({**far, "middle/base/template-set.yaml": f"remove: {removed}"})["base"]
    assert set(base.sources()) == (left or {"a.txt.jinja", "sub/b.txt"})
    again = load({"near/base/sub/b.txt": "", "near/base/a.txt.jinja": ""})["base"]
    assert set(again.sources()) == {"a.txt.jinja", "sub/b.txt"}, "a nearer layer may bring back what one removed"


def test_an_extending_set_removes_what_it_inherits_and_what_is_mounted(load: Load) -> None:
    sets = load(
        {
            "far/shared/template-set.yaml": "",
            "far/shared/code/a.py": "",
            "far/shared/code/b.py": "",
            "far/base/template-set.yaml": "mounts: {code: shared:code}",
            "far/base/c.txt": "",
            "far/heir/template-set.yaml": "extends: base\nremove: [code/a.py, c.txt]",
        }
    )
    assert list(sets["heir"].sources()) == ["code/b.py"]
    assert list(sets["base"].sources()) == ["c.txt", "code/a.py", "code/b.py"]


VARIABLES = """
variables:
  text: {default: a}
  whole: {type: int, default: 1}
  real: {type: float, default: 1}
  switch: {type: bool, default: false}
  names: {type: "list[str]", default: []}
  engine: {type: choice, choices: [cpu, gpu], default: cpu, help: Where it runs.}
"""


@pytest.mark.parametrize(
    ("name", "given", "value"),
    [
        ("text", "1", "1"),
        ("whole", "-3", -3),
        ("whole", 3, 3),
        ("real", "1e-3", 0.001),
        ("real", 2, 2.0),
        ("switch", "Yes", True),
        ("switch", "off", False),
        ("switch", True, True),
        ("names", "a, b,", ["a", "b"]),
        ("names", ["a,b"], ["a,b"]),
        ("engine", "gpu", "gpu"),
    ],
)
def test_values_are_read_as_the_type_of_their_variable(load: Load, name: str, given: object, value: object) -> None:
    sets = load({"far/base/template-set.yaml": VARIABLES})
    found = resolve_settings([sets["base"]], {"base": {name: given}})["base"][name]
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("name", "given", "message"),
    [
        ("text", 1, "base.text: expected a text"),
        ("whole", "1.5", "base.whole: expected a whole number"),
        ("whole", True, "base.whole: expected a whole number"),
        ("real", "x", "base.real: expected a number"),
        ("switch", "maybe", "base.switch: expected true or false"),
        ("switch", 1, "base.switch: expected true or false"),
        ("names", [1], "base.names: expected a list of texts"),
        ("engine", "tpu", "base.engine: expected one of cpu, gpu"),
        ("engin", "cpu", "the template set base has no variable 'engin'"),
    ],
)
def test_values_of_another_type_are_refused(load: Load, name: str, given: object, message: str) -> None:
    sets = load({"far/base/template-set.yaml": VARIABLES})
    with pytest.raises(UsageError, match=message):
        resolve_settings([sets["base"]], {"base": {name: given}})


def test_a_setting_of_a_set_that_is_not_rendered_is_refused(load: Load) -> None:
    sets = load({"far/base/template-set.yaml": VARIABLES})
    with pytest.raises(UsageError, match="'bse' is not rendered") as caught:
        resolve_settings([sets["base"]], {"bse": {"text": "x"}})
    assert caught.value.hint == "Did you mean 'base'?"


def test_a_missing_set_is_an_error_with_a_suggestion(load: Load) -> None:
    sets = load({"far/candidate/template-set.yaml": ""})
    with pytest.raises(UsageError, match="there is no template set 'candidat'") as caught:
        find_set(sets, "candidat")
    assert caught.value.hint == "Did you mean 'candidate'?"


def test_a_missing_template_folder_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="does not exist"):
        search_path([tmp_path / "nowhere"])


def test_built_in_sets_are_found_and_described() -> None:
    sets = load_sets(search_path())
    assert {"candidate", "ranking", "readme"} <= set(sets)
    for one in sets.values():
        assert one.description.endswith("."), one.name
        assert one.layer == "built-in"
