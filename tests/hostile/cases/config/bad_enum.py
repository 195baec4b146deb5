"""A word that is none of those allowed, and others that are wrong."""

COMMAND = "package candidates.yaml -c config.json"
EXIT = 2
STDERR = """\
error: config.json:7:11: packaging_config.config.model_package.inferencing_server.type: must be one of \
AzureMLOnline, AzureMLBatch
       config.json:13:7: packaging_config.config.deployment_config: must be a mapping of keys to values
hint: `modelpress schema config` prints the form of a configuration.
"""


def make(given):
    given.listing()
    server = {"type": "onlin", "code_folder": "code", "scoring_script": "score.py"}
    package = {"inferencing_server": server, "base_environment_id": "azureml:env:1"}
    deployment = {"type": "AzureMLDeployment", "config": {"model_package": package, "deployment_config": 7}}
    given.json("config.json", {"packaging_config": deployment})
