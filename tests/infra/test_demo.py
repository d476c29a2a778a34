"""`make run` with the demo: it loads itself through the exchange, with every function under its own policy, and only once."""

import json
import urllib.request
from pathlib import Path

from tests.infra.programs import free_port, running
from tests.infra.test_run import read_until


def test_the_demo_loads_once_and_nothing_is_forbidden(tmp_path: Path) -> None:
    ports = {name: str(free_port()) for name in ("PORT", "AWS_PORT", "ODATA_PORT")}
    environ = ports | {"VAR": str(tmp_path), "DEMO": ""}
    with running("infra.local", environ=environ) as program:
        said = read_until(program, "Ctrl-C ends it")
        assert "demo loaded" in said
        assert "не принято" not in said
        health = urllib.request.urlopen(f"http://127.0.0.1:{ports['PORT']}/sign-in", timeout=30)
        assert health.status == 200
        program.terminate()
        assert program.wait(30) == 0
    logs = "".join(path.read_text() for path in (tmp_path / "log").iterdir())
    assert "AccessDenied" not in logs
    loaded = json.loads((tmp_path / "simulator.json").read_text())["done"]
    with running("infra.local", environ=environ) as program:
        again = read_until(program, "Ctrl-C ends it")
        assert "demo loaded" in again
        assert "Номенклатура" not in again
    assert json.loads((tmp_path / "simulator.json").read_text())["done"] == loaded
