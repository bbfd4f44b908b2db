"""Without a browser its tests are skipped with the reason; in CI, which lets none be skipped, they fail."""

from __future__ import annotations

import pytest
from browser import chromium


@pytest.fixture
def no_browser(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))


def test_skips_with_a_reason(no_browser, monkeypatch):
    monkeypatch.delenv("UPCURVE_ALL_TESTS", raising=False)
    with pytest.raises(pytest.skip.Exception, match="apt-get install chromium"):
        chromium()


def test_fails_where_every_test_must_run(no_browser, monkeypatch):
    monkeypatch.setenv("UPCURVE_ALL_TESTS", "1")
    with pytest.raises(pytest.fail.Exception, match="no Chromium on PATH"):
        chromium()
