"""Where jobs run: a process of its own for each, here or on the workers of a cluster."""

from __future__ import annotations

import os
import runpy
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Iterator
from concurrent.futures import Executor
from pathlib import Path
from typing import Any
from unittest import mock

import psutil
import pytest

from course.contents import ROOT
from grading.executors import Failed, Lost, alone, pool
from grading.model import CannotStart
from tests.grading import tasks

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="make grade is for Linux and macOS")
CLUSTERS = ROOT / "grading" / "clusters"
OPEN = """
from parsl import Config
from parsl.executors import HighThroughputExecutor
config = Config([HighThroughputExecutor({})])
"""
TWO_WORKERS = CLUSTERS / "two_workers.py"


class TestAlone:
    def test_returns_what_the_function_returns(self) -> None:
        assert alone(tasks.double, 21, 60) == 42

    def test_an_error_keeps_its_words(self) -> None:
        with pytest.raises(Failed, match=r"^OSError: \[Errno 28\] No space left$"):
            alone(tasks.fail, "No space left", 60)

    def test_a_killed_process_is_lost_and_the_next_is_not(self) -> None:
        with pytest.raises(Lost):
            alone(tasks.die, None, 60)
        assert alone(tasks.double, 1, 60) == 2

    def test_a_process_that_takes_too_long_cleans_up(self, tmp_path: Path) -> None:
        with pytest.raises(TimeoutError, match=r"stopped after 5 s in all"):
            alone(tasks.sleep_and_clean, tmp_path, 5)
        assert (tmp_path / "cleaned").exists()


def wait_for(holds: object, seconds: float = 30) -> bool:
    """Wait until a function returns something true."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if holds():  # type: ignore[operator]
            return True
        time.sleep(0.05)
    return False


def pids(folder: Path) -> list[int]:
    return [int(path.stem) for path in folder.glob("*.runs")]


def descendants(process: psutil.Process) -> list[psutil.Process]:
    return process.children(recursive=True)


def test_two_at_a_time_on_this_machine() -> None:
    with pool(2) as threads:
        futures = [threads.submit(alone, tasks.double, n, 60) for n in range(5)]
        assert [future.result() for future in futures] == [0, 2, 4, 6, 8]


@pytest.mark.slow
@pytest.mark.parametrize("how", ["Ctrl-C", "kill -9"])
@pytest.mark.parametrize("cluster", [None, TWO_WORKERS], ids=["threads", "Parsl"])
def test_nothing_is_left_over(cluster: Path | None, how: str, tmp_path: Path) -> None:
    """Ctrl-C reaches every process of a terminal; kill -9 only the grader."""
    command = [sys.executable, "-m", "tests.grading.tasks", str(tmp_path)]
    # Below tmp_path the address of multiprocessing's socket would be too long for the system.
    temporary = Path(tempfile.mkdtemp(prefix="wce-"))
    with subprocess.Popen(
        command + ([str(cluster)] if cluster else []),
        cwd=ROOT, text=True, process_group=0,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(temporary)},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as program:  # fmt: skip
        assert wait_for(lambda: pids(tmp_path), 60)
        everybody = [psutil.Process(pid) for pid in pids(tmp_path)]
        everybody += descendants(psutil.Process(program.pid))
        os.killpg(program.pid, signal.SIGINT) if how == "Ctrl-C" else program.kill()
        said, complaints = program.communicate(timeout=60)
    _, left = psutil.wait_procs(everybody, timeout=40)
    living = [p for p in left if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]
    for process in living:
        process.kill()
    assert not living
    assert (tmp_path / "cleaned").exists()
    assert wait_for(lambda: not list(temporary.glob("parsl-*")))
    shutil.rmtree(temporary)
    if how == "Ctrl-C":
        assert (said, complaints, program.returncode) == ("stopped\n", "", 0)


@pytest.fixture(scope="module")
def workers() -> Iterator[Executor]:
    """Yield two workers of Parsl's, which find the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(ROOT))
        with pool(1, TWO_WORKERS) as executor:
            yield executor


@pytest.mark.slow
class TestParsl:
    def test_a_process_for_each_job(self, workers: Executor, tmp_path: Path) -> None:
        futures = [workers.submit(tasks.nap_alone, tmp_path) for _ in range(4)]
        assert len({future.result(60) for future in futures}) == 4

    def test_a_killed_worker_costs_one_more_try_of_its_job(
        self, workers: Executor, tmp_path: Path
    ) -> None:
        lost = workers.submit(tasks.die, None)
        others = [workers.submit(tasks.nap_alone, tmp_path) for _ in range(4)]
        with pytest.raises(Exception, match="loss of worker"):
            lost.result(60)
        assert all(future.result(60) for future in others)
        assert workers.submit(tasks.double, 21).result(60) == 42


