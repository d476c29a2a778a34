"""Put the functions of a stage where they run, upon the data stack that `infra.stack` has made.

    python -m infra.deploy package --stage prod     only make build/prod with its zip, and say how big it is
    python -m infra.deploy deploy --stage prod      `chalice deploy` from there, then what Chalice can't set

The environment of the functions comes from the outputs of the data stack and, for PUBLIC_URL, MAIL_URL, SMS_URL and ERP_URL,
from this shell or else from the SSM parameters /kabinet/<stage>/<NAME> (SecureString): no secret stands in the checkout.
Without a PUBLIC_URL it is the address that API Gateway gives. What Chalice remembers of a deployment is kept in the stage's
bucket under deploy/, so that any clean checkout can deploy again.
"""

import argparse
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import boto3

from chalicelib.settings import QUEUES
from infra import package, stack

OWN_SETTINGS = ("PUBLIC_URL", "MAIL_URL", "SMS_URL", "ERP_URL")
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

    def __init__(self, s3: Any, bucket: str, stage: str, tree: Path) -> None:
        self.s3, self.bucket, self.key = s3, bucket, f"deploy/{stage}.json"
        self.tree = tree
        self.path = tree / ".chalice" / "deployed" / f"{stage}.json"

    def fetch(self) -> str:
        """Lay it into the tree; the address of the API, empty before the first deployment."""
        try:
            body = self.s3.get_object(Bucket=self.bucket, Key=self.key)["Body"].read()
        except self.s3.exceptions.NoSuchKey:
            return ""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_bytes(body)
        urls = [made["rest_api_url"] for made in json.loads(body)["resources"] if "rest_api_url" in made]
        return urls[0].rstrip("/") if urls else ""

    def keep(self) -> None:
        if self.path.exists():
            self.s3.put_object(Bucket=self.bucket, Key=self.key, Body=self.path.read_bytes())


def chalice(tree: Path, *arguments: str, python: str = package.PYTHON, environ: Mapping[str, str] = os.environ) -> None:
    """Run Chalice in a tree. Raises CalledProcessError."""
    program = Path(__file__).with_name("chalice_for_lambda.py")
    environment = dict(environ) | {"LAMBDA_PYTHON": python, "PYTHONDONTWRITEBYTECODE": "1"}
    subprocess.run([sys.executable, program, *arguments], cwd=tree, env=environment, check=True)


def deploy(
    session: boto3.Session, stage: str, tree: Path, fill: package.Fill = package.wheels_for_lambda, source: Path = package.ROOT
) -> str:
    """Make or renew the functions of a stage; the address of its API."""
    outputs = stack.outputs(session.client("cloudformation"), stage)
    environment = stack.environment(stage, outputs) | own_settings(session.client("ssm"), stage)
    record = Record(session.client("s3"), outputs["Bucket"], stage, tree)
    address = record.fetch()
    if "PUBLIC_URL" not in environment and not address:
        address = _deploy(session, stage, environment | {"PUBLIC_URL": UNKNOWN_URL}, record, fill, source)
    return _deploy(session, stage, {"PUBLIC_URL": address} | environment, record, fill, source)


def _deploy(
    session: boto3.Session, stage: str, environment: Mapping[str, str], record: Record, fill: package.Fill, source: Path
) -> str:
    package.build(stage, environment, record.tree, fill, source)
    record.fetch()
    try:
        chalice(record.tree, "deploy", "--stage", stage)
    finally:
        record.keep()
        (record.tree / ".chalice" / "config.json").unlink()  # it may hold passwords
    report_partial_failures(session.client("lambda"), stage)
    return record.fetch()


def report_partial_failures(functions: Any, stage: str) -> list[str]:
    """Have SQS heed the messages a batch could not do, which Chalice has no option for; the queues' functions.

    Without it a batch with one bad message would count as done.
    """
    changed = []
    for queue in QUEUES:
        name = f"kabinet-{stage}-worker_{queue.name}"
        for mapping in functions.list_event_source_mappings(FunctionName=name)["EventSourceMappings"]:
            if PARTIAL_FAILURES not in mapping.get("FunctionResponseTypes", []):
                functions.update_event_source_mapping(UUID=mapping["UUID"], FunctionResponseTypes=[PARTIAL_FAILURES])
                changed.append(name)
    return changed


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
