"""Make the tables, queues and the bucket of `infra.resources` through boto3, or bring what stands up to the declaration.

The laptop uses this road and not `infra.stack`: the CloudFormation of the embedded AWS leaves out the expiry of items,
point-in-time recovery and the life-cycle of files, and a changed stack would make its tables anew, empty. Both are written
from the same declaration, and a test compares what they leave behind.
"""

from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import ClientError

from chalicelib.settings import QUEUES, Queue, queue_name
from infra import resources

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient
    from mypy_boto3_s3.client import S3Client
    from mypy_boto3_sqs.client import SQSClient


def create(session: boto3.Session, stage: str, bucket: str) -> dict[str, str]:
    """Everything of a stage; a repeat changes nothing. The variables that name it to the code."""
    dynamodb, sqs = session.client("dynamodb"), session.client("sqs")
    standing = {name for page in dynamodb.get_paginator("list_tables").paginate() for name in page["TableNames"]}
    for table in resources.TABLES:
        create_table(dynamodb, table, stage, standing)
    urls = {queue.name: create_queue(sqs, queue, stage) for queue in QUEUES}
    create_bucket(session.client("s3"), bucket, session.region_name)
    return resources.environment(stage, bucket, urls)


def create_table(dynamodb: "DynamoDBClient", table: resources.Table, stage: str, standing: set[str]) -> None:
    request = resources.table_request(table, stage)
    name = request["TableName"]
    if name in standing:
        return
    dynamodb.create_table(**request)
    dynamodb.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1})
    if table.ttl:
        ttl = {"Enabled": True, "AttributeName": resources.TTL_ATTRIBUTE}
        dynamodb.update_time_to_live(TableName=name, TimeToLiveSpecification=ttl)  # type: ignore[arg-type]
    if table.recovery:
        recovery = {"PointInTimeRecoveryEnabled": True}
        dynamodb.update_continuous_backups(TableName=name, PointInTimeRecoverySpecification=recovery)  # type: ignore[arg-type]


def create_queue(sqs: "SQSClient", queue: Queue, stage: str) -> str:
    """The URL of the queue; its dead-letter queue is made before it."""
    dead = _queue(sqs, resources.dead_queue_name(queue, stage), resources.dead_queue_attributes(queue))
    arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    return _queue(sqs, queue_name(queue, stage), resources.queue_attributes(queue, arn))


def _queue(sqs: "SQSClient", name: str, attributes: dict[str, str]) -> str:
    try:
        url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
    except sqs.exceptions.QueueDoesNotExist:
        return sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]  # type: ignore[arg-type]
    changeable = {key: value for key, value in attributes.items() if key != "FifoQueue"}
    sqs.set_queue_attributes(QueueUrl=url, Attributes=changeable)  # type: ignore[arg-type]
    return url


def create_bucket(s3: "S3Client", bucket: str, region: str) -> None:
    try:
        s3.head_bucket(Bucket=bucket)
    except ClientError:
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": region})  # type: ignore[typeddict-item]
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=resources.PRIVATE)  # type: ignore[arg-type]
    s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration=resources.ENCRYPTION)  # type: ignore[arg-type]
    rules = [resources.lifecycle_rule(rule) for rule in resources.FILE_RULES]
    s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": rules})  # type: ignore[typeddict-item]
