#!/bin/sh
# Make the virtual environment .venv that every command of the Makefile shares; remake it when
# requirements.txt has changed. Says what is missing before pip can fail on it.
set -eu

venv=.venv
stamp=$venv/.made-from
oldest="3.11"
newest="3.13"

fail() {
    printf '\n%s\n' "$*" >&2
    exit 1
}

in_range() {
    "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null
}

# $PYTHON if it is set, otherwise the first suitable one of the usual names.
find_python() {
    if [ -n "${PYTHON:-}" ]; then
        command -v "$PYTHON" >/dev/null 2>&1 || fail "PYTHON is set to $PYTHON, which is not there."
        in_range "$PYTHON" || fail "PYTHON is set to $PYTHON, which is $("$PYTHON" -V 2>&1); this book needs Python $oldest to $newest."
        echo "$PYTHON"
        return
    fi
    for candidate in python3 python3.13 python3.12 python3.11 python; do
        if command -v "$candidate" >/dev/null 2>&1 && in_range "$candidate"; then
            echo "$candidate"
            return
        fi
    done
    if command -v python3 >/dev/null 2>&1; then
        fail "Found $(python3 -V 2>&1), but this book needs Python $oldest to $newest.
Install one of these; if it is not called python3, say: make PYTHON=/path/to/python3.12 ..."
    fi
    fail "There is no python3 on this machine. Install Python $oldest to $newest and run make again."
}

checksum() {
    # cksum is in POSIX; sha256sum is not on macOS. What is installed depends on these two files.
    # The folder too: a virtual environment holds its own path and breaks when it is moved.
    { cat requirements.txt pyproject.toml; pwd; } | cksum
}

wanted=$(checksum)
if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ] && [ -x "$venv/bin/python" ] &&
    "$venv/bin/python" -c '' 2>/dev/null; then
    exit 0
fi

if [ "$(uname -s)-$(uname -m)" = Darwin-x86_64 ]; then
    fail "PyTorch is no longer built for Macs with an Intel processor. Use Linux, Windows, a Mac with
Apple silicon, or a container."
fi

python=$(find_python) || exit 1
"$python" -c 'import venv, ensurepip' 2>/dev/null ||
    fail "$("$python" -V 2>&1) has no venv module, which makes virtual environments.
On Debian and Ubuntu it is a package of its own: sudo apt install python3-venv"

echo "Making the virtual environment $venv with $("$python" -V 2>&1); this takes a few minutes, once."
rm -rf "$venv"
"$python" -m venv "$venv"
pip="$venv/bin/python -m pip --disable-pip-version-check --quiet"

# torch first and alone. On Linux the package index would bring CUDA with it, useless without a
# GPU. An index that cannot be reached is asked five times for every package, so it is tried
# once, with a short limit, and used for this one package only.
torch=$(grep '^torch==' requirements.txt)
answers() {
    "$python" -c 'import sys, urllib.request as u; u.urlopen(sys.argv[1], timeout=5)' \
        "$TORCH_CPU_INDEX/torch/" 2>/dev/null
}
if [ "$(uname -s)" = Linux ] && ! command -v nvidia-smi >/dev/null 2>&1; then
    if ! { answers && $pip install --timeout 15 --retries 1 --no-deps --index-url "$TORCH_CPU_INDEX" "$torch"; }; then
        echo "PyTorch's CPU index does not answer; taking $torch from the default index."
        $pip install --no-deps "$torch"
    fi
fi
$pip install -r requirements.txt
# The package lib itself, editable: a chapter runs from its own folder and still finds it.
$pip install --no-deps --no-build-isolation -e .
# A released exercise imports check, which students have beside it. Nothing else of exercises/ here.
packages=$("$venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
ln -sf "$PWD/exercises/check.py" "$packages/check.py"
echo "$wanted" >"$stamp"
