"""Texts translated into another language and back."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from stages.augmenters.new_texts import cells_of, encode_texts, occurrence, source_rows, text_keys
from stages.augmenters.translators import Translations, Translator
from stages.examples.encoded import Array, Encoded, Spec

CACHE = "translations.sqlite"


@dataclass(frozen=True)
class BackTranslation:
    """New texts that say the same in other words; labels and weights stay.

    A text whose translation back is the text itself gives no new one. Sennrich, Haddow and Birch (2016),
    Improving neural machine translation models with monolingual data, ACL; for classification as in Yu et
    al. (2018), QANet.

    Parameters
    ----------
    routes
        For each new text of a row the commands its text goes through one after another; see `Translator`.
    ratio
        Classes are filled up to this fraction of the largest one, 0 to 1, as far as each row has one text a
        route; 0: not.
    copies
        New texts for each row of train besides, at most one a route.
    batch_size
        Texts given to a command at once.
    timeout
        Seconds a command may take for them.
    seed
        Decides which rows get new texts, where not all do.

    Examples
    --------
    >>> routes = [["tr a-z A-Z", "tr O 0"]]
    >>> there_and_back = BackTranslation(routes, ratio=0.0, copies=1, batch_size=9, timeout=60, seed=0)
    >>> there_and_back.translate(["one"], np.array([0]))
    ['0NE']
    """

    routes: list[list[str]]
    ratio: float
    copies: int
    batch_size: int
    timeout: int
    seed: int
    needs_rows: ClassVar[bool] = True

    def augment(
        self, train: Encoded, *, spec: Spec, rows: pd.DataFrame, preprocessing: Any, cache: Path
    ) -> Encoded:
        """Return the examples with texts translated there and back.

        Raises
        ------
        ValueError
            If there is no text, or a program is not there or fails.
        """
        if self.copies > len(self.routes):
            raise ValueError(
                f"augment.copies={self.copies} needs as many routes (a program says the same thing twice): "
                f"augment.routes has {len(self.routes)}. Add routes through other languages, or lower copies."
            )
        sources = source_rows(train, ratio=self.ratio, copies=self.copies, seed=self.seed)
        sources = sources[occurrence(sources) < len(self.routes)]
        route = occurrence(sources)
        kept = Translations(cache / CACHE)
        texts = {
            key: self.translate(cells_of(rows, key, sources), route, cache=kept)
            for key in text_keys(preprocessing, "back_translation")
        }
        return encode_texts(train, sources, rows=rows, texts=texts, preprocessing=preprocessing)

    def translate(self, texts: list[str], route: Array, *, cache: Translations | None = None) -> list[str]:
        """Return each of `texts` after its route, by number; unchanged but for white space: as it was."""
        made = list(texts)
        for number, commands in enumerate(self.routes):
            places = np.flatnonzero(route == number).tolist()
            translated = [texts[place] for place in places]
            for command in commands:
                translator = Translator(command, self.batch_size, self.timeout)
                translated = translator.translate(translated, cache=cache)
            for place, new in zip(places, translated, strict=True):
                made[place] = texts[place] if new == " ".join(texts[place].split()) else new
        return made
