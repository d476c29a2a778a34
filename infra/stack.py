"""The data stack of a stage as CloudFormation, made from `infra.resources`.

    python -m infra.stack template --stage prod         print it
    python -m infra.stack apply --stage prod            create or update it, wait, print its outputs; --email for alarms

It stands apart from `chalice deploy`, so that functions come and go while the data stay. Tables and the bucket are kept
even when the stack is deleted. The laptop makes the same things by `infra.create`, which says why.
"""

import argparse
import json
import sys
from typing import Any

import boto3
from botocore.exceptions import ClientError

from chalicelib.settings import QUEUES, Queue, queue_name, resource_name
from infra import resources

Resource = dict[str, Any]

OLDEST_MESSAGE = 1800
"""Seconds a message may wait beyond its function's time before the alarm: something does not keep up."""


def stack_name(stage: str) -> str:
    return resource_name(stage, "data")


def bucket_name(stage: str, account: str) -> str:
    """Bucket names are shared by all of AWS: the account's number makes ours unique."""
    return resource_name(stage, account)


def template(stage: str) -> dict[str, Any]:
    made: dict[str, Resource] = {_id(table.name, "Table"): _table(table, stage) for table in resources.TABLES}
    for queue in QUEUES:
        made |= _queue(queue, stage)
    made |= {"Bucket": _bucket(stage), "BucketPolicy": _bucket_policy(), "AlarmTopic": {"Type": "AWS::SNS::Topic"}}
    made["AlarmLetters"] = _alarm_letters()
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": f"Kabinet, stage {stage}: tables, queues, files, alarms",
        "Parameters": {"AlarmEmail": {"Type": "String", "Default": "", "Description": "who gets the alarms; empty: nobody"}},
        "Conditions": {"HasAlarmEmail": {"Fn::Not": [{"Fn::Equals": [{"Ref": "AlarmEmail"}, ""]}]}},
        "Resources": made,
        "Outputs": _outputs(),
    }


def _id(name: str, kind: str) -> str:
    """`imports`, `Queue` -> `ImportsQueue`."""
    return name.title() + kind


def _kept(resource: Resource) -> Resource:
    """Outlives its stack, and whatever replaces it."""
    return resource | {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}


def _table(table: resources.Table, stage: str) -> Resource:
    properties = resources.table_request(table, stage)
    properties["PointInTimeRecoverySpecification"] = {"PointInTimeRecoveryEnabled": table.recovery}
    if table.ttl:
        properties["TimeToLiveSpecification"] = {"AttributeName": resources.TTL_ATTRIBUTE, "Enabled": True}
    return _kept({"Type": "AWS::DynamoDB::Table", "Properties": properties})


def _queue(queue: Queue, stage: str) -> dict[str, Resource]:
    dead_id = _id(queue.name, "DeadQueue")
    attributes: dict[str, Any] = dict(resources.queue_attributes(queue, ""))
    attributes["RedrivePolicy"] = {"deadLetterTargetArn": _arn(dead_id), "maxReceiveCount": resources.MAX_RECEIVES}
    dead = resources.dead_queue_attributes(queue)
    return {
        _id(queue.name, "Queue"): _sqs(queue_name(queue, stage), attributes),
        dead_id: _sqs(resources.dead_queue_name(queue, stage), dead),
        _id(queue.name, "DeadAlarm"): _dead_alarm(queue, dead_id),
        _id(queue.name, "AgeAlarm"): _age_alarm(queue),
    }


def _sqs(name: str, attributes: dict[str, Any]) -> Resource:
    """CloudFormation wants typed values where the API of SQS takes text."""
    typed = {key: _typed(value) for key, value in attributes.items()}
    if typed.get("ContentBasedDeduplication") is False:
        del typed["ContentBasedDeduplication"]
    return {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": name} | typed}


def _typed(value: Any) -> Any:
    if value in ("true", "false"):
        return value == "true"
    return int(value) if isinstance(value, str) and value.isdigit() else value


def _arn(logical_id: str) -> dict[str, list[str]]:
    return {"Fn::GetAtt": [logical_id, "Arn"]}


def _dead_alarm(queue: Queue, dead_id: str) -> Resource:
    about = f"A message of {queue.name} failed {resources.MAX_RECEIVES} times and lies in its dead-letter queue"
    return _alarm(about, "ApproximateNumberOfMessagesVisible", dead_id, 0, minutes=1)


def _age_alarm(queue: Queue) -> Resource:
    about = f"Messages of {queue.name} wait too long for their function"
    return _alarm(about, "ApproximateAgeOfOldestMessage", _id(queue.name, "Queue"), queue.timeout + OLDEST_MESSAGE, minutes=5)


def _alarm(about: str, metric: str, queue_id: str, threshold: int, minutes: int) -> Resource:
    return {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "AlarmDescription": about,
            "Namespace": "AWS/SQS",
            "MetricName": metric,
            "Dimensions": [{"Name": "QueueName", "Value": {"Fn::GetAtt": [queue_id, "QueueName"]}}],
            "Statistic": "Maximum",
            "Period": minutes * 60,
            "EvaluationPeriods": 1,
            "Threshold": threshold,
            "ComparisonOperator": "GreaterThanThreshold",
            "TreatMissingData": "notBreaching",
            "AlarmActions": [{"Ref": "AlarmTopic"}],
        },
    }


