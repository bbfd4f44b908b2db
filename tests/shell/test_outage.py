"""What is said where a row cannot be written: an outage once, anything else for what it is."""

from __future__ import annotations

import logging
import sqlite3
from pathlib import Path

import pytest
import requests
from mlflow.exceptions import MlflowException
from sqlalchemy.exc import OperationalError
from urllib3.exceptions import ProtocolError

from stages.shell.tracking.outage import is_outage, is_told, refused_clearly, warn_once


@pytest.fixture(autouse=True)
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(logging.getLogger("stages"), "propagate", True)
    monkeypatch.setenv("DVC_ROOT", str(tmp_path))
    return tmp_path


OUTAGES = [
    MlflowException("no answer"),
    requests.ConnectionError("refused"),
    ProtocolError("cut off"),
    OperationalError("SELECT 1", {}, Exception("gone")),
    sqlite3.OperationalError("database is locked"),
    ConnectionRefusedError("refused"),
]


@pytest.mark.parametrize("error", OUTAGES, ids=lambda error: type(error).__name__)
def test_an_outage_is_said_once(error: Exception, caplog: pytest.LogCaptureFixture) -> None:
    assert is_outage(error)
    warn_once(error)
    warn_once(MlflowException("again"))
    assert caplog.text.count("MLflow cannot be reached") == 1
    assert is_told()


@pytest.mark.parametrize("error", [KeyError("choices"), PermissionError(13, "no entry", "mlartifacts")])
def test_what_is_no_outage_is_named_and_does_not_count_as_one(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    warn_once(error)
    (record,) = caplog.records
    assert record.levelname == "WARNING"
    assert f"MLflow did not get all of the run ({type(error).__name__}: {error})" in record.getMessage()
    assert not is_told()
    warn_once(MlflowException("no answer"))
    assert caplog.text.count("MLflow cannot be reached") == 1


def test_only_an_outage_is_refused_as_one() -> None:
    with pytest.raises(ValueError, match="MLflow refused, at sqlite"), refused_clearly():
        raise requests.ConnectionError("no answer")
    with pytest.raises(KeyError), refused_clearly():
        raise KeyError("choices")
