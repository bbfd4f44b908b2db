"""New texts: which rows get them, what the four operations do, and translations paid for once."""

from __future__ import annotations

import os
import shutil
import stat
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from encode_examples import examples, preprocessing
from encoded_rows import build

from stages.augmenters.eda import WordChanges
from stages.augmenters.new_texts import occurrence, source_rows
from stages.augmenters.synonyms import match_case, read_synonyms
from stages.augmenters.translators import Translations, Translator
from stages.examples.encoded import Encoded, concatenate
from stages.examples.schema import FEATURE, Column

ENGLISH = "/usr/share/mythes/th_en_US_v2.dat"
SENTENCES = [
    "The large dog was happy in the garden.",
    "A small house stands near the river!",
    "He bought a car and a new phone",
    "free entry to win money",
    "ok",
    None,
]


def needs(found: object, what: str) -> None:
    """Skip, or fail where no test may be skipped."""
    if not found:
        (pytest.fail if os.environ.get("UPCURVE_ALL_TESTS") == "1" else pytest.skip)(
            f"{what} is not installed"
        )


def text_data(*, encoding: str = "tokens", repeats: int = 1):
    """Return encoded rows of `SENTENCES`, their spec, and what an augmenter of texts needs besides."""
    raw = pd.DataFrame({"y": ["n", "n", "n", "p", "p", "n"] * repeats, "size": np.arange(6.0 * repeats)})
    table, schema = examples(raw, "y", "binary")
    table[FEATURE + "message"] = pd.Series(SENTENCES * repeats, dtype="str")
    columns = (*schema.features, Column(name="message", role="text"))
    schema = schema.model_copy(update={"features": columns, "classes": ("n", "p")})
    fitted = preprocessing(schema, text=encoding)
    made = fitted.fit_transform(table, table["target"])
    weight = np.arange(len(table), dtype=np.float32) + 1
    train = Encoded(made.inputs, made.target, np.arange(len(table)), weight)
    return train, fitted.spec, {"rows": table, "preprocessing": fitted}


@pytest.fixture
def thesaurus(tmp_path: Path) -> str:
    path = tmp_path / "th_test.dat"
    path.write_text(
        "UTF-8\n"
        "dog|2\n(noun)|hound|domestic dog|canine (generic term)|dog\n(noun)|cad\n"
        "large|1\n(adj)|big|vast (similar term)|small (antonym)|size (related term)\n"
        "the|1\n(noun)|article\n"
        "river|1\n(noun)|stream (generic term)\n"
    )
    return str(path)


# --- the thesaurus -------------------------------------------------------------------------------------


def test_only_synonyms_are_read(thesaurus: str) -> None:
    found = read_synonyms(thesaurus, {"dog", "large", "river", "unknown"})
    assert found == {"dog": ("hound", "domestic dog", "cad"), "large": ("big", "vast")}


def test_the_english_thesaurus() -> None:
    needs(Path(ENGLISH).is_file(), "mythes-en-us")
    found = read_synonyms(ENGLISH, {"happy", "film", "buy"})
    assert {"movie", "picture"} <= set(found["film"])
    assert "unhappy" not in found["happy"]
    assert len(found) == 3


def test_wrong_thesaurus(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"augment.thesaurus=/no/file.*mythes-en-us.*thesaurus=null"):
        read_synonyms("/no/file", {"a"})
    wrong = tmp_path / "words.txt"
    for text in ("first\nsecond\n", "UTF-8\nword\n", ""):
        wrong.write_text(text)
        with pytest.raises(ValueError, match="MyThes format"):
            read_synonyms(str(wrong), {"a"})


def test_case() -> None:
    assert [match_case("big", word) for word in ("large", "Large", "LARGE", "I")] == [
        "big",
        "Big",
        "BIG",
        "Big",
    ]


# --- operations ----------------------------------------------------------------------------------------

