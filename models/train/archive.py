"""Pack runs into a few archives of limited size, and unpack them elsewhere."""

import argparse
import tarfile
from pathlib import Path

LIMIT = 15_000_000  # bytes of an archive
LEFT_OUT = {"checkpoint.pt", "checkpoint.part"}  # several times as large as the weights; a run can start from those


def files(run: Path) -> list[Path]:
    return [p for p in sorted(run.iterdir()) if p.is_file() and p.name not in LEFT_OUT]


def pack(runs: Path, out: Path) -> list[Path]:
    """Write `runs-1.tar`, `runs-2.tar`, … with all runs below `runs` that have weights, scored and exported or not.

    Each run is in one archive.
    """
    bundles: list[list[Path]] = []
    room: list[int] = []
    for run in sorted(p.parent for p in runs.glob("*/weights.pt")):
        size = sum(p.stat().st_size + 1024 for p in files(run))
        at = next((i for i, left in enumerate(room) if left >= size), len(room))
        if at == len(room):
            bundles.append([])
            room.append(LIMIT)
        bundles[at].append(run)
        room[at] -= size
    paths = []
    for number, bundle in enumerate(bundles, 1):
        part, path = out / f"runs-{number}.part", out / f"runs-{number}.tar"
        with tarfile.open(part, "w") as tar:
            for run in bundle:
                for file in files(run):
                    tar.add(file, f"{run.name}/{file.name}")
        part.replace(path)
        paths.append(path)
    return paths


def unpack(archives: list[Path], runs: Path) -> None:
    for archive in archives:
        with tarfile.open(archive) as tar:
            tar.extractall(runs, filter="data")
            print(f"{archive}: {', '.join(sorted({name.split('/')[0] for name in tar.getnames()}))}")


if __name__ == "__main__":
    p = argparse.ArgumentParser(description="Unpack archives of runs, so that they can be published or trained on.")
    p.add_argument("archives", type=Path, nargs="+")
    p.add_argument("--runs", type=Path, default=Path("runs"))
    args = p.parse_args()
    unpack(args.archives, args.runs)
