"""Transfer learning: a network of ``keras.applications`` without its top, and a new top."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import keras

from stages.models.applications import COLOURS, build_application, preprocessed, smallest_size
from stages.models.convolution import GlobalPooling, pooled
from stages.models.ending import Ending, ended
from stages.models.features import Embedding
from stages.models.image_input import Rescaling, image
from stages.models.interface import Inputs, Outputs, Tensor
from stages.models.pretrained import IMAGENET, load_weights

BACKBONE = "backbone"
"""Name of the layer that fine-tuning freezes and unfreezes; any model may have one."""
FEATURES = "backbone_features"
"""Name of the layer that makes one vector of what the backbone found."""
NO_ARGUMENTS: Mapping[str, Any] = {}
RANDOM = (
    "the backbone begins with random weights, so nothing is transferred: model.weights=imagenet downloads "
    "those of ImageNet, model.weights=FILE reads a file."
)


def build_backbone(  # noqa: PLR0913 - every keyword is a parameter of conf/model/backbone.yaml
    inputs: Inputs,
    outputs: Outputs,
    *,
    name: str = "MobileNetV2",
    weights: str = "none",
    weights_sha256: str | None = None,
    arguments: Mapping[str, Any] = NO_ARGUMENTS,
    resolution: Sequence[int] | None = None,
    rescaling: Rescaling | Literal["auto"] = "auto",
    pooling: GlobalPooling = "average",
    dense_units: Sequence[int] = (),
    dropout: float = 0.2,
    l2: float = 0.0,
    output_activation: str = "auto",
    embedding_dimension: int | Literal["auto"] = "auto",
    embedding_dropout: float = 0.0,
    embedding_l2: float = 0.0,
) -> Any:
    """Return the network called `name` over the pictures, pooled, then dense layers and the output.

    Parameters
    ----------
    weights
        ``none`` for random ones, ``imagenet`` to download those of Keras, or the path of a file.
    weights_sha256
        Checksum the file must have.
    arguments
        Further keywords of the network, as Keras names them: ``{"alpha": 0.35}``.
    resolution
        Height and width to which pictures are brought before the network; None leaves them as they are,
        unless the network takes no pictures so small.
    rescaling
        ``auto`` for the network's own; see `stages.models.image_input.image` for the others.

    Raises
    ------
    ValueError
        If there is no such network or file, the weights do not fit, or the pictures are too small.

    Examples
    --------
    >>> from stages.examples.encoded import InputSpec, Spec
    >>> from stages.models.interface import make_inputs, make_outputs
    >>> picture = InputSpec(name="image", dtype="uint8", shape=(32, 32, 1))
    >>> spec = Spec(task="binary", classes=("cat", "dog"), inputs=(picture,))
    >>> model = build_backbone(make_inputs(spec), make_outputs(spec), name="MobileNet",
    ...     arguments={"alpha": 0.25})
    >>> model.get_layer("backbone").output_shape
    (None, 1, 1, 256)
    """
    maps = _sized(_scaled(inputs, rescaling, name), resolution, smallest=smallest_size(name))
    network = build_application(name, shape=tuple(maps.shape[1:]), weights=weights, arguments=arguments)
    if weights not in IMAGENET:
        load_weights(network, weights, sha256=weights_sha256)
    network.name = BACKBONE
    trunk = pooled(network(maps), pooling, name=FEATURES)
    embedding = Embedding(dimension=embedding_dimension, dropout=embedding_dropout, l2=embedding_l2)
    ending = Ending(dense_units, dropout=dropout, l2=l2, activation=output_activation, embedding=embedding)
    model = keras.Model(
        dict(inputs.tensors), ended(trunk, inputs, outputs, ending=ending), name="transfer_model"
    )
    model.adapter_notes = (RANDOM,) if weights == "none" else ()
    return model


def _scaled(inputs: Inputs, rescaling: Rescaling | Literal["auto"], name: str) -> Tensor:
    """Return the picture in three colours, its brightness as the network wants it."""
    if rescaling != "auto":
        return _coloured(image(inputs, rescaling=rescaling))
    return preprocessed(_coloured(image(inputs, rescaling="none")), name)


def _coloured(maps: Tensor) -> Tensor:
    if maps.shape[-1] == COLOURS:
        return maps
    return keras.layers.Concatenate(name="image_grey_to_colour")([maps] * COLOURS)


def _sized(maps: Tensor, size: Sequence[int] | None, *, smallest: int) -> Tensor:
    own = tuple(maps.shape[1:3])
    wanted = tuple(size or (max(each, smallest) for each in own))
    if own == wanted:
        return maps
    return keras.layers.Resizing(*wanted, interpolation="bilinear", name="image_resized")(maps)