WORDS = "The large dog saw a dog, he said".split()
CHANGES = WordChanges({"dog": ("hound",), "large": ("big",), "the": ("article",)}, frozenset({"the"}))


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_replacement() -> None:
    changed = CHANGES.replace(WORDS, 0.9, rng())
    assert changed == "The big hound saw a hound, he said".split()
    once = [CHANGES.replace(WORDS, 0.1, rng(seed)) for seed in range(30)]
    assert {sum(old != new for old, new in zip(WORDS, each, strict=True)) for each in once} == {1}
    assert len({tuple(each) for each in once}) == 3, "each of the three known words is replaced sometimes"
    assert WORDS[1] == "large", "the words given are not changed"


def test_insertion() -> None:
    changed = CHANGES.insert(WORDS, 0.25, rng())
    assert len(changed) == len(WORDS) + 2
    added = Counter(changed) - Counter(WORDS)
    assert set(added) <= {"hound", "big"}
    assert [word for word in changed if word not in added] == WORDS
    assert CHANGES.insert(["x", "y"], 0.5, rng()) == ["x", "y"]


def test_swap() -> None:
    changed = CHANGES.swap(WORDS, 0.1, rng())
    assert Counter(changed) == Counter(WORDS)
    assert sum(old != new for old, new in zip(WORDS, changed, strict=True)) == 2
    assert CHANGES.swap(["one"], 0.1, rng()) == ["one"]


def test_deletion() -> None:
    words = [str(number) for number in range(10_000)]
    kept = CHANGES.delete(words, 0.3, rng())
    assert len(kept) == pytest.approx(7000, rel=0.03)
    assert kept == sorted(kept, key=int)
    assert CHANGES.delete(["a", "b"], 0.999, rng()) in (["a"], ["b"])


# --- which rows ------------------------------------------------------------------------------------------


def test_rows_that_were_made_give_no_text() -> None:
    train = Encoded({}, np.array([0, 0, 0, 1, 1]), np.array([4, 5, -1, 7, -1]))
    assert source_rows(train, ratio=0.0, copies=2, seed=0).tolist() == [0, 1, 3, 0, 1, 3]
    assert source_rows(train, ratio=1.0, copies=0, seed=0).tolist() == [3]


def test_occurrence() -> None:
    assert occurrence(np.array([4, 4, 2, 4, 2])).tolist() == [0, 1, 0, 2, 1]
    assert len(occurrence(np.zeros(0, np.int64))) == 0


# --- EDA -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["tokens", "tfidf"])
def test_eda_makes_encoded_examples(encoding: str, thesaurus: str, tmp_path: Path) -> None:
    train, spec, raw = text_data(encoding=encoding)
    eda = build("augment", "eda", copies=3, thesaurus=thesaurus)
    made = eda.augment(train, spec=spec, cache=tmp_path, **raw)
    assert len(made) == 4 * 3, "neither the row without a text nor the one of a single unknown word gives any"
    assert set(made.inputs) == set(train.inputs)
    for name, array in made.inputs.items():
        assert array.dtype == train.inputs[name].dtype
        assert array.shape == (len(made), *train.inputs[name].shape[1:])
    assert (made.position == -1).all()
    row = np.rint(made.weight).astype(int) - 1  # the weight names the row it came from
    np.testing.assert_array_equal(made.target, train.target[row])
    np.testing.assert_array_equal(made.inputs["numeric"], train.inputs["numeric"][row])
    again = eda.augment(train, spec=spec, cache=tmp_path, **raw)
    for name in made.inputs:
        difference = made.inputs[name] != again.inputs[name]
        assert difference.sum() == 0


def test_eda_of_a_row_does_not_depend_on_the_others() -> None:
    eda = build("augment", "eda")
    texts, positions = SENTENCES[:4], [10, 11, 12, 13]
    together = eda.change(texts, [0] * 4, positions)
    assert eda.change(texts[2:], [0] * 2, positions[2:]) == together[2:]
    assert eda.change(texts[:1], [1], [10]) != together[:1]


def test_copies_of_one_row_are_not_alike() -> None:
    eda = build("augment", "eda", copies=1)
    train, spec, raw = text_data()
    doubled = train.take(np.array([0, 0, 0, 0]))
    rows = raw["rows"].iloc[[0, 0, 0, 0]].reset_index(drop=True)
    made = eda.augment(doubled, spec=spec, rows=rows, preprocessing=raw["preprocessing"], cache=Path())
    assert len(np.unique(made.inputs["text"], axis=0)) > 1


