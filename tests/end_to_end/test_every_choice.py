"""Every choice of every group runs through to a trained model and its metrics, on a sample of real data.

In one process, by calling the stages' own functions; what lies before the changed stage is made once.
"""

from __future__ import annotations

import importlib
import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
import yaml
from samples import put_sample

from stages.shell.compose import compose
from stages.shell.groups import find_groups
from stages.shell.store import Store

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
STAGES = ["clean", "split", "baseline", "encode", "resample", "augment", "train", "evaluate"]
FIRST = {"dataset": "clean", "model": "train"}
"""The first stage a group reaches, where it is not the stage of the same name."""
GROUPS = find_groups(ROOT / "conf")
CHOICES = [(group, name) for group, names in GROUPS.items() for name in names]
QUICK = ("train.epochs=1", "train.batch_size=64", "evaluate.bootstrap_resamples=40", "dataset.sha256={}")

SMALL_BACKBONE = ("model.arguments={alpha:0.35}", "model.resolution=[32,32]")
TOKENS = ("encode.text=tokens", "encode.text.length=40", "encode.text.vocabulary_size=500")
NEEDS: dict[tuple[str, str], tuple[str, ...]] = {
    ("split.strategy", "grouped"): ("dataset.group=Job",),
    ("split.strategy", "grouped_stratified"): ("dataset.group=Job",),
    ("split.strategy", "by_time"): ("dataset.time=Seniority",),
    ("split.strategy", "predefined"): ("dataset.part=Home_part",),
    ("train.class_weight", "given"): ("train.class_weight.weights={bad:2.0,good:1.0}",),
    ("encode.text", "tokens"): ("model=embedding_average",),
    ("model", "backbone"): SMALL_BACKBONE,
    ("train.fine_tuning", "last_layers"): (
        *SMALL_BACKBONE,
        "model=backbone",
        "train.fine_tuning.layers=5",
        "train.fine_tuning.epochs=1",
    ),
    **{("model", name): TOKENS for name in ("embedding_average", "text_cnn", "rnn", "transformer")},
    ("augment", "eda"): ("augment.copies=1",),
    ("augment", "back_translation"): ("augment.routes=[[cat]]", "augment.ratio=1.0", "augment.copies=0"),
}
"""What a choice needs besides its own name."""
PICTURES, TEXTS, SERIES = "fashion", "emails", "vowels"
DATA = {
    **{("encode.target", name): "ames" for name in ("log1p", "quantile", "standard")},
    **{("encode.image", name): PICTURES for name in GROUPS["encode.image"]},
    **{("encode.text", name): TEXTS for name in GROUPS["encode.text"]},
    **{("encode.sequence", name): SERIES for name in GROUPS["encode.sequence"]},
    **{("model", name): PICTURES for name in ("cnn", "resnet", "backbone")},
    **{("model", name): TEXTS for name in ("embedding_average", "text_cnn", "rnn", "transformer")},
    **{("model", name): SERIES for name in ("fcn", "resnet_1d")},
    **{("augment", name): PICTURES for name in GROUPS["augment"] if name.startswith("image")},
    **{("augment", name): SERIES for name in GROUPS["augment"] if name.startswith("sequence")},
    **{("augment", name): TEXTS for name in ("eda", "back_translation")},
    ("train.fine_tuning", "last_layers"): PICTURES,
}
"""The data set that a choice is tried on, where it is not credit."""


@cache
def sample(folder: Path, dataset: str) -> Path:
    """Put a part of a committed data set below `folder`; return the data folder."""
    return put_sample(ROOT / "data" / "raw" / dataset, folder / dataset / "raw" / dataset).parents[1]


def run(stage: str, arguments: tuple[str, ...], data: Path, page: dict[str, str]) -> None:
    """Run one stage's function as its entry does."""
    settings = importlib.import_module(f"stages.settings.{stage}")
    config_type = getattr(settings, f"{stage.capitalize()}Config")
    document = compose(ROOT, arguments, page=page).document()
    config = config_type.model_validate({key: document[key] for key in config_type.model_fields})
    store = Store(stage, data / stage, data=data, scope=str(arguments))
    store.begin()
    importlib.import_module(f"stages.{stage}").main.__wrapped__(config, store)
    store.finish()


def arguments_of(dataset: str) -> tuple[str, ...]:
    ignored = ("dataset.columns.ignored=[Home_part]",) if dataset == "credit" else ()
    return (*QUICK, *ignored)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Path]]:
    """A function that returns the data folder of a data set, every stage run once with the defaults."""
    folder = tmp_path_factory.mktemp("base")
    done: dict[str, Path] = {}

    def made(dataset: str) -> Path:
        if dataset not in done:
            data = sample(folder, dataset)
            for stage in STAGES:
                run(stage, arguments_of(dataset), data, {"dataset": dataset})
            done[dataset] = data
        return done[dataset]

    yield made


def try_on(dataset: str, group: str, name: str, base: Callable[[str], Path], folder: Path) -> Path:
    """Run the pipeline with this choice from its first stage on; return its data folder."""
    data = folder / dataset
    shutil.copytree(base(dataset), data)
    needs = NEEDS.get((group, name), ())
    sections = [word.partition(".")[0].partition("=")[0] for word in (group, *needs)]
    first = min((FIRST.get(each, each) for each in sections), key=STAGES.index)
    arguments = (*arguments_of(dataset), f"{group}={name}", *needs)
    if ("split.strategy", name) == (group, "predefined"):
        arguments = tuple(each for each in arguments if "ignored" not in each)
    for stage in STAGES[STAGES.index(first) :]:
        shutil.rmtree(data / stage)
        run(stage, arguments, data, {"dataset": dataset})
    return data


@pytest.mark.parametrize(("group", "name"), CHOICES, ids=[f"{group}={name}" for group, name in CHOICES])
def test_a_choice_trains(group: str, name: str, base: Callable[[str], Path], tmp_path: Path) -> None:
    dataset = name if group == "dataset" else DATA.get((group, name), "credit")
    data = try_on(dataset, group, name, base, tmp_path)
    metrics = yaml.safe_load((data / "evaluate" / "metrics.json").read_text())
    assert metrics["test"]["r2" if dataset == "ames" else "accuracy"] is not None
    assert (data / "train" / "model.keras").stat().st_size > 0
