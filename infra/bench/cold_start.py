"""What a new instance of the page function waits for: `python -m infra.bench.cold_start`. The least of several processes each.

CPU is counted, not wall time: other work of the machine is not ours. Templates are compiled, as the package has them. Nothing is
asked of AWS: loading alone is measured.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from infra.package import ROOT, compile_templates

RUNS = 7
KEYS = {"AWS_ACCESS_KEY_ID": "k", "AWS_SECRET_ACCESS_KEY": "s", "AWS_DEFAULT_REGION": "eu-central-1"}
CLIENTS = "import app\nfrom chalicelib.adapters import quick_s3\nfrom chalicelib.adapters.dynamo import quick, table\n"
CLIENTS += "quick.QuickDynamo(), quick_s3.QuickS3()\nimport ssl; ssl.create_default_context()\n"
PAGE = """
import tantivy
from chalicelib.adapters.index import read
from chalicelib.usecases.catalogue import browse
from chalicelib.web.rendering import environment
for name in ("page", "header", "icon", "freshness", "toast", "pager", "state"):
    environment().get_template(f"components/{name}.html")
for name in ("catalogue", "results", "row", "tree"):
    environment().get_template(f"catalogue/{name}.html")
"""
CASES = {
    "pages and exchange (app)": "import app",
    "with clients of DynamoDB and S3": CLIENTS,
    "with all a catalogue page needs": CLIENTS + PAGE,
    "for comparison: with boto3's client": "import app, boto3; boto3.client('dynamodb')",
}
MEASURE = """
import resource, time
started = time.process_time()
{program}
print((time.process_time() - started) * 1000, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def measure(program: str, folder: Path) -> tuple[float, float]:
    """Milliseconds of CPU and megabytes of a fresh process."""
    command = [sys.executable, "-c", MEASURE.format(program=program)]
    said = subprocess.run(command, capture_output=True, text=True, check=True, cwd=folder, env=os.environ | KEYS).stdout
    milliseconds, megabytes = map(float, said.split()[-2:])
    return milliseconds, megabytes


def main() -> None:
    print("Cold start, this machine: CPU and peak memory")
    with tempfile.TemporaryDirectory() as folder:
        packed = Path(folder)
        shutil.copy(ROOT / "app.py", packed)
        shutil.copytree(ROOT / "chalicelib", packed / "chalicelib", ignore=shutil.ignore_patterns("__pycache__"))
        compile_templates(packed / "chalicelib" / "web")
        for name, program in CASES.items():
            runs = [measure(program, packed) for _ in range(RUNS)]
            print(f"  {name:36} {min(run[0] for run in runs):6.0f} ms  {min(run[1] for run in runs):5.0f} MB")


if __name__ == "__main__":
    main()
