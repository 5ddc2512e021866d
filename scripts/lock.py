"""Resolve requirements.txt anew from pyproject.toml: one version of everything, exactly pinned.

uv resolves for all platforms and for Python 3.11 and later at once, so that the same file serves
Linux, macOS and Windows. torch moves to the top and what it brings for CUDA is left out: on Linux
the Makefile installs torch beforehand, from PyTorch's index of CPU builds.

After running this, run `make execute` and `make test`: the committed outputs hold in the
environment that is pinned here, and in no other.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TORCH = "2.13.0"  # changing it can change the last digits of a training run
FOR_CUDA_ONLY = ("cuda-", "nvidia-", "triton", "torch")
HEADER = """\
# The complete environment in which the committed outputs hold, for Python 3.11 to 3.13.
# Made by `make lock` from pyproject.toml; do not edit by hand.
# torch stands first: on Linux the package index would add several gigabytes of CUDA packages,
# so the Makefile installs it beforehand, alone, from PyTorch's index of CPU builds.
"""


def resolve() -> list[str]:
    """Return the pins that uv finds, one ``name==version ; markers`` a line."""
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        python = Path(folder) / "bin" / "python"
        subprocess.run([python, "-m", "pip", "install", "--quiet", "uv"], check=True)
        constraints = Path(folder) / "constraints.txt"
        constraints.write_text(f"torch=={TORCH}\n", encoding="utf-8")
        command: list[str | Path] = [
            Path(folder) / "bin" / "uv", "pip", "compile", ROOT / "pyproject.toml",
            "--extra", "book", "--extra", "test", "--constraints", constraints,
            "--universal", "--python-version", "3.11", "--fork-strategy", "fewest",
            "--prerelease", "disallow", "--no-annotate", "--no-header", "--quiet",
        ]  # fmt: skip
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        return done.stdout.splitlines()


def main() -> int:
    """Write requirements.txt."""
    pins = [pin for pin in resolve() if not pin.startswith(FOR_CUDA_ONLY)]
    lines = [f"torch=={TORCH}", *pins]
    (ROOT / "requirements.txt").write_text(HEADER + "\n".join(lines) + "\n", encoding="utf-8")
    print(f"requirements.txt: {len(lines)} packages. Now run make execute and make test.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