def test_eda_fills_small_classes() -> None:
    train, spec, raw = text_data(repeats=3)
    made = build("augment", "eda", ratio=1.0, copies=0, seed=1).augment(train, spec=spec, cache=Path(), **raw)
    assert set(made.target) == {1}
    assert len(made) <= 12 - 6


def test_eda_without_a_thesaurus_says_so() -> None:
    train, spec, _ = text_data()
    assert "mythes-en-us" in build("augment", "eda").notes(train, spec=spec)[0]
    assert build("augment", "eda", thesaurus="x").notes(train, spec=spec) == []


def test_eda_refuses() -> None:
    train, spec, raw = text_data()
    with pytest.raises(ValueError, match="nothing to do"):
        build("augment", "eda", swaps=0.0, deletions=0.0).augment(train, spec=spec, cache=Path(), **raw)
    table, schema = examples(pd.DataFrame({"y": ["p", "n"] * 5, "size": np.arange(10.0)}), "y", "binary")
    fitted = preprocessing(schema).fit(table, table["target"])
    rows = Encoded({}, np.array([0, 1]), np.arange(2))
    for name in ("eda", "back_translation"):
        with pytest.raises(ValueError, match=rf"augment={name}.*no column of text.*dataset.columns.text"):
            build("augment", name).augment(
                rows, spec=fitted.spec, rows=table, preprocessing=fitted, cache=Path()
            )


# --- translation -------------------------------------------------------------------------------------------


@pytest.fixture
def program(tmp_path: Path):
    """Return what makes a program of a Python body; each run adds a line to the file `runs`."""

    def make(body: str, name: str = "translator") -> str:
        path = tmp_path / name
        path.write_text(
            "#!/usr/bin/env python3\nimport sys\n"
            f"open({str(tmp_path / 'runs')!r}, 'a').write('run\\n')\ntext = sys.stdin.read()\n{body}\n"
        )
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return str(path)

    return make


def runs(folder: Path) -> int:
    return len((folder / "runs").read_text().splitlines()) if (folder / "runs").exists() else 0


def test_translations_are_paid_for_once(program, tmp_path: Path) -> None:
    translator = Translator(program("print(text.upper(), end='')"), batch_size=2, timeout=60)
    cache = Translations(tmp_path / "deep" / "cache.sqlite")
    texts = ["one", "two  words", "", "one", "three\nlines here"]
    expected = ["ONE", "TWO WORDS", "", "ONE", "THREE LINES HERE"]
    assert translator.translate(texts, cache=cache) == expected
    assert runs(tmp_path) == 2, "three different texts, two at a time"
    assert translator.translate(texts, cache=cache) == expected
    assert runs(tmp_path) == 2
    other = Translator(f"{translator.command} further", batch_size=9, timeout=60)
    assert other.translate(["one"], cache=cache) == ["ONE"]
    assert runs(tmp_path) == 3, "another command has translations of its own"


def test_what_was_translated_before_a_failure_is_kept(program, tmp_path: Path) -> None:
    failing = program("sys.exit('no dictionary') if 'bad' in text else print(text[::-1].strip())")
    cache = Translations(tmp_path / "cache.sqlite")
    translator = Translator(failing, batch_size=1, timeout=60)
    with pytest.raises(ValueError, match=r"augment.routes.*status 1 and said: no dictionary.*is kept"):
        translator.translate(["abc", "def", "bad", "ghi"], cache=cache)
    assert cache.known(failing, ["abc", "def", "bad", "ghi"]) == {"abc": "cba", "def": "fed"}
    before = runs(tmp_path)
    assert translator.translate(["abc", "def"], cache=cache) == ["cba", "fed"]
    assert runs(tmp_path) == before


def test_texts_that_a_program_joins_are_told_apart(program, tmp_path: Path) -> None:
    joining = program("lines = text.split('\\n\\n')\nprint(' '.join(lines) if 'b' in text else text, end='')")
    translator = Translator(joining, batch_size=8, timeout=60)
    assert translator.translate(["a", "b", "c", "d", "e"]) == ["a", "b", "c", "d", "e"]


