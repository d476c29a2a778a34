"""AWS Signature Version 4 of requests whose shape we know: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html

botocore signs whatever there is and takes ten times as long; it is still asked for credentials where the environment has none.
"""

import hmac
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import sha256

ALGORITHM = "AWS4-HMAC-SHA256"


@dataclass(frozen=True, slots=True)
class Credentials:
    """`token` is that of a role's session, "" for a lasting key."""

    access_key: str
    secret_key: str
    token: str = ""


def credentials(environ: Mapping[str, str] = os.environ) -> Credentials:
    """Those of the function's role, which Lambda puts into the environment; elsewhere what botocore finds."""
    if environ.get("AWS_ACCESS_KEY_ID") and environ.get("AWS_SECRET_ACCESS_KEY"):
        return Credentials(environ["AWS_ACCESS_KEY_ID"], environ["AWS_SECRET_ACCESS_KEY"], environ.get("AWS_SESSION_TOKEN", ""))
    import boto3

    found = boto3.Session().get_credentials()
    if found is None:
        raise RuntimeError("no AWS credentials: set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
    frozen = found.get_frozen_credentials()
    return Credentials(str(frozen.access_key), str(frozen.secret_key), frozen.token or "")


def region(environ: Mapping[str, str] = os.environ) -> str:
    if found := environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION"):
        return found
    import boto3

    configured = boto3.Session().region_name
    if configured is None:
        raise RuntimeError("no AWS region: set AWS_DEFAULT_REGION")
    return configured


def signed(
    headers: Mapping[str, str],
    body: bytes,
    *,
    by: Credentials,
    scope: tuple[str, str],
    at: datetime,
    line: tuple[str, str] = ("POST", "/"),
) -> dict[str, str]:
    """The headers with the time and the signature over all of them. Names in lower case, `host` among them.

    `scope`: region and service; `line`: method and path, percent-encoded.
    """
    moment = f"{at:%Y%m%dT%H%M%SZ}"
    complete = {**headers, "x-amz-date": moment} | ({"x-amz-security-token": by.token} if by.token else {})
    names = sorted(complete)
    lines = "".join(f"{name}:{complete[name]}\n" for name in names)
    listed = ";".join(names)
    canonical = f"{line[0]}\n{line[1]}\n\n{lines}\n{listed}\n{sha256(body).hexdigest()}"
    place = f"{moment[:8]}/{scope[0]}/{scope[1]}/aws4_request"
    text = f"{ALGORITHM}\n{moment}\n{place}\n{sha256(canonical.encode()).hexdigest()}"
    signature = hmac.digest(_key(by.secret_key, moment[:8], *scope), text.encode(), "sha256").hex()
    complete["authorization"] = f"{ALGORITHM} Credential={by.access_key}/{place}, SignedHeaders={listed}, Signature={signature}"
    return complete


@lru_cache(maxsize=8)
def _key(secret: str, day: str, region: str, service: str) -> bytes:
    """Good for a day: its four rounds are half the work of a signature."""
    found = f"AWS4{secret}".encode()
    for part in (day, region, service, "aws4_request"):
        found = hmac.digest(found, part.encode(), "sha256")
    return found
