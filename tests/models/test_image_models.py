"""Networks for pictures: their shapes, what they make of brightness, pretrained weights, refusals."""

from __future__ import annotations

import hashlib
import inspect
from pathlib import Path
from typing import Any

import keras
import model_cases as cases
import numpy as np
import pytest
from pydantic import ValidationError

from stages.models.applications import application, build_application, preprocessed, smallest_size
from stages.models.backbone import build_backbone
from stages.models.cnn import build_cnn
from stages.models.convolution import Convolutions
from stages.models.image_input import image
from stages.models.interface import Inputs, make_inputs, make_outputs
from stages.models.loading import load_model
from stages.models.pretrained import load_weights
from stages.models.resnet import build_resnet
from stages.settings.image_model import IMAGE_MODELS
from stages.training.archive import save_model

SMALL = {"name": "MobileNet", "arguments": {"alpha": 0.25}}


def inputs_of(shape: tuple[int, ...] = (8, 8, 3), **described: Any) -> Inputs:
    picture = cases.InputSpec(name="image", dtype="uint8", shape=shape, **described)
    return make_inputs(cases.Spec(task="binary", classes=("cat", "dog"), inputs=(picture,)))


def build(function: Any, shape: tuple[int, ...] = (8, 8, 3), **keywords: Any) -> keras.Model:
    inputs = inputs_of(shape)
    return function(inputs, make_outputs(inputs.spec), **keywords)


def pictures(rows: int, shape: tuple[int, ...]) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (rows, *shape)).astype(np.uint8)


@pytest.mark.parametrize(
    ("rescaling", "expected"),
    [
        ("unit", [[0, 1 / 255, 1]]),
        ("none", [[0, 1, 255]]),
        ("standardize", [[(0 - 100) / 50, (1 - 2) / 0.5, 255 - 255]]),  # the last channel never varies
    ],
)
def test_brightness_is_brought_to_a_usual_scale(rescaling: Any, expected: list[list[float]]) -> None:
    inputs = inputs_of((1, 1, 3), mean=(100.0, 2.0, 255.0), std=(50.0, 0.5, 0.0))
    model = keras.Model(dict(inputs.tensors), image(inputs, rescaling=rescaling))
    found = model({"image": np.array([0, 1, 255], np.uint8).reshape(1, 1, 1, 3)})
    np.testing.assert_allclose(np.asarray(found)[0, 0], expected, rtol=1e-6)
    assert found.dtype == "float32"


def test_standardizing_without_statistics_is_refused() -> None:
    with pytest.raises(ValueError, match=r"rescaling=standardize needs the mean .*dvc repro encode"):
        image(inputs_of(), rescaling="standardize")


@pytest.mark.parametrize(
    ("keywords", "shape", "last"),
    [
        ({}, (28, 28, 1), (None, 3, 3, 8)),
        ({"pooling": "average"}, (28, 20, 1), (None, 3, 2, 8)),
        ({"pooling": "stride"}, (9, 9, 1), (None, 2, 2, 8)),
        ({"pooling": "none"}, (9, 9, 1), (None, 9, 9, 8)),
        ({}, (3, 3, 1), (None, 1, 1, 8)),  # what is one pixel wide is pooled no more
    ],
)
def test_every_block_of_the_cnn_halves_the_maps(keywords: Any, shape: Any, last: Any) -> None:
    model = build(build_cnn, shape, filters=[4, 6, 8], convolutions=1, **keywords)
    assert model.get_layer("image_features").input.shape == last


def test_the_cnn_has_the_convolutions_asked_for() -> None:
    model = build(build_cnn, filters=[4, 6], convolutions=3, dense_units=[5], l2=0.01)
    convolutions = [each for each in model.layers if isinstance(each, keras.layers.Conv2D)]
    assert [each.filters for each in convolutions] == [4, 4, 4, 6, 6, 6]
    assert [each.use_bias for each in convolutions] == [False] * 6
    assert len([each for each in model.layers if isinstance(each, keras.layers.BatchNormalization)]) == 6
    assert len(model.losses) == 6 + 2  # the penalty weighs on the dense layer and the output too


