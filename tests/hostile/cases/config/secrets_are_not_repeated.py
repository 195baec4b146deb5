"""What is wrong may be a secret, so the message does not show it."""

COMMAND = "package candidates.yaml -c config.json"
EXIT = 2
STDERR = """\
error: config.json:3:5: azureml_client.subscription_id: must be text
hint: `modelpress schema config` prints the form of a configuration.
"""


def make(given):
    given.listing()
    client = {"subscription_id": {"key": "hunter2"}, "resource_group": "group", "workspace_name": "space"}
    given.json("config.json", {"azureml_client": client, "packaging_config": {"type": "Zipfile"}})
