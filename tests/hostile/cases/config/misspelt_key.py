"""A native configuration with a key that is nearly one."""

COMMAND = "rank candidates.yaml"
EXIT = 2
STDERR = """\
error: <here>/modelpress.yaml:3:3: ranking.tolerence: unknown key
hint: Did you mean tolerance?
"""


def make(given):
    given.listing()
    given.text("modelpress.yaml", "ranking:\n  by: [latency]\n  tolerence: {latency: 5%}\n")
