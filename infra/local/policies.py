"""Every function of the laptop works under its own policy of `.chalice/`, so that a missing permission shows here and not on AWS.

The embedded AWS judges IAM users by their policies: each function gets a user, with the policy that its role has on AWS.
"""

import json
from collections.abc import Mapping
from typing import Any

import boto3

from infra.package import ROOT

API = "api_handler"
"""How Chalice names the function behind the REST API."""

Credentials = dict[str, str]


def credentials(session: boto3.Session, stage: str) -> dict[str, Credentials]:
    """Make the users; function -> the variables with its user's keys, which are new each time."""
    config: Mapping[str, Any] = json.loads((ROOT / ".chalice" / "config.json").read_text())
    files = {API: config["iam_policy_file"]}
    files |= {name: function["iam_policy_file"] for name, function in config["lambda_functions"].items()}
    iam = session.client("iam")
    standing = {user["UserName"] for user in iam.list_users()["Users"]}
    return {name: _credentials(iam, name, _policy(file, stage), name in standing) for name, file in files.items()}


def _policy(file: str, stage: str) -> str:
    return (ROOT / ".chalice" / file).read_text().replace("${stage}", stage)


def _credentials(iam: Any, name: str, policy: str, stands: bool) -> Credentials:
    if not stands:
        iam.create_user(UserName=name)
    iam.put_user_policy(UserName=name, PolicyName="function", PolicyDocument=policy)
    for key in iam.list_access_keys(UserName=name)["AccessKeyMetadata"]:
        iam.delete_access_key(UserName=name, AccessKeyId=key["AccessKeyId"])
    made = iam.create_access_key(UserName=name)["AccessKey"]
    return {"AWS_ACCESS_KEY_ID": made["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": made["SecretAccessKey"]}
