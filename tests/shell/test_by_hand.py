"""One stage by hand: what it refuses and what it shows."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from stages.settings.split import SplitConfig
from stages.settings.train import TrainConfig
from stages.shell.by_hand import open_by_hand
from stages.shell.compose import ConfigurationError

ROOT = Path(__file__).resolve().parents[2]


def test_overrides_reach_the_configuration_and_outputs_go_to_scratch() -> None:
    opened = open_by_hand("train", TrainConfig, ["train.epochs=2", "train/optimizer=sgd"])
    assert opened is not None
    config, store = opened
    assert config.train.epochs == 2
    assert config.train.optimizer.target == "keras.optimizers.SGD"
    assert store.folder == ROOT / "scratch" / "train"
    assert store.data == ROOT / "data"


def test_a_section_the_stage_does_not_read_is_refused() -> None:
    with pytest.raises(
        ConfigurationError, match=r"stage split does not read section `train` \(it reads: split\)"
    ):
        open_by_hand("split", SplitConfig, ["train.epochs=2"])


def test_an_unknown_key_is_refused_with_the_nearest() -> None:
    with pytest.raises(ConfigurationError, match="did you mean `test_size`"):
        open_by_hand("split", SplitConfig, ["split.test_siz=0.1"])


def test_cfg_shows_the_sections_and_runs_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert open_by_hand("split", SplitConfig, ["split.seed=7", "--cfg", "job"]) is None
    shown = yaml.safe_load(capsys.readouterr().out)
    assert set(shown) == {"split"}
    assert shown["split"]["seed"] == 7


def test_help_names_the_sections(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        open_by_hand("train", TrainConfig, ["--help"])
    assert end.value.code == 0
    assert "model, train" in capsys.readouterr().out
