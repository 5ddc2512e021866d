"""The project around the chapters: environment, address, workflows, pages."""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import subprocess
import sys
import tomllib
from itertools import chain
from pathlib import Path

import check_jsonschema
import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

import lib
from course import contents
from scripts import cover, repository

ROOT = Path(__file__).resolve().parents[2]


def pinned() -> dict[str, str]:
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    pins = [Requirement(line) for line in lines if line and not line.startswith("#")]
    return {pin.name.lower(): str(pin.specifier) for pin in pins}


def tracked_files() -> list[Path]:
    """The files of the project: those tracked by git or, without git, those that are not built."""
    try:
        names = subprocess.run(
            ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout.split("\n")
        return [ROOT / name for name in names if name and (ROOT / name).is_file()]
    except (OSError, subprocess.CalledProcessError):
        built = {".venv", "_build", ".git"}
        return [p for p in ROOT.rglob("*") if p.is_file() and not built & set(p.parts)]


def _relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


class TestEnvironment:
    def test_every_pin_is_exact(self) -> None:
        assert all(re.fullmatch(r"==[\w.!+]+", version) for version in pinned().values())

    def test_pins_lie_in_the_ranges_of_pyproject(self) -> None:
        project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        extras = project["optional-dependencies"].values()
        wanted = [*project["dependencies"], *chain.from_iterable(extras)]
        pins = pinned()
        for text in wanted:
            need = Requirement(text)
            assert pins[need.name.lower()].removeprefix("==") in need.specifier, text

    def test_nothing_for_cuda_is_pinned(self) -> None:
        assert not [name for name in pinned() if name.startswith(("nvidia", "cuda", "triton"))]

    def test_jupyter_book_is_version_1(self) -> None:
        version = pinned()["jupyter-book"].removeprefix("==")
        assert version in SpecifierSet(">=1.0.4.post1,<2")

    def test_this_environment_is_the_pinned_one(self) -> None:
        import numpy
        import torch

        assert pinned()["numpy"] == f"=={numpy.__version__}"
        assert pinned()["torch"] == f"=={torch.__version__.split('+')[0]}"


@pytest.mark.skipif(sys.platform == "win32", reason="setup.sh is for make, on Linux and macOS")
class TestSetupSaysWhatIsMissing:
    """scripts/setup.sh with a PATH on which python is missing, too old, or without venv."""

    def run(
        self, tmp_path: Path, fake_python: str | None, **env: str
    ) -> subprocess.CompletedProcess:
        tools = tmp_path / "bin"
        tools.mkdir()
        for tool in ("sh", "cat", "cksum", "grep", "uname", "rm"):
            found = shutil.which(tool)
            assert found is not None
            (tools / tool).symlink_to(found)
        if fake_python is not None:
            python = tools / "python3"
            python.write_text(fake_python, encoding="utf-8")
            python.chmod(python.stat().st_mode | stat.S_IXUSR)
        for name in ("requirements.txt", "pyproject.toml"):
            shutil.copy(ROOT / name, tmp_path)
        return subprocess.run(
            ["sh", ROOT / "scripts" / "setup.sh"],
            cwd=tmp_path,
            env={"PATH": str(tools), "TORCH_CPU_INDEX": "http://127.0.0.1:9", **env},
            capture_output=True,
            text=True,
            timeout=30,
        )

    def test_no_python(self, tmp_path: Path) -> None:
        done = self.run(tmp_path, None)
        assert done.returncode == 1
        assert "There is no python3 on this machine" in done.stderr
        assert not (tmp_path / ".venv").exists()

    def test_python_too_old(self, tmp_path: Path) -> None:
        fake = '#!/bin/sh\n[ "$1" = -V ] && { echo Python 3.8.20; exit 0; }\nexit 1\n'
        done = self.run(tmp_path, fake)
        assert done.returncode == 1
        assert "Found Python 3.8.20, but this book needs Python 3.11 to 3.13" in done.stderr
        assert not (tmp_path / ".venv").exists()

    def test_python_named_but_not_there(self, tmp_path: Path) -> None:
        done = self.run(tmp_path, None, PYTHON="/nowhere/python")
        assert done.returncode == 1
        assert "PYTHON is set to /nowhere/python, which is not there" in done.stderr

    def test_no_venv_module(self, tmp_path: Path) -> None:
        fake = (
            '#!/bin/sh\ncase "$*" in\n  -V) echo Python 3.12.3;;\n'
            "  *ensurepip*) exit 1;;\n  *) exit 0;;\nesac\n"
        )
        done = self.run(tmp_path, fake)
        assert done.returncode == 1
        assert "Python 3.12.3 has no venv module" in done.stderr
        assert "apt install python3-venv" in done.stderr
        assert not (tmp_path / ".venv").exists()


class TestRepositoryAddress:
    URL = "https://github.com/someone/why-cross-entropy"

    @pytest.fixture
    def copy(self, tmp_path: Path) -> Path:
        for name in ("_config.yml", "CITATION.cff", "README.md"):
            shutil.copy(ROOT / name, tmp_path)
        (tmp_path / "chapters").mkdir()
        for path in (ROOT / "chapters").glob("*.ipynb"):
            shutil.copy(path, tmp_path / "chapters")
        return tmp_path

    def write(self, copy: Path, url: str) -> None:
        for path, text in repository.files(url, copy).items():
            path.write_text(text, encoding="utf-8")

    def test_every_file_says_what_the_configuration_decided(self) -> None:
        assert repository.disagreeing() == []

    def test_unset_shows_no_link(self, copy: Path) -> None:
        self.write(copy, "")
        config = yaml.safe_load((copy / "_config.yml").read_text(encoding="utf-8"))
        assert config["repository"]["url"] == ""
        assert config["launch_buttons"]["binderhub_url"] == ""
        assert config["launch_buttons"]["colab_url"] == ""
        assert not any(v for k, v in config["html"].items() if k.startswith("use_"))
        assert "mybinder" not in (copy / "README.md").read_text(encoding="utf-8")
        assert "repository-code" not in (copy / "CITATION.cff").read_text(encoding="utf-8")

    def test_set_shows_every_link(self, copy: Path) -> None:
        self.write(copy, self.URL)
        config = yaml.safe_load((copy / "_config.yml").read_text(encoding="utf-8"))
        assert config["repository"]["url"] == self.URL
        assert config["launch_buttons"]["binderhub_url"] == "https://mybinder.org"
        assert all(v for k, v in config["html"].items() if k.startswith("use_"))
        assert "/v2/gh/someone/why-cross-entropy/main" in (copy / "README.md").read_text(
            encoding="utf-8"
        )
        assert f"repository-code: {self.URL}" in (copy / "CITATION.cff").read_text(encoding="utf-8")
        assert repository.disagreeing(copy) == []

    def test_set_and_unset_leaves_the_files_as_they_were(self, copy: Path) -> None:
        self.write(copy, "")
        before = {p.name: p.read_bytes() for p in copy.rglob("*.*") if p.is_file()}
        for url in (self.URL, "https://github.com/another/address.of-it", ""):
            self.write(copy, url)
            after = {p.name: p.read_bytes() for p in copy.rglob("*.*") if p.is_file()}
            assert all((after[name] == before[name]) == (url == "") for name in before)

    def test_colab_installs_the_package_first(self, copy: Path) -> None:
        self.write(copy, self.URL)
        for path in (copy / "chapters").iterdir():
            cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
            first = next(cell for cell in cells if cell["cell_type"] == "code")
            assert f"%pip install --quiet git+{self.URL}\n" in "".join(first["source"])
            assert path.read_text(encoding="utf-8").count("%pip") == 1

    def test_one_file_that_disagrees_is_named(self, copy: Path) -> None:
        self.write(copy, self.URL)
        self.write_citation_by_hand(copy)
        assert repository.disagreeing(copy) == ["CITATION.cff"]

    def write_citation_by_hand(self, copy: Path) -> None:
        path = copy / "CITATION.cff"
        path.write_text(path.read_text(encoding="utf-8").replace("someone", "someone-else"))


class TestFiles:
    @pytest.mark.parametrize(
        ("schema", "files"),
        [
            ("vendor.github-workflows", sorted((ROOT / ".github" / "workflows").glob("*.yml"))),
            ("vendor.citation-file-format", [ROOT / "CITATION.cff"]),
        ],
        ids=["workflows", "citation"],
    )
    def test_valid_against_the_official_schema(
        self, schema: str, files: list[Path], capsys: pytest.CaptureFixture[str]
    ) -> None:
        arguments = ["--builtin-schema", schema, *map(str, files)]
        code = check_jsonschema.main(arguments, standalone_mode=False)
        shown = "".join(capsys.readouterr())
        assert not code, shown
        assert "ok -- validation done" in shown

    def test_every_page_of_the_toc_has_a_source(self) -> None:
        for page in contents.pages():
            assert any((ROOT / f"{page}{suffix}").is_file() for suffix in (".md", ".ipynb")), page

    def test_lib_is_not_ignored(self) -> None:
        ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
        assert not {"lib", "lib/", "lib*/"} & {line.strip() for line in ignored}

    def test_the_installed_lib_is_found_from_any_folder(self, tmp_path: Path) -> None:
        environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
        done = subprocess.run(
            [sys.executable, "-c", "import lib; print(lib.__file__)"],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        assert Path(done.stdout.strip()) == ROOT / "lib" / "__init__.py"

    def test_every_module_of_lib_is_named_where_lib_is_described(self) -> None:
        paths = [
            p for p in (ROOT / "lib").iterdir() if p.suffix == ".py" or (p / "__init__.py").exists()
        ]
        modules = {path.stem for path in paths if not path.name.startswith("_")}
        readme = (ROOT / "README.md").read_text(encoding="utf-8")
        (row,) = re.findall(r"(?m)^\| `lib/` \| (.+) \|$", readme)
        assert set(re.findall(r"`(\w+)`", row)) == modules
        assert set(re.findall(r"``lib\.(\w+)``", lib.__doc__ or "")) == modules

    def test_relative_links_of_the_readme_lead_somewhere(self) -> None:
        for name in ("README.md", "CONTRIBUTING.md"):
            text = (ROOT / name).read_text(encoding="utf-8")
            for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", text):
                assert (ROOT / target).exists(), f"{name} links to {target}"

    @pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "chapters/instructors.md"])
    def test_every_path_that_a_page_names_is_there(self, name: str) -> None:
        """A placeholder, NAME, TOPIC or <chapter>, stands for any name."""
        text = (ROOT / name).read_text(encoding="utf-8")
        top = {path.split("/")[0] for path in map(_relative, tracked_files()) if "/" in path}
        paths = {
            match[1]
            for match in re.finditer(r"`([\w.-]+/[^`\s]*)`", text)
            if match[1].split("/")[0] in top or match[1].startswith("_")
        }
        gone = [
            path
            for path in sorted(paths)
            if not path.startswith("_build/")
            and not list(ROOT.glob(re.sub(r"NN_\w+|NAME|TOPIC|<[^>]*>", "*", path.rstrip("/"))))
        ]
        assert paths
        assert not gone

    def test_the_cover_is_what_its_script_draws(self) -> None:
        assert (ROOT / "chapters" / "images" / "cover.svg").read_bytes() == cover.svg()

    def test_pytorch_index_stands_only_where_it_may(self) -> None:
        makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
        found = re.search(r"^TORCH_CPU_INDEX \?= https://(\S+)$", makefile, re.MULTILINE)
        assert found is not None
        for path in tracked_files():
            name = path.relative_to(ROOT).as_posix()
            if not name.startswith(("Makefile", "binder/", ".github/")):
                assert found[1].encode() not in path.read_bytes(), name
