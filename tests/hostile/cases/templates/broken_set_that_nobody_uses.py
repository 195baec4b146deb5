"""A damaged set on the search path, beside the one that is rendered."""

COMMAND = "render model.onnx -t sound --templates templates -o out"
EXIT = 0
WRITES = ("out",)
STDOUT = "out: <sizes>\n"
STDERR = ""


def make(given):
    given.template_set({"template-set.yaml": "variables: ["}, "broken")
    given.template_set({"notes.txt": "sound\n"}, "sound")
