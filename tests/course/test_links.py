"""Where the book's links lead."""

from __future__ import annotations

import pytest

from course import links


def test_the_environment_goes_before_the_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "decided", lambda root: "https://github.com/owner/book")
    monkeypatch.delenv("BOOK", raising=False)
    assert links.address() == links.sections()["book"] == "https://owner.github.io/book/"
    for given in ("https://example.org/ce", "https://example.org/ce/"):
        monkeypatch.setenv("BOOK", given)
        assert links.address() == links.sections()["book"] == "https://example.org/ce/"


@pytest.mark.parametrize("given", ["example.org", "https://a b", "https://x.org/)[x](y"])
def test_what_is_not_an_address_is_refused(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv("BOOK", given)
    with pytest.raises(ValueError, match="is not a web address"):
        links.address()
