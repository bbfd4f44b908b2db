"""Memory of training on 60,000 pictures of 96 x 96 x 3, 1.7 GB, read from a memory-mapped array.

The pictures are made up, since only their number and size count. A child process trains a small CNN for a few
epochs, as stage `train` does, on four fifths of them and validates on the rest. The figure is its peak
resident memory: what the process holds itself (anonymous), and the pages of files that lie in memory because
nobody else needs it (mapped), which the system takes back at will. Ends with status 1 where it is above 4 GB.

    python -m benchmarks.image_memory [--rows 60000] [--size 96] [--epochs 1] [--filters 8 16 16]
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import threading
import time
from functools import partial
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
LIMIT = 4e9
CLASSES = ("dark", "light")


def main() -> int:
    """Run the benchmark; return 1 where the bar is missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rows", type=int, default=60_000)
    parser.add_argument("--size", type=int, default=96)
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--filters", type=int, nargs="+", default=[8, 16, 16])
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        print(json.dumps(trained(options.child, epochs=options.epochs, filters=options.filters)))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        write_pictures(Path(folder), rows=options.rows, size=options.size)
        command = [sys.executable, "-m", "benchmarks.image_memory", "--child", folder, *sys.argv[1:]]
        child = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    found = json.loads(child.stdout.splitlines()[-1])
    gigabytes = {name: f"{value / 1e9:.2f} GB" for name, value in found.items() if name != "seconds"}
    print(f"{options.rows:,} pictures of {options.size} x {options.size} x 3: {gigabytes['pictures']}")
    print(f"{options.epochs} epoch(s) in {found['seconds']:.0f} s, building the network included")
    print(f"peak anonymous {gigabytes['anonymous']}, mapped files {gigabytes['mapped']}")
    print(f"peak resident {gigabytes['resident']}, at most {LIMIT / 1e9:.0f} GB")
    return int(found["resident"] > LIMIT)


def write_pictures(folder: Path, *, rows: int, size: int) -> None:
    """Write the pictures a part at a time; bright ones are of class 1."""
    generator = np.random.default_rng(0)
    target = generator.integers(0, 2, rows)
    np.save(folder / "target.npy", target)
    shape = (rows, size, size, 3)
    pictures = np.lib.format.open_memmap(folder / "image.npy", mode="w+", dtype=np.uint8, shape=shape)
    for start in range(0, rows, 1000):
        part = generator.integers(0, 200, (min(1000, rows - start), *shape[1:]), dtype=np.uint8)
        pictures[start : start + len(part)] = part + 50 * target[start : start + len(part), None, None, None]
    pictures.flush()


def trained(folder: Path, *, epochs: int, filters: list[int]) -> dict[str, float]:
    """Train on the pictures in `folder` and return the peak memory, in bytes, and the seconds it took."""
    from hydra import compose, initialize_config_dir

    from stages.examples.encoded import Encoded, InputSpec, Spec
    from stages.models.cnn import build_cnn
    from stages.settings.train import TrainSettings
    from stages.shell.stage import build
    from stages.train import CHOICES, train
    from stages.training.compiling import Recipe
    from stages.training.runtime import start

    with initialize_config_dir(str(ROOT / "conf"), version_base="1.3"):
        composed = compose("config", overrides=[f"train.epochs={epochs}"])
    settings = TrainSettings.model_validate(_plain(composed.train))
    start(threads=settings.threads, gpu_memory_growth=True, deterministic=True)
    pictures = np.load(folder / "image.npy", mmap_mode="r", allow_pickle=False)
    target = np.load(folder / "target.npy", allow_pickle=False)
    everything = Encoded({"image": pictures}, target, np.arange(len(target)))
    spec = Spec(
        task="binary",
        classes=CLASSES,
        inputs=(InputSpec(name="image", dtype="uint8", shape=pictures.shape[1:]),),
    )
    recipe = Recipe(
        model=partial(build_cnn, filters=filters, convolutions=1, dense_units=[]),
        settings=settings,
        **{name: build(getattr(settings, name)) for name in CHOICES},
    )
    held_out = np.arange(len(target)) % 5 == 0
    with Watch() as watch:
        began = time.perf_counter()
        train(
            everything.take(np.flatnonzero(~held_out)),
            everything.take(np.flatnonzero(held_out)),
            spec=spec,
            recipe=recipe,
        )
        seconds = time.perf_counter() - began
    return {**watch.peaks, "pictures": float(pictures.nbytes), "seconds": seconds}


def _plain(section: object) -> object:
    from omegaconf import OmegaConf

    return OmegaConf.to_container(section, resolve=True)


class Watch:
    """Look at the memory of this process ten times a second."""

    def __enter__(self) -> Watch:
        """Begin to look."""
        self.peaks = {"anonymous": 0.0, "mapped": 0.0, "resident": 0.0}
        self.done = threading.Event()
        self.thread = threading.Thread(target=self._look, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End."""
        self.done.set()
        self.thread.join()

    def _look(self) -> None:
        while not self.done.wait(0.1):
            lines = Path("/proc/self/status").read_text().splitlines()
            fields = {
                line.split(":")[0]: line.split()[1] for line in lines if line.startswith(("Rss", "VmHWM"))
            }
            found = {
                "anonymous": float(fields["RssAnon"]) * 1024,
                "mapped": float(fields["RssFile"]) * 1024,
                "resident": float(fields["VmHWM"]) * 1024,
            }
            self.peaks = {name: max(value, self.peaks[name]) for name, value in found.items()}


if __name__ == "__main__":
    sys.exit(main())
