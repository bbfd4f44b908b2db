"""The entry of every stage: configuration in, outputs renamed into place, clear errors out.

``python -m stages.<stage>`` does what DVC does: it reads the stage's sections of ``data/config.yaml`` and
writes ``data/<stage>/``. With overrides in Hydra's grammar (``python -m stages.train train.epochs=2``) it
composes the configuration anew and writes to ``scratch/<stage>/`` instead.
"""

from __future__ import annotations

import functools
import json
import logging
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import psutil
import yaml

from stages.settings.choice import Choice, Section
from stages.shell.driver import end_with_driver
from stages.shell.store import ROOT, Store, real_root

__all__ = ["Store", "build", "report", "run_stage", "stage"]

Config = TypeVar("Config", bound=Section)
CONFIG = Path("data/config.yaml")
INTERRUPTED = 130
"""Exit status after Ctrl-C, as shells have it."""


def build(choice: Choice, **extra: Any) -> Any:
    """Return what `choice` names: its target called with its keywords and `extra`.

    Where the choice is partial, a callable that awaits the stage's own arguments.

    Raises
    ------
    ValueError
        Where there is no such target, or it refuses its keywords.
    """
    from hydra.errors import InstantiationException
    from hydra.utils import instantiate

    try:
        return instantiate(choice.model_dump(by_alias=True), _convert_="all", **extra)
    except InstantiationException as error:
        if isinstance(error.__cause__, ValueError):
            raise ValueError(str(error.__cause__)) from error
        said = " ".join(str(error).partition(", set env var")[0].split())
        raise ValueError(
            f"the choice of {choice.target} cannot be made: {said}. Correct its file in conf/, or the "
            "keywords laid over it."
        ) from error


def stage(config_type: type[Config]) -> Callable[[Callable[[Config, Store], None]], Callable[[], None]]:
    """Make ``main(config, store)`` the entry of its stage.

    Parameters
    ----------
    config_type
        The sections the stage reads, one field each; it is handed these and nothing else.
    """

    def decorate(main: Callable[[Config, Store], None]) -> Callable[[], None]:
        name = Path(main.__code__.co_filename).stem

        def entry() -> None:
            sys.exit(run_stage(name, config_type, main, sys.argv[1:]))

        return functools.update_wrapper(entry, main)  # the function itself stays at hand: entry.__wrapped__

    return decorate


def run_stage(
    name: str,
    config_type: type[Config],
    main: Callable[[Config, Store], None],
    arguments: Sequence[str] = (),
) -> int:
    """Run one stage and return its exit status: 0, 1 after an error the user can mend, 130 after Ctrl-C."""
    prepare_process()
    store: Store | None = None
    try:
        if arguments:
            from stages.shell.by_hand import open_by_hand

            opened = open_by_hand(name, config_type, list(arguments))
            if opened is None:
                return 0
            config, store = opened
        else:
            config = read_config(config_type)
            store = Store(name, ROOT / "data" / name, scope=config.model_dump_json(by_alias=True))
        store.begin()
        main(config, store)
        store.finish()
    except (ValueError, FileNotFoundError) as error:
        report(name, error)
        return 1
    except KeyboardInterrupt:
        logging.getLogger("stages").error("\n%s was stopped. `dvc repro` goes on from here.", name)
        return INTERRUPTED
    finally:
        if store is not None:
            store.abandon()
    if not arguments:
        remember_seconds(name, time.time() - psutil.Process().create_time())
    else:
        logging.getLogger("stages").info("%s wrote %s", name, store.folder.relative_to(ROOT))
    return 0


def read_config(config_type: type[Config], path: Path = ROOT / CONFIG) -> Config:
    """Return the sections of ``data/config.yaml`` that `config_type` declares."""
    if not path.exists():
        raise FileNotFoundError(f"{CONFIG} is not there: run `dvc repro configure`, which composes it.")
    composed = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    lacking = [key for key in config_type.model_fields if key not in composed]
    if lacking:
        raise ValueError(
            f"{CONFIG} has no section {', '.join(lacking)}: it is of an older version of this project. Run "
            "`dvc repro configure`, which composes it anew."
        )
    return config_type.model_validate({key: composed[key] for key in config_type.model_fields})


def prepare_process() -> None:
    """Set up logging, find our own programs first, and die with the program that started us."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(message)s"))
    for name in ("stages", "__main__"):  # a stage run with -m is called __main__
        logger = logging.getLogger(name)
        logger.handlers = [handler]
        logger.setLevel(logging.INFO)
        logger.propagate = False
    # Not resolved: in a virtual environment the interpreter is a link, and its programs lie beside the link.
    programs = str(Path(sys.executable).parent)
    if os.environ.get("PATH", "").split(os.pathsep)[0] != programs:
        os.environ["PATH"] = programs + os.pathsep + os.environ.get("PATH", "")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    if "DVC_STAGE" in os.environ:
        end_with_driver()


def remember_seconds(name: str, seconds: float) -> None:
    """Keep how long stage `name` took, for ``upcurve plan``; not an output of any stage."""
    path = real_root() / "scratch" / "seconds.json"
    try:
        path.parent.mkdir(exist_ok=True)
        known = json.loads(path.read_text()) if path.exists() else {}
        temporary = path.with_suffix(f".{os.getpid()}")
        temporary.write_text(json.dumps(known | {name: round(seconds, 2)}))
        temporary.replace(path)
    except (OSError, ValueError):
        logging.getLogger(__name__).debug("could not keep the seconds of %s", name, exc_info=True)


def report(name: str, error: Exception) -> None:
    """Say what went wrong in one paragraph; the trace goes to a file."""
    trace = real_root() / "scratch" / "errors" / f"{name}.txt"
    trace.parent.mkdir(parents=True, exist_ok=True)
    trace.write_text("".join(traceback.format_exception(error)), encoding="utf-8")
    place = f"(where in the code: scratch/errors/{name}.txt)"
    logging.getLogger("stages").error("\n%s cannot go on. %s\n%s\n", name, error, place)
