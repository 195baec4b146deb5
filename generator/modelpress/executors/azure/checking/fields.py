"""The fields of deployments as azure-ai-ml reads them from YAML (1.35.2), by kind of endpoint."""

from __future__ import annotations

from collections.abc import Mapping

COMMON = frozenset(
    (
        *("name", "endpoint_name", "description", "tags", "properties", "type"),
        *("model", "environment", "code_configuration", "environment_variables"),
    )
)
FIELDS: Mapping[str, frozenset[str]] = {
    "online": COMMON
    | {
        *("instance_type", "instance_count", "app_insights_enabled", "egress_public_network_access"),
        *("request_settings", "liveness_probe", "readiness_probe", "scale_settings"),
        *("model_mount_path", "data_collector", "private_network_connection"),
    },
    "batch": COMMON - {"environment_variables"} | {"compute", "resources", "settings"},
}
"""What a deployment's file may hold at its top."""

BATCH_SETTINGS = frozenset(
    (
        *("mini_batch_size", "max_concurrency_per_instance", "output_action", "output_file_name"),
        *("error_threshold", "logging_level", "retry_settings", "environment_variables"),
    )
)
"""What stands below `settings` of a batch deployment."""
MISPLACED: Mapping[str, frozenset[str]] = {"online": frozenset(), "batch": BATCH_SETTINGS}
"""Fields that people put at the top of a deployment, where older files had them."""

REQUEST_SETTINGS = frozenset({"request_timeout_ms", "max_concurrent_requests_per_instance", "max_queue_wait_ms"})
PROBE = frozenset({"initial_delay", "period", "timeout", "success_threshold", "failure_threshold"})
RETRY_SETTINGS = frozenset({"max_retries", "timeout"})
PACKAGE = frozenset(
    (
        *("target_environment", "base_environment_source", "inferencing_server", "model_configuration"),
        *("inputs", "tags", "environment_variables"),
    )
)
"""What the request of a model package may hold."""
