"""A packaging type that Olive never had."""

COMMAND = "package candidates.yaml -c config.json"
EXIT = 2
STDERR = """\
error: config.json:3:5: packaging_config.type: must be one of Zipfile, AzureMLModels, AzureMLData, \
AzureMLDeployment, Dockerfile
hint: Did you mean Zipfile?
"""


def make(given):
    given.listing()
    given.json("config.json", {"packaging_config": {"type": "Zipfiel"}})
