"""The final check of the built book."""

from pathlib import Path

from website import check


def test_a_page_that_was_not_built_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "_toc.yml").write_text(
        "format: jb-book\nroot: a\nchapters:\n  - file: b\n", encoding="utf-8"
    )
    html = tmp_path / "_build" / "html"
    html.mkdir(parents=True)
    (html / "a.html").touch()
    assert check.missing_pages(tmp_path) == ["b"]