# Stand-ins for Slurm's commands, which run the one job on this machine.
SLURM = {
    "sbatch": """
        export SLURM_JOB_NAME=grading SLURM_CPUS_ON_NODE=2
        grep '^#SBATCH' "$1" > "$FAKE/asked"
        setsid bash "$1" > "$FAKE/said" 2>&1 &
        echo $! > "$FAKE/pid"
        echo Submitted batch job 4711
    """,
    "sacct": "exit 1",  # accounting is disabled
    "squeue": 'kill -0 "$(cat "$FAKE/pid")" && echo "4711 R"',
    "scancel": 'kill -TERM -- "-$(cat "$FAKE/pid")"',
    "srun": 'while [ "$1" != bash ]; do shift; done; exec "$@"',
}


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_slurm_as_its_commands_are_called(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, lines in SLURM.items():
        command = tmp_path / "bin" / name
        command.parent.mkdir(exist_ok=True)
        command.write_text(f"#!/bin/bash\n{textwrap.dedent(lines)}\n", encoding="utf-8")
        command.chmod(0o755)
    for name, value in {
        "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}", "FAKE": str(tmp_path),
        "HOME": str(tmp_path), "ADDRESS": "127.0.0.1", "WORKERS": "2", "PARTITION": "short",
        "PYTHONPATH": str(ROOT),
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    with pool(1, CLUSTERS / "slurm.py") as executor:
        assert executor.submit(tasks.double, 21).result(60) == 42
    asked = (tmp_path / "asked").read_text(encoding="utf-8")
    assert "--partition=short" in asked
    assert "--time=60" in asked  # minutes
    keys = list((tmp_path / ".parsl-grading").rglob("certificates"))
    assert keys
    assert {stat.S_IMODE(folder.stat().st_mode) for folder in keys} == {0o700}
    pid = int((tmp_path / "pid").read_text(encoding="utf-8"))
    assert wait_for(lambda: not psutil.pid_exists(pid) or zombie(pid), 30)  # cancelled


def test_kubernetes_as_its_library_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    kube = pytest.importorskip("parsl.providers.kubernetes.kube")
    client = mock.MagicMock()
    monkeypatch.setattr(kube, "_kubernetes_enabled", True)
    monkeypatch.setattr(kube, "config", mock.MagicMock(), raising=False)
    monkeypatch.setattr(kube, "client", client, raising=False)
    for name, value in {"IMAGE": "book:1", "CLAIM": "shared", "WORKERS": "3"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("ADDRESS", "10.0.0.7")
    (one,) = runpy.run_path(str(CLUSTERS / "kubernetes.py"))["config"].executors
    assert one.encrypted
    assert one.address == "10.0.0.7"
    one.provider.submit("a command", 1)
    container = client.V1Container.call_args.kwargs
    assert container["image"] == "book:1"
    assert "a command" in str(container["command"]) + str(container.get("args"))
    assert f"{ROOT}/.venv/bin" in str(container["command"]) + str(container.get("args"))
    assert client.V1ResourceRequirements.call_args.kwargs["limits"]["cpu"] == "3"
    (claim,) = client.V1PersistentVolumeClaimVolumeSource.call_args_list
    assert claim.kwargs["claim_name"] == "shared"
    client.V1VolumeMount.assert_called_once_with(mount_path="/parsl", name="shared")


def zombie(pid: int) -> bool:
    return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


class TestConfigurations:
    """What does not need the cluster itself."""

    def executor_of(self, name: str) -> Any:
        (one,) = runpy.run_path(str(CLUSTERS / f"{name}.py"))["config"].executors
        return one

    @pytest.mark.parametrize("name", ["two_workers", "slurm"])
    def test_nobody_else_can_give_the_workers_orders(self, name: str) -> None:
        one = self.executor_of(name)
        assert one.encrypted
        assert one.address

    @pytest.mark.filterwarnings(
        "ignore::pytest.PytestUnraisableExceptionWarning"
    )  # Parsl's sockets
    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("config = 1", "binds no name `config`"),
            ("", "binds no name `config`"),
            ("import nowhere_at_all", "ModuleNotFoundError: No module named 'nowhere_at_all'"),
            (OPEN.format("address='127.0.0.1', encrypted=False"), "without encrypted=True"),
            (OPEN.format("encrypted=True"), "and an address of a private network"),
        ],
    )
    def test_what_is_refused(self, text: str, message: str, tmp_path: Path) -> None:
        (tmp_path / "config.py").write_text(text, encoding="utf-8")
        with pytest.raises(CannotStart, match=message), pool(1, tmp_path / "config.py"):
            pass

    def test_a_missing_file(self, tmp_path: Path) -> None:
        with (
            pytest.raises(CannotStart, match=r"none\.py is not there"),
            pool(1, tmp_path / "none.py"),
        ):
            pass