def _bucket(stage: str) -> Resource:
    properties = {
        "BucketName": {"Fn::Sub": bucket_name(stage, "${AWS::AccountId}")},
        "VersioningConfiguration": {"Status": "Enabled"},
        "PublicAccessBlockConfiguration": resources.PRIVATE,
        "BucketEncryption": _bucket_encryption(),
        "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
        "LifecycleConfiguration": {"Rules": [_lifecycle(rule) for rule in resources.FILE_RULES]},
    }
    return _kept({"Type": "AWS::S3::Bucket", "Properties": properties})


def _bucket_encryption() -> dict[str, Any]:
    """CloudFormation's names for what PutBucketEncryption takes."""
    rules = [rule["ApplyServerSideEncryptionByDefault"] for rule in resources.ENCRYPTION["Rules"]]
    return {"ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": rule} for rule in rules]}


def _lifecycle(rule: resources.FileRule) -> dict[str, Any]:
    """CloudFormation's names for what PutBucketLifecycleConfiguration takes."""
    asked = resources.lifecycle_rule(rule)
    made = {"Id": asked["ID"], "Status": asked["Status"]}
    if rule.prefix:
        made["Prefix"] = rule.prefix
    if "Expiration" in asked:
        made["ExpirationInDays"] = asked["Expiration"]["Days"]
    if "AbortIncompleteMultipartUpload" in asked:
        made["AbortIncompleteMultipartUpload"] = asked["AbortIncompleteMultipartUpload"]
    made["NoncurrentVersionExpiration"] = asked["NoncurrentVersionExpiration"]
    return made


def _bucket_policy() -> Resource:
    """Nobody reads or writes over a connection that is not encrypted."""
    arn = _arn("Bucket")
    statement = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [arn, {"Fn::Sub": ["${Arn}/*", {"Arn": arn}]}],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    document = {"Version": "2012-10-17", "Statement": [statement]}
    return {"Type": "AWS::S3::BucketPolicy", "Properties": {"Bucket": {"Ref": "Bucket"}, "PolicyDocument": document}}


def _alarm_letters() -> Resource:
    properties = {"TopicArn": {"Ref": "AlarmTopic"}, "Protocol": "email", "Endpoint": {"Ref": "AlarmEmail"}}
    return {"Type": "AWS::SNS::Subscription", "Condition": "HasAlarmEmail", "Properties": properties}


def _outputs() -> dict[str, Any]:
    queues = {_id(queue.name, "QueueUrl"): {"Value": {"Ref": _id(queue.name, "Queue")}} for queue in QUEUES}
    return queues | {"Bucket": {"Value": {"Ref": "Bucket"}}, "AlarmTopic": {"Value": {"Ref": "AlarmTopic"}}}


def environment(stage: str, outputs: dict[str, str]) -> dict[str, str]:
    """The variables that name a standing stack's resources to the code."""
    urls = {queue.name: outputs[_id(queue.name, "QueueUrl")] for queue in QUEUES}
    return resources.environment(stage, outputs["Bucket"], urls)


def outputs(cloudformation: Any, stage: str) -> dict[str, str]:
    """Raises ClientError where the stack does not stand."""
    stack = cloudformation.describe_stacks(StackName=stack_name(stage))["Stacks"][0]
    return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}


def apply(cloudformation: Any, stage: str, email: str = "") -> dict[str, str]:
    """Create the stack or bring it up to the declaration, and wait; its outputs."""
    request = {
        "StackName": stack_name(stage),
        "TemplateBody": json.dumps(template(stage), separators=(",", ":")),
        "Parameters": [{"ParameterKey": "AlarmEmail", "ParameterValue": email}],
    }
    if not _stands(cloudformation, stage):
        cloudformation.create_stack(**request, OnFailure="DELETE")
        cloudformation.get_waiter("stack_create_complete").wait(StackName=stack_name(stage), WaiterConfig={"Delay": 5})
    elif _updates(cloudformation, request):
        cloudformation.get_waiter("stack_update_complete").wait(StackName=stack_name(stage), WaiterConfig={"Delay": 5})
    return outputs(cloudformation, stage)


def _stands(cloudformation: Any, stage: str) -> bool:
    try:
        outputs(cloudformation, stage)
    except ClientError as error:
        if "does not exist" in str(error):
            return False
        raise
    return True


def _updates(cloudformation: Any, request: dict[str, Any]) -> bool:
    """Whether there was anything to change."""
    try:
        cloudformation.update_stack(**request)
    except ClientError as error:
        if "No updates" in str(error):
            return False
        raise
    return True


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("action", choices=["template", "apply"])
    parser.add_argument("--stage", default="dev")
    parser.add_argument("--email", default="", help="who gets the alarms")
    chosen = parser.parse_args(arguments)
    if chosen.action == "template":
        json.dump(template(chosen.stage), sys.stdout, indent=2)
        print()
        return
    for name, value in apply(boto3.client("cloudformation"), chosen.stage, chosen.email).items():
        print(f"{name} {value}")


if __name__ == "__main__":
    main()
