"""`python -m infra.bench.cold`: what the function imports before its first page, and what the first page costs after that."""

import re
import statistics
import subprocess
import sys

ROUNDS = 7
PROBES = {
    "bare interpreter": "pass",
    "chalice": "import chalice",
    "boto3 and a DynamoDB client": "import boto3; boto3.client('dynamodb', region_name='eu-central-1')",
    "the application (all functions)": "import app",
    "the application and its DynamoDB client": "import app; import boto3; boto3.client('dynamodb', region_name='eu-central-1')",
}


def main() -> None:
    print("\nCold imports (process start to imported, less the bare interpreter)")
    print(f"{'what':<44}{'cpu ms':>8}{'RSS MB':>8}")
    bare = 0.0
    for what, code in PROBES.items():
        cpu, rss = _measure(code)
        print(f"{what:<44}{cpu - bare:>8.0f}{rss:>8.0f}")
        bare = bare or cpu


def _measure(code: str) -> tuple[float, float]:
    """Median CPU milliseconds and peak megabytes of a fresh process."""
    tail = "; import resource as r; u = r.getrusage(r.RUSAGE_SELF); print('used', u.ru_utime + u.ru_stime, u.ru_maxrss)"
    found = []
    for _ in range(ROUNDS):
        said = subprocess.run([sys.executable, "-c", code + tail], capture_output=True, text=True, check=True).stdout
        match = re.search(r"used ([\d.]+) (\d+)", said)
        assert match
        found.append((float(match[1]) * 1000, int(match[2]) / 1024))
    return statistics.median(cpu for cpu, _ in found), statistics.median(rss for _, rss in found)


if __name__ == "__main__":
    main()
