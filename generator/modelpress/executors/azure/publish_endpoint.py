"""Publish an endpoint: register the model and the environment, deploy, and move traffic, as planned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from modelpress.executors.azure.assets import register
from modelpress.executors.azure.blobs import BlobStore
from modelpress.executors.azure.code import code_id, register_code
from modelpress.executors.azure.deployment import Deployer, Parts, completed
from modelpress.executors.azure.diagnosis import explained
from modelpress.executors.azure.endpoint_plan import EndpointPlan
from modelpress.executors.azure.environment import register_environment
from modelpress.executors.azure.faults import ServiceError
from modelpress.executors.azure.model_package import make_package
from modelpress.executors.azure.plan import refuse_conflicts
from modelpress.executors.azure.ramping import Test, Traffic
from modelpress.executors.azure.scoring_test import ScoringTest
from modelpress.executors.azure.secret_values import SecretValues, secret_values
from modelpress.executors.azure.upload import upload
from modelpress.executors.azure.waiting import Waiting

SCRIPT_FAILED = 424  # what the service answers where the scoring script raises
OTHER_REQUESTS = "One that takes other requests than golden/golden.json needs --untested (`package`: --no-golden)."


@dataclass(frozen=True, slots=True)
class Published:
    """An endpoint as it is now; `uri` takes requests, or starts jobs of a batch endpoint."""

    endpoint: str
    deployment: str
    action: str
    uri: str
    content_sha256: str


def execute(plan: EndpointPlan) -> Published:
    """Do what is planned. Raises ModelpressError for a conflict, before anything is changed.

    Whatever fails, requests go on to be answered by what answered them before. Ended at any
    moment, the next run goes on from what Azure has, and from the notes in the state file.
    """
    refuse_conflicts(plan)
    plan.state.check_writable()
    values = secret_values(plan.connection, plan.references)
    with values.kept():
        return _Publishing(plan, values, Waiting(plan.connection, plan.target.rollout.time_limit)).run()


@dataclass(frozen=True, slots=True)
class _Publishing:
    plan: EndpointPlan
    values: SecretValues
    waiting: Waiting

    def run(self) -> Published:
        plan = self.plan
        deployer = Deployer(plan.kind, plan.endpoint.name, self.waiting)
        traffic = Traffic(plan.kind, plan.endpoint.name, self.waiting, plan.state)
        if plan.endpoint.action != "create":
            deployer.settle_endpoint()
            traffic.restore(plan.ramp)
        if plan.deployment.action != "keep":
            parts = self._parts()
            if plan.endpoint.action == "create":
                deployer.create_endpoint(plan.endpoint, plan.kind.load_endpoint(plan.files.endpoint))
            self._deploy(deployer, parts)
        else:
            self._describe()
            deployer.make(plan.deployment, None, plan.sha256)
        traffic.climb(plan.ramp, self._test())
        for step in plan.pruned:
            deployer.remove(step)
        return self._published()

    def _parts(self) -> Parts:
        """Register model, environment and code, and package them where that is wanted."""
        plan, workspace = self.plan, self.plan.connection
        [model] = register(workspace, [plan.model], plan.target.wishes, plan.state)
        store, context = BlobStore(workspace), plan.environment.context
        upload([plan.code, *([context] if context else [])], store, workspace.retries)
        register_code(workspace, plan.code, store)
        self._register_environment(store)
        if plan.package is None:
            model_id = workspace.id_of("models", model.step.name, str(model.step.version))
            return Parts(plan.environment.id, model_id, code_id(workspace, plan.code))
        variables = self.values.resolved(plan.files.package_variables)
        return Parts(make_package(self.waiting, plan.package, plan.state, variables))

    def _register_environment(self, store: BlobStore) -> None:
        plan = self.plan
        step = plan.environment.step
        if step is not None:
            register_environment(plan.connection, plan.environment, store)
            note = {"version": step.version, "content_sha256": plan.environment.sha256}
            plan.state.put("steps", step.key, note)

    def _describe(self) -> None:
        """Bring descriptions and tags of what a kept deployment has up to date."""
        plan, environment = self.plan, self.plan.environment.step
        if plan.model.step.action == "update":
            register(plan.connection, [plan.model], plan.target.wishes, plan.state)
        if environment is not None and environment.action == "update":
            self._register_environment(BlobStore(plan.connection))

    def _deploy(self, deployer: Deployer, parts: Parts) -> None:
        plan = self.plan
        entity: Any = plan.kind.load_deployment(plan.files.deployment)
        completed(entity, plan.deployment.name, parts, plan.sha256)
        if plan.files.variables:
            plan.kind.set_variables(entity, self.values.resolved(plan.files.variables))
        deployer.make(plan.deployment, entity, plan.sha256)

    def _test(self) -> Test | None:
        plan = self.plan
        if plan.golden is None:
            return None
        test = ScoringTest(plan.connection, plan.endpoint.name, plan.golden)

        def run(deployment: str) -> None:
            try:
                test.run(deployment)
            except ServiceError as error:
                if error.status != SCRIPT_FAILED:
                    raise
                found = explained(plan.connection, error, plan.endpoint.name, deployment)
                found.hint = f"{found.hint} {OTHER_REQUESTS}"
                raise found from error

        return run

    def _published(self) -> Published:
        plan = self.plan
        name = plan.endpoint.name
        endpoint = plan.connection.call(f"looking at the endpoint {name}", lambda: plan.kind.endpoints().get(name))
        return Published(name, plan.deployment.name, plan.deployment.action, str(endpoint.scoring_uri), plan.sha256)