def test_dropout_of_whole_maps() -> None:
    model = build(build_cnn, filters=[64], convolutions=1, spatial_dropout=0.5)
    keras.utils.set_random_seed(0)
    layer = model.get_layer("block_1_dropout")
    dropped = np.asarray(layer(np.ones((1, 4, 4, 64), np.float32), training=True))
    assert set(np.unique(dropped.mean(axis=(1, 2)))) == {0.0, 2.0}


def test_stages_of_the_residual_network_halve_the_maps_and_begin_as_their_shortcut() -> None:
    model = build(build_resnet, (16, 16, 3), filters=[4, 4, 8], blocks=2, stem_filters=4)
    assert model.get_layer("image_features").input.shape == (None, 4, 4, 8)
    inner = keras.Model(
        model.inputs, [model.get_layer("stem_relu").output, model.get_layer("stage_1_2_relu").output]
    )
    stem, after = inner({"image": pictures(2, (16, 16, 3))})
    np.testing.assert_allclose(stem, after)  # no projection, and the branches begin at zero
    shortcuts = [each.name for each in model.layers if each.name.endswith("_shortcut")]
    assert shortcuts == ["stage_2_1_shortcut", "stage_3_1_shortcut"]


def test_stochastic_depth_grows_with_depth_and_drops_whole_branches() -> None:
    model = build(build_resnet, filters=[4, 4], blocks=2, stochastic_depth=0.4)
    layers = [each for each in model.layers if each.name.endswith("_depth")]
    assert [round(each.rate, 6) for each in layers] == [0.1, 0.2, 0.3, 0.4]
    dropped = np.asarray(layers[-1](np.ones((64, 2, 2, 4), np.float32), training=True))
    assert np.unique(dropped.mean(axis=(1, 2, 3))).tolist() == pytest.approx([0.0, 1 / 0.6])


@pytest.mark.parametrize("activation", ["prelu", "gelu"])
@pytest.mark.parametrize("normalization", ["none", "batch", "layer"])
def test_a_convolution_with_every_normalization(activation: str, normalization: Any) -> None:
    common = Convolutions(activation=activation, normalization=normalization)
    given = keras.Input((5, 5, 2))
    model = keras.Model(given, common.block(given, 3, name="one"))
    weights = {"none": 3, "batch": 4 * 3, "layer": 3 + 2 * 3}[normalization]
    assert model.count_params() == 2 * 9 * 3 + weights + (3 if activation == "prelu" else 0)


def test_every_network_of_keras_is_found_with_its_scale() -> None:
    names = {name for name, each in vars(keras.applications).items() if inspect.isfunction(each)}
    assert len(names) > 35
    for name in names:
        assert smallest_size(name) in (32, 71, 75)
        assert preprocessed(keras.Input((32, 32, 3)), name).shape == (None, 32, 32, 3)
    with pytest.raises(ValueError, match=r"model\.name=MobilNetV2 .* Did you mean MobileNetV2\?"):
        application("MobilNetV2")


@pytest.mark.parametrize("name", ["MobileNet", "ResNet50", "DenseNet121"])
def test_pictures_are_scaled_as_the_network_was_trained(name: str) -> None:
    given = keras.Input((2, 2, 3))
    model = keras.Model(given, preprocessed(given, name))
    shown = pictures(1, (2, 2, 3)).astype(np.float32)
    expected = {
        "MobileNet": shown / 127.5 - 1,
        "ResNet50": shown[..., ::-1] - np.array([103.939, 116.779, 123.68]),
        "DenseNet121": (shown / 255 - np.array([0.485, 0.456, 0.406])) / np.array([0.229, 0.224, 0.225]),
    }[name]
    np.testing.assert_allclose(model(shown), expected, rtol=1e-5, atol=1e-5)


