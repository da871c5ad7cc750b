"""The app's core by itself, in Node: `tests/tablet/core/*.test.mjs`."""

import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
TESTS = sorted((HERE / "core").glob("*.test.mjs"))


@pytest.mark.parametrize("path", TESTS, ids=[path.stem for path in TESTS])
def test_the_core_keeps_what_it_promises(path: Path) -> None:
    command = ["node", "--import", "./tests/tablet/core/modules.mjs", "--test", "--test-reporter=tap", str(path)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    failed = [line for line in run.stdout.splitlines() if line.lstrip().startswith("not ok")]
    assert (run.returncode, failed) == (0, []), run.stdout[-4000:] + run.stderr[-2000:]
    assert "\n# fail 0" in run.stdout


def test_every_script_of_the_app_can_be_read() -> None:
    scripts = [str(path) for path in sorted((ROOT / "server" / "tablet" / "app").rglob("*.js"))]
    assert scripts
    program = (
        "const {readFileSync} = require('fs'); const {SourceTextModule} = require('vm');"
        "for (const path of process.argv.slice(1)) new SourceTextModule(readFileSync(path, 'utf8'), {identifier: path});"
    )
    command = ["node", "--no-warnings", "--experimental-vm-modules", "-e", program, "--", *scripts]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert (run.returncode, run.stderr) == (0, "")
