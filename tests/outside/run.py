"""Runs the outside tests: `python3 -m tests.outside [-k PATTERN] [-v]`, or `python3 tests/outside/run.py`."""

import argparse
import sys
import time
import unittest
from pathlib import Path

if not __package__:  # started as a file
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    __package__ = "outside"

HERE = Path(__file__).resolve().parent


class Lines(unittest.TestResult):
    """One line a test as it ends, and the failures in full after the last."""

    def __init__(self, verbose: bool):
        super().__init__()
        self.verbose, self.passed, self.began = verbose, 0, 0.0

    def startTest(self, test):
        super().startTest(test)
        self.began = time.monotonic()

    def _say(self, word, test, note=""):
        if self.verbose or word != "ok":
            took = f" ({time.monotonic() - self.began:.1f} s)" if self.began else ""
            print(f"{word:7} {'.'.join(test.id().split('.')[-3:])}{took}{note}", flush=True)

    def addSuccess(self, test):
        self.passed += 1
        self._say("ok", test)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self._say("FAILED", test)

    def addError(self, test, err):
        super().addError(test, err)
        self._say("FAILED", test)

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            self._say("FAILED", subtest)

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self._say("skipped", test, f": {reason}")


def modules() -> list[str]:
    return sorted(p.stem for p in HERE.glob("test_*.py")) + ["samples"]


def main(argv=None) -> int:
    parser = argparse.ArgumentParser(prog="tests.outside", description=__doc__)
    parser.add_argument("-k", action="append", metavar="PATTERN", help="only tests whose name holds PATTERN")
    parser.add_argument("-v", action="store_true", help="a line for each test that passes, too")
    options = parser.parse_args(argv)

    from importlib import import_module

    program = import_module(".program", __package__)
    chance = import_module(".make.chance", __package__)
    print(
        f"program: {program.binary() or 'none: only the makers are tested'}\nseed: EXHIBIT_SEED={chance.SEED}",
        flush=True,
    )
    loader, suite = unittest.TestLoader(), unittest.TestSuite()
    if options.k:
        loader.testNamePatterns = [p if "*" in p else f"*{p}*" for p in options.k]
    for name in modules():
        suite.addTests(loader.loadTestsFromModule(import_module("." + name, __package__)))
    result = Lines(options.v)
    began = time.monotonic()
    suite.run(result)
    failed = {f.id().split(" ")[0] for f, _ in result.failures + result.errors}
    for test, trace in result.failures + result.errors:
        print(f"\n=== {test.id()}\n{trace}")
    print(f"seed: EXHIBIT_SEED={chance.SEED}; {time.monotonic() - began:.0f} s")
    print(f"{result.passed} passed, {len(failed)} failed, {len(result.skipped)} skipped")
    return 1 if failed or program.binary() is None else 0


if __name__ == "__main__":
    sys.exit(main())
