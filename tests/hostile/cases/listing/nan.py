"""A value that is not a number comes last, and the JSON has null for it."""

COMMAND = "rank candidates.yaml --format json"
EXIT = 0
STDERR = """\
warning: latency was not measured in 1 of 2: one
warning: one: latency is NaN, so it is null here
"""
STDOUT = """\
{
  "candidates": [
    {
      "rank": 1,
      "id": "two",
      "accelerator": "cpu-cpu",
      "metrics": {
        "latency": {
          "value": 2.5,
          "priority": 1,
          "higher_is_better": false
        },
        "accuracy": {
          "value": 0.8,
          "priority": 2,
          "higher_is_better": true
        }
      },
      "model_path": "model.onnx",
      "reason": "best latency: 2.5",
      "on_pareto_front": true
    },
    {
      "rank": 2,
      "id": "one",
      "accelerator": "cpu-cpu",
      "metrics": {
        "latency": {
          "value": null,
          "priority": 1,
          "higher_is_better": false
        },
        "accuracy": {
          "value": 0.9,
          "priority": 2,
          "higher_is_better": true
        }
      },
      "model_path": "model.onnx",
      "reason": "latency is NaN: after all that were measured",
      "on_pareto_front": true
    }
  ],
  "rejected": [],
  "warnings": [
    "latency was not measured in 1 of 2: one",
    "one: latency is NaN, so it is null here"
  ]
}
"""


def make(given):
    given.listing(metrics={"latency": float("nan"), "accuracy": 0.9})
