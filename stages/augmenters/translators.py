"""Programs that translate texts, and the cache that keeps every translation that was ever paid for."""

from __future__ import annotations

import hashlib
import logging
import os
import shlex
import sqlite3
import subprocess
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

LOGGER = logging.getLogger(__name__)
SECONDS_BETWEEN_LINES = 10.0
SETTING = "augment.routes"


@dataclass(frozen=True)
class Translator:
    """A program that reads texts, a line each with an empty line after it, and writes them translated.

    The empty lines keep a translator that looks at whole sentences from joining two texts. A program that
    goes line by line fits too, as it leaves them empty.

    Parameters
    ----------
    command
        The program and its arguments; no shell sees it.
    batch_size
        Texts given to it at once.
    timeout
        Seconds it may take for them.

    Examples
    --------
    >>> Translator("tr a-z A-Z", batch_size=2, timeout=60).translate(["one", "two", "three"])
    ['ONE', 'TWO', 'THREE']
    """

    command: str
    batch_size: int
    timeout: int

    def translate(self, texts: Sequence[str], *, cache: Translations | None = None) -> list[str]:
        """Return the translation of each of `texts`; white space between words becomes one blank.

        Each batch that is translated is kept in `cache` at once.

        Raises
        ------
        ValueError
            If the program is not there, fails or takes too long.
        """
        lines = [" ".join(text.split()) for text in texts]
        known = {"": "", **(cache.known(self.command, set(lines)) if cache else {})}
        waiting = [line for line in dict.fromkeys(lines) if line not in known]
        if waiting:
            LOGGER.info("%s: %d texts to translate", self.command, len(waiting))
        told = time.monotonic()
        for start in range(0, len(waiting), self.batch_size):
            batch = waiting[start : start + self.batch_size]
            made = dict(zip(batch, self._run(batch), strict=True))
            known |= made
            if cache:
                cache.keep(self.command, made)
            if time.monotonic() - told > SECONDS_BETWEEN_LINES:
                told = time.monotonic()
                LOGGER.info("  %d of %d", start + len(batch), len(waiting))
        return [known[line] for line in lines]

    def _run(self, lines: Sequence[str]) -> list[str]:
        written = self._output("".join(f"{line}\n\n" for line in lines)).rstrip("\n").split("\n")
        if len(lines) == 1:
            return [" ".join(" ".join(written).split())]
        if len(written) == 2 * len(lines) - 1 and not any(line.strip() for line in written[1::2]):
            return [" ".join(line.split()) for line in written[::2]]
        middle = len(lines) // 2  # lines were joined or split somewhere: look for it in smaller batches
        return [*self._run(lines[:middle]), *self._run(lines[middle:])]

    def _words(self) -> list[str]:
        try:
            words = shlex.split(self.command)
        except ValueError:
            words = []
        if not words:
            raise ValueError(
                f"{SETTING} names `{self.command}`, which is no command: expected is a program and its "
                "arguments, quotes closed, such as `apertium -u eng-spa`."
            )
        return words

    def _output(self, text: str) -> str:
        try:
            done = subprocess.run(
                self._words(),
                input=text.encode(),
                capture_output=True,
                check=True,
                timeout=self.timeout,
                env={**os.environ, "LC_ALL": "C.UTF-8"},
            )
        except FileNotFoundError as error:
            raise ValueError(
                f"{SETTING} names `{self.command}`, and there is no such program. Install it (on Debian: apt "
                "install apertium-eng-spa, for English and Spanish), or name another translator. What was "
                "translated is kept."
            ) from error
        except PermissionError as error:
            raise ValueError(
                f"{SETTING} names `{self.command}`, which may not be run: it is a folder, or a file that is "
                "no program (chmod +x makes it one). What was translated is kept."
            ) from error
        except subprocess.TimeoutExpired as error:
            raise ValueError(
                f"`{self.command}` ({SETTING}) took more than {self.timeout} s: lower augment.batch_size or "
                "raise augment.timeout. What was translated is kept."
            ) from error
        except subprocess.CalledProcessError as error:
            said = error.stderr.decode(errors="replace").strip().splitlines() or ["nothing"]
            raise ValueError(
                f"`{self.command}` ({SETTING}) ended with status {error.returncode} and said: {said[0]}. Try "
                f"it by hand: echo Hello | {self.command}. What was translated is kept."
            ) from error
        return done.stdout.decode(errors="replace")


class Translations:
    """A file of translations, by command and text.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     translations = Translations(Path(folder) / "translations.sqlite")
    ...     translations.keep("upper", {"one": "ONE"})
    ...     translations.known("upper", {"one", "two"})
    {'one': 'ONE'}
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def known(self, command: str, texts: Iterable[str]) -> dict[str, str]:
        """Return those of `texts` that `command` has translated before, with their translations."""
        if not self.path.exists():
            return {}
        with self._opened() as database:
            found = {text: database.execute(READ, (_key(command, text),)).fetchone() for text in texts}
        return {text: row[0] for text, row in found.items() if row}

    def keep(self, command: str, made: Mapping[str, str]) -> None:
        """Add translations that `command` has made."""
        with self._opened() as database, database:
            rows = [(_key(command, text), translation) for text, translation in made.items()]
            database.executemany(WRITE, rows)

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with closing(sqlite3.connect(self.path, timeout=60)) as database:
                database.execute(CREATE)
                yield database
        except sqlite3.DatabaseError as error:
            raise ValueError(
                f"{self.path.name}, the cache of translations, cannot be used ({error}). Delete it; "
                "the texts are then translated anew."
            ) from error


CREATE = "CREATE TABLE IF NOT EXISTS translations (key BLOB PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID"
READ = "SELECT text FROM translations WHERE key = ?"
WRITE = "INSERT OR REPLACE INTO translations VALUES (?, ?)"


def _key(command: str, text: str) -> bytes:
    return hashlib.sha256(f"{command}\0{text}".encode()).digest()
