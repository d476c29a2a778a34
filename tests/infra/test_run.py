"""`make run`: starts everything, says when it is ready, ends in order and keeps what it has."""

import os
import signal
import subprocess
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.infra.programs import free_port, listens, running, wait_until


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """An empty portal on ports of its own."""
    ports = {name: str(free_port()) for name in ("PORT", "AWS_PORT", "ODATA_PORT")}
    return ports | {
        "VAR": str(tmp_path / "var"),
        "DEMO": "none",
        "AWS_PROFILE": "somebody-elses",
        "HTTP_PROXY": "http://127.0.0.1:9",
    }


def read_until(program: "subprocess.Popen[str]", words: str) -> str:
    """What the program printed up to the line with these words; fails the test when it ends before."""
    assert program.stdout
    said = ""
    for line in program.stdout:
        said += line
        if words in line:
            return said
    raise AssertionError(f"it ended before it said {words!r}:\n{said}")


def status(environ: dict[str, str], path: str) -> int:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{environ['PORT']}{path}", timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def children(pid: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_it_starts_ends_and_keeps_its_state(environ: dict[str, str]) -> None:
    kept = []
    for asked in (signal.SIGTERM, signal.SIGINT):
        with running("infra.local", environ=environ) as program:
            said = read_until(program, "Ctrl-C ends it")
            assert f"ready http://127.0.0.1:{environ['PORT']}\n" in said
            assert "+7 900 000-00-01" in said
            assert "1c / 1c" in said
            assert status(environ, "/no/such/page") in (403, 404)
            started = children(program.pid)
            assert len(started) == 3
            program.send_signal(asked)
            assert program.wait(20) == 0
            assert not any(Path(f"/proc/{pid}").exists() for pid in started)
        kept.append(Path(environ["VAR"], "aws", "state", "dynamodb.json").read_text().count("+79000000001"))
    assert not listens(int(environ["AWS_PORT"]))
    assert kept[0] == kept[1] > 0


def test_a_busy_port_is_named(environ: dict[str, str]) -> None:
    import socket

    with socket.socket() as other:
        other.bind(("127.0.0.1", int(environ["PORT"])))
        other.listen()
        with running("infra.local", environ=environ) as program:
            said = program.communicate(timeout=30)[0]
            assert program.returncode == 1
    assert f"port {environ['PORT']} is busy" in said
    assert "make run PORT=" in said


def test_when_a_part_dies_the_rest_ends_with_its_last_words(environ: dict[str, str]) -> None:
    with running("infra.local", environ=environ) as program:
        read_until(program, "Ctrl-C ends it")
        victim = next(pid for pid in children(program.pid) if "infra.local.workers" in Path(f"/proc/{pid}/cmdline").read_text())
        os.kill(victim, signal.SIGKILL)
        said = program.communicate(timeout=30)[0]
        assert program.returncode == 1
    assert "workers ended with code -9" in said
    assert not listens(int(environ["PORT"]))


def test_a_killed_supervisor_leaves_nothing_running(environ: dict[str, str]) -> None:
    with running("infra.local", environ=environ) as program:
        read_until(program, "Ctrl-C ends it")
        left = children(program.pid)
        program.kill()
        program.wait()
        wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in left), "the processes end")
