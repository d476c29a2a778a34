"""What a new instance of a function waits for: `python -m infra.bench.cold_start`. The least of several processes each."""

import subprocess
import sys

RUNS = 7
CASES = {
    "bare interpreter": "",
    "pages and exchange (app)": "import app",
    "with the first AWS client": "import app, boto3; boto3.client('dynamodb', region_name='eu-central-1')",
}
MEASURE = """
import resource, time
started = time.perf_counter()
{program}
print((time.perf_counter() - started) * 1000, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def measure(program: str) -> tuple[float, float]:
    """Milliseconds and megabytes of a fresh process."""
    said = subprocess.run(
        [sys.executable, "-c", MEASURE.format(program=program)], capture_output=True, text=True, check=True
    ).stdout
    milliseconds, megabytes = map(float, said.split()[-2:])
    return milliseconds, megabytes


def main() -> None:
    print("Cold start, this machine")
    for name, program in CASES.items():
        runs = [measure(program) for _ in range(RUNS)]
        print(f"  {name:28} {min(run[0] for run in runs):6.0f} ms  {min(run[1] for run in runs):5.0f} MB")


if __name__ == "__main__":
    main()
