"""Put the functions of a stage where they run, upon the data stack that `infra.stack` has made.

    python -m infra.deploy package --stage prod     only make build/prod with its zip, and say how big it is
    python -m infra.deploy deploy --stage prod      `chalice deploy` from there, then what Chalice can't set

The environment of the functions comes from the outputs of the data stack and, for OWN_SETTINGS, from
this shell or else from the SSM parameters /kabinet/<stage>/<NAME> (SecureString): no secret stands in the checkout.
Without a PUBLIC_URL it is the address that API Gateway gives. What Chalice remembers of a deployment is kept in the stage's
bucket under deploy/, so that any clean checkout can deploy again.
"""

import argparse
import json
import os
import subprocess
import sys
import time
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import boto3

from chalicelib.settings import QUEUES
from infra import package, stack

OWN_SETTINGS = ("PUBLIC_URL", "MAIL_URL", "SMS_URL", "ERP_URL", "PUSH_URL", "TELEGRAM_URL", "PRIVATE_ADDRESSES")
UNKNOWN_URL = "https://address.invalid"
"""PUBLIC_URL of the very first deployment, which is followed by a second one at once."""

PARTIAL_FAILURES = "ReportBatchItemFailures"


def own_settings(ssm: Any, stage: str, environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """What is neither in the checkout nor in the stack. The shell wins over the parameters."""
    prefix = f"/kabinet/{stage}/"
    pages = ssm.get_paginator("get_parameters_by_path").paginate(Path=prefix, WithDecryption=True)
    found = {entry["Name"].removeprefix(prefix): entry["Value"] for page in pages for entry in page["Parameters"]}
    found |= {name: environ[name] for name in OWN_SETTINGS if environ.get(name)}
    return {name: found[name] for name in OWN_SETTINGS if name in found}


class Record:
    """What Chalice remembers of a deployment: `.chalice/deployed/<stage>.json`, kept in the bucket between deployments."""

    def __init__(self, s3: Any, bucket: str, stage: str) -> None:
        self.s3, self.bucket, self.stage, self.key = s3, bucket, stage, f"deploy/{stage}.json"

    def _read(self) -> bytes | None:
        try:
            return self.s3.get_object(Bucket=self.bucket, Key=self.key)["Body"].read()
        except self.s3.exceptions.NoSuchKey:
            return None

    def address(self) -> str:
        """Where API Gateway serves the stage; empty before the first deployment."""
        made = json.loads(self._read() or b'{"resources": []}')["resources"]
        urls = [resource["rest_api_url"] for resource in made if "rest_api_url" in resource]
        return urls[0].rstrip("/") if urls else ""

    def _path(self, tree: Path) -> Path:
        return tree / ".chalice" / "deployed" / f"{self.stage}.json"

    def lay(self, tree: Path) -> None:
        """Put it where Chalice looks for it."""
        body = self._read()
        if body is not None:
            self._path(tree).parent.mkdir(parents=True, exist_ok=True)
            self._path(tree).write_bytes(body)

    def keep(self, tree: Path) -> None:
        if self._path(tree).exists():
            self.s3.put_object(Bucket=self.bucket, Key=self.key, Body=self._path(tree).read_bytes())


def chalice(tree: Path, *arguments: str, python: str = package.PYTHON, environ: Mapping[str, str] = os.environ) -> None:
    """Run Chalice in a tree. Raises CalledProcessError."""
    program = Path(__file__).with_name("chalice_for_lambda.py")
    environment = dict(environ) | {"LAMBDA_PYTHON": python, "PYTHONDONTWRITEBYTECODE": "1"}
    subprocess.run([sys.executable, program, *arguments], cwd=tree, env=environment, check=True)


def deploy(
    session: boto3.Session, stage: str, tree: Path, fill: package.Fill = package.wheels_for_lambda, source: Path = package.ROOT
) -> str:
    """Make or renew the functions of a stage in the tree `tree`; the address of its API."""
    outputs = stack.outputs(session.client("cloudformation"), stage)
    environment = stack.environment(stage, outputs) | own_settings(session.client("ssm"), stage)
    record = Record(session.client("s3"), outputs["Bucket"], stage)
    if "PUBLIC_URL" not in environment and not record.address():
        package.build(stage, environment | {"PUBLIC_URL": UNKNOWN_URL}, tree, fill, source)
        _deploy(session, stage, tree, record)
    package.build(stage, {"PUBLIC_URL": record.address()} | environment, tree, fill, source)
    _deploy(session, stage, tree, record)
    return record.address()


def _deploy(session: boto3.Session, stage: str, tree: Path, record: Record) -> None:
    record.lay(tree)
    try:
        chalice(tree, "deploy", "--stage", stage)
    finally:
        record.keep(tree)
        (tree / ".chalice" / "config.json").unlink()  # it may hold passwords
    report_partial_failures(session.client("lambda"), stage)


def report_partial_failures(functions: Any, stage: str) -> list[str]:
    """Have SQS heed the messages a batch could not do, which Chalice has no option for; the names of those changed.

    Without it a batch with one bad message would count as done.
    """
    changed = []
    for queue in QUEUES:
        arn = functions.get_function(FunctionName=f"kabinet-{stage}-worker_{queue.name}")["Configuration"]["FunctionArn"]
        for mapping in functions.list_event_source_mappings(FunctionName=arn)["EventSourceMappings"]:
            if PARTIAL_FAILURES not in mapping.get("FunctionResponseTypes", []):
                _wait_for_rest(functions, mapping["UUID"])
                functions.update_event_source_mapping(UUID=mapping["UUID"], FunctionResponseTypes=[PARTIAL_FAILURES])
                changed.append(queue.name)
    return changed


def _wait_for_rest(functions: Any, mapping: str, seconds: int = 120) -> None:
    """Lambda refuses to change a mapping that is still being made or changed."""
    for _ in range(seconds):
        if functions.get_event_source_mapping(UUID=mapping)["State"] in ("Enabled", "Disabled"):
            return
        time.sleep(1)


def make_package(stage: str, tree: Path, fill: package.Fill = package.wheels_for_lambda, python: str = package.PYTHON) -> Path:
    """The zip of a stage's functions, without asking AWS for anything."""
    package.build(stage, {}, tree, fill)
    out = tree / "package"
    environ = dict(os.environ) | {"AWS_DEFAULT_REGION": os.environ.get("AWS_DEFAULT_REGION", "eu-central-1")}
    chalice(tree, "package", "--stage", stage, str(out), python=python, environ=environ)
    return out / "deployment.zip"


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("action", choices=["package", "deploy"])
    parser.add_argument("--stage", default="dev")
    chosen = parser.parse_args(arguments)
    tree = package.ROOT / "build" / chosen.stage
    if chosen.action == "deploy":
        print(deploy(boto3.Session(), chosen.stage, tree))
        return
    made = make_package(chosen.stage, tree)
    with zipfile.ZipFile(made) as packed:
        unpacked = sum(entry.file_size for entry in packed.infolist())
    print(f"{made}: {made.stat().st_size / 1e6:.1f} MB, {unpacked / 1e6:.1f} MB unpacked")


if __name__ == "__main__":
    main()
