"""The native configuration, Olive's configuration, and where each value came from."""
