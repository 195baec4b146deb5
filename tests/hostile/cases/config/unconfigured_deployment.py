"""A packaging type that needs a configuration, and none that says what is deployed."""

COMMAND = "package candidates.yaml -c config.json --type AzureMLDeployment"
EXIT = 2
STDERR = """\
error: --type AzureMLDeployment: no configuration says what is deployed
hint: Give a configuration with a package of that type: its model_package is required.
"""


def make(given):
    given.listing()
    given.json("config.json", {"packaging_config": [{"type": "Zipfile"}]})
