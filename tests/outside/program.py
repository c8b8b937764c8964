"""Runs the program `exhibit` as anyone would, and holds every run to the rules that hold for all of them."""

import os
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def binary() -> Path | None:
    """EXHIBIT_BIN, else the release build, else the debug build."""
    named = os.environ.get("EXHIBIT_BIN")
    if named:
        return Path(named).resolve()
    for build in ("release", "debug"):
        path = ROOT / "target" / build / "exhibit"
        if path.exists():
            return path
    return None


@dataclass
class Run:
    """What a run left behind. `code` is negative for a signal; `memory` is the peak in bytes."""

    args: list[str]
    code: int
    out: bytes
    err: str
    memory: int
    seconds: float

    def __str__(self) -> str:
        return (
            f"exhibit {' '.join(self.args)}\n  exit {self.code}\n  stdout: {self.out[:3000]!r}"
            f"\n  stderr: {self.err[:3000]}"
        )


class Running:
    """A run that has begun. Arguments may be bytes where a file's name is not UTF-8."""

    def __init__(self, *args, cwd=None, env=None):
        program = binary()
        if program is None:
            raise FileNotFoundError("no exhibit program: set EXHIBIT_BIN or build it")
        self.args = [os.fsdecode(a) for a in args]
        self.out, self.err = tempfile.TemporaryFile(), tempfile.TemporaryFile()
        self.began = time.monotonic()
        clean = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH")}
        self.child = subprocess.Popen(
            [program, *[os.fsencode(a) for a in args]],
            stdin=subprocess.DEVNULL,
            stdout=self.out,
            stderr=self.err,
            cwd=cwd,
            env=clean | {"LC_ALL": "C.UTF-8", "TZ": "UTC"} | (env or {}),
        )

    def signal(self, number: int) -> None:
        self.child.send_signal(number)

    def ended(self) -> bool:
        return self.child.poll() is not None

    def finish(self, timeout=90.0) -> Run:
        end, memory = time.monotonic() + timeout, 0
        while self.child.returncode is None:
            pid, status, usage = os.wait4(self.child.pid, os.WNOHANG)
            if pid:
                self.child.returncode = os.waitstatus_to_exitcode(status)
                memory = usage.ru_maxrss * 1024
            elif time.monotonic() > end:
                self.child.kill()
                self.child.wait()
                raise TimeoutError(f"exhibit {' '.join(self.args)} took more than {timeout} s")
            else:
                time.sleep(0.003)
        self.out.seek(0)
        self.err.seek(0)
        return Run(
            self.args,
            self.child.returncode,
            self.out.read(),
            self.err.read().decode("utf-8", "replace"),
            memory,
            time.monotonic() - self.began,
        )


def run(*args, timeout=90.0, cwd=None, env=None) -> Run:
    return Running(*args, cwd=cwd, env=env).finish(timeout)


def faults(result: Run) -> list[str]:
    """Rules of contract.md for every run that nobody interrupts."""
    found = []
    if result.code not in (0, 1, 2, 3):
        found.append(f"exit status {result.code} is none of 0, 1, 2, 3")
    if "panicked at" in result.err:
        found.append("the program panicked")
    if result.code in (2, 3) and result.out:
        found.append("something stands on standard output at exit status 2 or 3")
    if result.code in (2, 3) and not result.err.strip():
        found.append("it failed without a word on standard error")
    return found


__all__ = ["ROOT", "Run", "Running", "Path", "binary", "faults", "run", "signal"]
