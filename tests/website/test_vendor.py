"""Third-party files are those on the list, and come with their licences."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import yaml

from website import update_vendor

ROOT = Path(__file__).resolve().parents[2]


class TestVendored:
    @pytest.mark.parametrize("folder", update_vendor.FOLDERS, ids=lambda f: "-".join(f.parts[-2:]))
    def test_the_checksums_agree(self, folder: Path) -> None:
        assert update_vendor.differing(folder) == []
        facts = json.loads((folder / update_vendor.MANIFEST).read_text(encoding="utf-8"))
        assert facts["version"]
        assert any(name.startswith("LICENSE") for name in facts["sha256"])

    def test_a_changed_an_added_and_a_missing_file_are_named(self, tmp_path: Path) -> None:
        copy = tmp_path / "icons"
        shutil.copytree(update_vendor.ICONS, copy)
        (copy / "sun.svg").write_text("<svg/>", encoding="utf-8")
        (copy / "moon.svg").unlink()
        (copy / "new.svg").write_text("<svg/>", encoding="utf-8")
        assert update_vendor.differing(copy) == ["moon.svg", "new.svg", "sun.svg"]

    def test_every_package_of_tex_is_in_the_file(self) -> None:
        config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
        packages = config["sphinx"]["config"]["mathjax3_config"]["tex"]["packages"]["[+]"]
        extensions = [name for name in update_vendor.COMPONENTS if "/extensions/" in name]
        assert packages == [name.rsplit("/", 1)[1] for name in extensions]