def test_a_backbone_sees_three_colours_no_smaller_than_it_takes(tmp_path: Path) -> None:
    model = build(build_backbone, (10, 40, 1), **SMALL)
    assert model.get_layer("image_resized").output.shape == (None, 32, 40, 3)
    assert (
        model.get_layer("backbone").count_params()
        == build_application(
            "MobileNet", shape=(32, 40, 3), weights="none", arguments={"alpha": 0.25}
        ).count_params()
    )
    assert "random weights" in model.adapter_notes[0]
    save_model(model, tmp_path / "model.keras")
    shown = {"image": pictures(3, (10, 40, 1))}
    np.testing.assert_array_equal(load_model(tmp_path / "model.keras")(shown), model(shown))
    sized = build(build_backbone, (10, 40, 1), **SMALL, resolution=[48, 36])
    assert sized.get_layer("image_resized").output.shape == (None, 48, 36, 3)


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Files of the weights of a small network, as people have them."""
    folder = tmp_path_factory.mktemp("weights")
    keras.utils.set_random_seed(5)
    network = build_application("MobileNet", shape=(32, 32, 3), weights="none", arguments={"alpha": 0.25})
    network.save_weights(folder / "only.weights.h5")
    network.save(folder / "whole.keras")
    network.save(folder / "old.h5")
    files = {name: folder / name for name in ("only.weights.h5", "whole.keras", "old.h5")}
    for each in network.weights:
        files.setdefault("first", each.numpy())
    return files


@pytest.mark.parametrize("file", ["only.weights.h5", "whole.keras", "old.h5"])
def test_weights_are_read_from_a_file(file: str, weights: dict[str, Any]) -> None:
    path = weights[file]
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    keras.utils.set_random_seed(0)
    model = build(build_backbone, (32, 32, 3), **SMALL, weights=str(path), weights_sha256=digest)
    np.testing.assert_array_equal(model.get_layer("backbone").weights[0], weights["first"])
    assert model.adapter_notes == ()


def test_weights_that_do_not_fit_are_refused(weights: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "broken.weights.h5").write_bytes(b"no archive")
    (tmp_path / "weights.bin").write_bytes(b"")
    other = {"name": "MobileNet", "arguments": {"alpha": 0.5}}
    for file in ("only.weights.h5", "whole.keras"):
        with pytest.raises(ValueError, match=r"do not fit the network.*model\.arguments"):
            build(build_backbone, (32, 32, 3), **other, weights=str(weights[file]))
    network = build(build_cnn, filters=[2])
    for path, message in (
        (tmp_path / "broken.weights.h5", "do not fit the network"),
        (tmp_path / "missing.weights.h5", "is no file. Expected is imagenet, none, or the path"),
        (tmp_path / "weights.bin", "expected a file that ends in .weights.h5, .h5, .keras"),
    ):
        with pytest.raises(ValueError, match=message):
            load_weights(network, str(path))
    with pytest.raises(ValueError, match=r"has the SHA-256 [0-9a-f]{64}, expected 00"):
        load_weights(network, str(weights["only.weights.h5"]), sha256="00" * 32)


def test_a_download_that_fails_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*, include_top: bool, weights: str | None, input_shape: Any) -> None:
        raise Exception("URL fetch failure on https://example.org: None -- unreachable")

    monkeypatch.setattr(keras.applications, "MobileNet", failing)
    with pytest.raises(ValueError, match=r"could not be downloaded: URL fetch failure .*model\.weights=FILE"):
        build_application("MobileNet", shape=(32, 32, 3), weights="imagenet", arguments={})


def test_arguments_a_network_does_not_take_are_refused() -> None:
    with pytest.raises(ValueError, match=r"names alfa, which MobileNetV2 does not take: it takes alpha"):
        build(build_backbone, (32, 32, 3), arguments={"alfa": 0.35})
    with pytest.raises(ValueError, match=r"cannot be built .* with the arguments \{'alpha': 0\.3\}"):
        build_application("MobileNetV2", shape=(32, 32, 3), weights="imagenet", arguments={"alpha": 0.3})


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("cnn", {"filters": []}),
        ("cnn", {"filters": [0]}),
        ("cnn", {"convolutions": 0}),
        ("cnn", {"pooling": "mean"}),
        ("cnn", {"rescaling": "auto"}),
        ("cnn", {"spatial_dropout": 1.0}),
        ("resnet", {"stochastic_depth": 1.0}),
        ("resnet", {"stem_stride": 0}),
        ("resnet", {"blocks": True}),
        ("backbone", {"resolution": 96}),
        ("backbone", {"resolution": [96]}),
        ("backbone", {"weights": None}),
        ("backbone", {"weights_sha256": "abc"}),
        ("backbone", {"filters": [2]}),
    ],
)
def test_settings_refuse(name: str, wrong: dict[str, Any]) -> None:
    choice = cases.read_choice(cases.ROOT / f"conf/model/{name}.yaml")
    with pytest.raises(ValidationError):
        IMAGE_MODELS[choice["_target_"]].model_validate(choice | wrong)
