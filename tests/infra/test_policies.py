"""Least privilege: each function has a policy of its own, which names the stage's resources and single actions.

That the policies are enough is shown wherever the laptop runs: it holds every function to its own.
"""

import json
from typing import Any

import pytest

import app
from chalicelib.settings import QUEUES, dead_letter_url
from infra.package import ROOT
from infra.resources import dead_queue_name

FOLDER = ROOT / ".chalice"
CONFIG: dict[str, Any] = json.loads((FOLDER / "config.json").read_text())
POLICIES = {path.name: json.loads(path.read_text())["Statement"] for path in sorted(FOLDER.glob("policy-*.json"))}
WITHOUT_ARN = {"ses:SendEmail", "ses:SendRawEmail", "sns:Publish", "cloudwatch:GetMetricData"}
"""Letters and SMS go to people, who have no ARN of the stage; AWS knows no resources of metrics."""


def test_every_function_has_a_policy_of_its_own() -> None:
    functions = CONFIG["lambda_functions"]
    assert set(functions) == {source.name for source in app.app.event_sources}
    files = [CONFIG["iam_policy_file"], *(function["iam_policy_file"] for function in functions.values())]
    assert sorted(files) == sorted(POLICIES)
    assert CONFIG["autogen_policy"] is False


def test_a_queues_function_has_the_time_its_queue_counts_on() -> None:
    timeouts = {name: function["lambda_timeout"] for name, function in CONFIG["lambda_functions"].items()}
    assert {name: timeouts[name] for name in timeouts if name.startswith("worker_")} == {
        f"worker_{queue.name}": queue.timeout for queue in QUEUES
    }


@pytest.mark.parametrize("name", POLICIES)
def test_a_policy_reaches_into_its_stage_alone(name: str) -> None:
    for statement in POLICIES[name]:
        assert statement["Effect"] == "Allow"
        assert not [action for action in statement["Action"] if "*" in action]
        if not set(statement["Action"]) <= WITHOUT_ARN:
            assert all("kabinet-${stage}-" in resource for resource in statement["Resource"]), statement


@pytest.mark.parametrize("queue", QUEUES, ids=lambda queue: queue.name)
def test_the_monitor_sees_every_queue_and_takes_dead_letters_alone(queue: Any) -> None:
    """C-10: no queue is out of sight, and what died in it can be put back."""
    arn = f"arn:aws:sqs:*:*:kabinet-${{stage}}-{queue.name}{queue.suffix}"
    dead = f"arn:aws:sqs:*:*:kabinet-${{stage}}-{queue.name}-dead{queue.suffix}"
    allowed = {
        (action, resource)
        for statement in POLICIES["policy-api.json"]
        for action in statement["Action"]
        for resource in statement["Resource"]
    }
    for action, resource in (("GetQueueAttributes", arn), ("GetQueueAttributes", dead), ("SendMessage", arn)):
        assert (f"sqs:{action}", resource) in allowed
    assert ("sqs:ReceiveMessage", dead) in allowed and ("sqs:DeleteMessage", dead) in allowed
    assert ("sqs:ReceiveMessage", arn) not in allowed and ("sqs:SendMessage", dead) not in allowed
    assert dead_letter_url(arn) == dead == arn.rpartition(":")[0] + ":" + dead_queue_name(queue, "${stage}")


@pytest.mark.parametrize("queue", QUEUES, ids=lambda queue: queue.name)
def test_only_its_function_takes_from_a_queue(queue: Any) -> None:
    arn = f"arn:aws:sqs:*:*:kabinet-${{stage}}-{queue.name}{queue.suffix}"
    takers = {
        name
        for name, statements in POLICIES.items()
        for statement in statements
        if "sqs:ReceiveMessage" in statement["Action"] and arn in statement["Resource"]
    }
    assert takers == {f"policy-worker-{queue.name}.json"}
