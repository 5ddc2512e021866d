#!/bin/sh
# Resolve requirements.txt anew from pyproject.toml: one version of everything, exactly pinned.
#
# uv resolves for all platforms and for Python 3.11 and later at once, so that the same file serves
# Linux, macOS and Windows. torch moves to the top and what it brings for CUDA is left out: on Linux
# scripts/setup.sh installs torch beforehand, from PyTorch's index of CPU builds.
#
# After running this, run `make execute` and `make test`: the committed outputs hold in the
# environment that is pinned here, and in no other.
set -eu

torch=torch==2.13.0 # changing it can change the last digits of a training run
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

.venv/bin/python -m venv "$folder"
"$folder/bin/python" -m pip install --quiet uv
echo "$torch" >"$folder/constraints.txt"
"$folder/bin/uv" pip compile pyproject.toml --extra book --extra cluster --extra test \
    --constraints "$folder/constraints.txt" --universal --python-version 3.11 \
    --fork-strategy fewest --prerelease disallow --no-annotate --no-header --quiet >"$folder/pins"
{
    cat <<'END'
# The complete environment in which the committed outputs hold, for Python 3.11 to 3.13.
# Made by `make lock` from pyproject.toml; do not edit by hand.
# torch stands first: on Linux the package index would add several gigabytes of CUDA packages,
# so scripts/setup.sh installs it beforehand, alone, from PyTorch's index of CPU builds.
END
    echo "$torch"
    grep -Ev '^(cuda-|nvidia-|triton|torch)' "$folder/pins"
} >requirements.txt
echo "requirements.txt: written anew. Now run make execute and make test."
