"""A stand-in for Azure: the service's own side of the wire, on loopback. See ../README.md."""
