"""A stage is deployed for real: the data stack, then `chalice deploy`, into an emulated AWS; then we look at what stands there.

moto answers the API of every service that takes part, but runs nothing; tests/infra/test_package.py runs the package.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
from chalice.app import ScheduledEventConfig, SQSEventConfig
from moto.apigateway.models import APIGatewayBackend
from moto.server import ThreadedMotoServer

import app
from chalicelib.runtime import Runtime
from chalicelib.settings import QUEUES, Settings, queue_name
from infra import accounts, deploy, package, stack

STAGE = "prod"
CONFIG: dict[str, Any] = json.loads((package.ROOT / ".chalice" / "config.json").read_text())
QUEUE_FUNCTIONS = {source.name for source in app.app.event_sources if isinstance(source, SQSEventConfig)}
SCHEDULES = {
    source.name: source.schedule_expression for source in app.app.event_sources if isinstance(source, ScheduledEventConfig)
}


@dataclass(frozen=True)
class Deployed:
    session: boto3.Session
    tree: Path
    address: str

    def functions(self) -> dict[str, Any]:
        """By name without the stage."""
        found = self.session.client("lambda").list_functions()["Functions"]
        return {function["FunctionName"].removeprefix(f"kabinet-{STAGE}-"): function for function in found}


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    """The stage after its first deployment and, as ops do every week, another one."""
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
        for name, value in {"ACCESS_KEY_ID": "t", "SECRET_ACCESS_KEY": "t", "DEFAULT_REGION": "eu-central-1"}.items():
            patch.setenv(f"AWS_{name}", value)
        for name in deploy.OWN_SETTINGS:
            patch.delenv(name, raising=False)
        understand_swagger(patch)
        session = boto3.Session(region_name="eu-central-1")
        stack.apply(session.client("cloudformation"), STAGE)
        for name in ("MAIL_URL", "SMS_URL"):
            session.client("ssm").put_parameter(Name=f"/kabinet/{STAGE}/{name}", Value="memory:", Type="SecureString")
        tree = tmp_path_factory.mktemp("tree") / STAGE
        for _ in range(2):
            address = deploy.deploy(session, STAGE, tree, fill=lambda _: None)
        yield Deployed(session, tree, address)
    server.stop()


def understand_swagger(patch: pytest.MonkeyPatch) -> None:
    """Two faults of moto: it wants a description that the format does not ask for, and refuses Swagger 2.0, which AWS takes."""
    import_rest_api, put_rest_api = APIGatewayBackend.import_rest_api, APIGatewayBackend.put_rest_api

    def imported(self: APIGatewayBackend, api_doc: dict[str, Any], fail_on_warnings: bool) -> Any:
        api_doc["info"].setdefault("description", "")
        return import_rest_api(self, api_doc, fail_on_warnings)

    def put(self: APIGatewayBackend, function_id: str, api_doc: dict[str, Any], *more: Any, **named: Any) -> Any:
        api_doc = {name: value for name, value in api_doc.items() if name != "swagger"} | {"openapi": "3.0.1"}
        return put_rest_api(self, function_id, api_doc, *more, **named)

    patch.setattr(APIGatewayBackend, "import_rest_api", imported)
    patch.setattr(APIGatewayBackend, "put_rest_api", put)


def test_every_function_stands_with_its_time_and_memory(deployed: Deployed) -> None:
    functions = deployed.functions()
    assert set(functions) == {"kabinet-prod", *QUEUE_FUNCTIONS, *SCHEDULES}
    timeouts = {f"worker_{queue.name}": queue.timeout for queue in QUEUES}
    for name, function in functions.items():
        wanted = CONFIG["lambda_functions"].get(name, CONFIG)
        assert function["Runtime"] == "python3.13"
        assert function["MemorySize"] == wanted["lambda_memory_size"]
        assert function["Timeout"] == timeouts.get(name, wanted["lambda_timeout"])
    assert functions["kabinet-prod"]["Handler"] == "app.app"


def test_the_functions_environment_names_everything(deployed: Deployed) -> None:
    for function in deployed.functions().values():
        variables = function["Environment"]["Variables"]
        settings = Settings.read(variables)
        assert settings.public_url == deployed.address
        assert settings.mail == "memory:"
        assert settings.portal_table == "kabinet-prod-portal"
        assert settings.queues["imports"].endswith("/kabinet-prod-imports.fifo")
        assert variables["KABINET_STAGE"] == STAGE


def test_every_function_has_a_role_with_its_own_policy(deployed: Deployed) -> None:
    iam = deployed.session.client("iam")
    for name, function in deployed.functions().items():
        role = function["Role"].rpartition("/")[2]
        [policy] = iam.list_role_policies(RoleName=role)["PolicyNames"]
        document = iam.get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"]
        wanted = CONFIG["lambda_functions"].get(name, CONFIG)["iam_policy_file"]
        committed = (package.ROOT / ".chalice" / wanted).read_text().replace("${stage}", STAGE)
        assert document == json.loads(committed)
    assert len({function["Role"] for function in deployed.functions().values()}) == len(deployed.functions())


def test_every_queue_calls_its_function_and_may_give_back_a_part(deployed: Deployed) -> None:
    functions = deployed.session.client("lambda")
    bound = {}
    for mapping in functions.list_event_source_mappings()["EventSourceMappings"]:
        assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
        bound[mapping["EventSourceArn"].rpartition(":")[2]] = (mapping["FunctionArn"].rpartition(":")[2], mapping["BatchSize"])
    assert bound == {queue_name(queue, STAGE): (f"kabinet-{STAGE}-worker_{queue.name}", queue.batch) for queue in QUEUES}
    assert deploy.report_partial_failures(functions, STAGE) == []


def test_every_schedule_calls_its_function(deployed: Deployed) -> None:
    events = deployed.session.client("events")
    rules = {rule["Name"]: rule for rule in events.list_rules()["Rules"]}
    for name, expression in SCHEDULES.items():
        rule = next(rule for key, rule in rules.items() if name in key)
        assert rule["ScheduleExpression"] == expression
        [target] = events.list_targets_by_rule(Rule=rule["Name"])["Targets"]
        assert target["Arn"].endswith(f"kabinet-{STAGE}-{name}")


def test_one_rest_api_has_every_route(deployed: Deployed) -> None:
    gateway = deployed.session.client("apigateway")
    [api] = gateway.get_rest_apis()["items"]
    found = gateway.get_resources(restApiId=api["id"], limit=500)["items"]
    methods = {(resource["path"], method) for resource in found for method in resource.get("resourceMethods", {})}
    routes = {(path, method) for path, views in app.app.routes.items() for method in views}
    assert routes <= methods
    assert len(found) < 250  # of the 300 that API Gateway allows
    assert deployed.address == f"https://{api['id']}.execute-api.eu-central-1.amazonaws.com/api"


def test_no_secret_stays_in_the_tree(deployed: Deployed) -> None:
    assert not (deployed.tree / ".chalice" / "config.json").exists()


def test_another_checkout_knows_the_deployment(deployed: Deployed, tmp_path: Path) -> None:
    record = deploy.Record(deployed.session.client("s3"), "kabinet-prod-123456789012", STAGE)
    assert record.address() == deployed.address
    record.lay(tmp_path)
    assert (tmp_path / ".chalice" / "deployed" / "prod.json").exists()


def test_ops_open_the_first_accounts(
    deployed: Deployed, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in Settings.__dataclass_fields__:
        monkeypatch.delenv(name.upper(), raising=False)
    accounts.main(["administrator", "--phone", "8 (916) 123-45-67", "--name", "Иван", "--stage", STAGE])
    link = capsys.readouterr().out.strip()
    assert re.fullmatch(re.escape(deployed.address) + r"/invite/[\w-]{43}", link)
    accounts.main(["exchange", "--login", "ut", "--stage", STAGE])
    login, password = capsys.readouterr().out.strip().split(" / ")
    runtime = Runtime()
    user, node = runtime.users.by_login("+79161234567"), runtime.exchange.node(login)
    assert user
    assert (user.name, user.staff_role, user.password_hash) == ("Иван", "administrator", "")
    assert node
    assert runtime.hasher.verify(node.password_hash, password)