def test_programs_that_are_not_there_or_too_slow(program) -> None:
    with pytest.raises(ValueError, match=r"`no-such-program en es`.*no such program.*apertium-eng-spa"):
        Translator("no-such-program en es", batch_size=1, timeout=60).translate(["a"])
    slow = program("import time; time.sleep(30)")
    with pytest.raises(ValueError, match=r"more than 1 s.*augment.timeout"):
        Translator(slow, batch_size=1, timeout=1).translate(["a"])


@pytest.mark.parametrize("command", ["tr 'a b", " "])
def test_what_is_no_command_is_refused(command: str) -> None:
    with pytest.raises(ValueError, match=rf"augment.routes names `{command}`, which is no command"):
        Translator(command, batch_size=1, timeout=60).translate(["a"])


def test_what_may_not_be_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"augment.routes names .* which may not be run: it is a folder"):
        Translator(str(tmp_path), batch_size=1, timeout=60).translate(["a"])


def test_a_broken_cache_is_named(tmp_path: Path) -> None:
    path = tmp_path / "cache.sqlite"
    path.write_text("this is no database, but long enough to be taken for one" * 20)
    with pytest.raises(ValueError, match=r"cache.sqlite.*Delete it"):
        Translations(path).known("a", ["b"])


def test_back_translation_takes_one_route_a_copy(program, tmp_path: Path) -> None:
    upper, louder = program("print(text.upper(), end='')", "upper"), "sed s/$/!/;n"
    train, spec, raw = text_data()
    options = {"routes": [[upper, upper], ["sed -e s/o/0/g"]], "copies": 2}
    augmenter = build("augment", "back_translation", **options)
    assert augmenter.translate(["go", "go", "GO"], np.array([0, 1, 0])) == ["GO", "g0", "GO"]
    made = augmenter.augment(train, spec=spec, cache=tmp_path, **raw)
    changed = 5 + sum("o" in text for text in SENTENCES[:5])
    assert len(made) == changed, "texts that come back as they were make no example"
    assert (tmp_path / "translations.sqlite").is_file()
    with pytest.raises(ValueError, match=r"augment.copies=3 needs as many routes.* has 2"):
        build("augment", "back_translation", **options | {"copies": 3}).augment(
            train, spec=spec, cache=tmp_path, **raw
        )
    assert louder


def test_back_translation_fills_small_classes_once_a_route(tmp_path: Path) -> None:
    train, spec, raw = text_data(repeats=4)
    filled = build("augment", "back_translation", routes=[["sed s/^/x/;n"]], ratio=1.0, copies=0)
    made = filled.augment(train, spec=spec, cache=tmp_path, **raw)
    assert set(made.target) == {1}
    assert len(made) == 8, "8 of the 16 rows that the class has less: one text a row"


def test_apertium(tmp_path: Path) -> None:
    needs(shutil.which("apertium"), "apertium-eng-spa")
    augmenter = build("augment", "back_translation")
    texts = [
        "The large dog was happy in the garden",
        "He bought\na new car",
        "win £100 * xyzzy [now] <b>free</b>",
    ]
    cache = Translations(tmp_path / "cache.sqlite")
    made = augmenter.translate(texts, np.zeros(3, np.int64), cache=cache)
    assert "garden" in made[0]
    assert "car" in made[1] and "\n" not in made[1]
    assert "*xyzzy" not in made[2] and "xyzzy" in made[2]
    alone = augmenter.translate([texts[2]], np.zeros(1, np.int64))
    assert alone == made[2:], "a text is translated the same alone and among others"


@pytest.mark.parametrize("encoding", ["tokens", "tfidf"])
def test_a_translator_that_changes_nothing_makes_nothing(encoding: str, tmp_path: Path) -> None:
    train, spec, raw = text_data(encoding=encoding)
    made = build("augment", "back_translation", routes=[["cat"]]).augment(
        train, spec=spec, cache=tmp_path, **raw
    )
    assert len(made) == 0
    assert {name: array.shape for name, array in made.inputs.items()} == {
        name: (0, *array.shape[1:]) for name, array in train.inputs.items()
    }
    joined = concatenate([train, made])
    assert len(joined) == len(train)
