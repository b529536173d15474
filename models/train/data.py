"""MNIST as uint8 tensors, from a folder of IDX files or from its public home."""

import argparse
import gzip
import hashlib
import urllib.request
import zlib
from pathlib import Path

import numpy as np
import torch

HOME = "https://ossci-datasets.s3.amazonaws.com/mnist/"
# name: size in bytes and sha256 of the IDX file inside (the gzip around it may differ between homes)
FILES = {
    "train-images-idx3-ubyte.gz": (47040016, "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"),
    "train-labels-idx1-ubyte.gz": (60008, "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"),
    "t10k-images-idx3-ubyte.gz": (7840016, "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"),
    "t10k-labels-idx1-ubyte.gz": (10008, "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"),
}
CACHE = Path.home() / ".cache" / "elbo-room" / "mnist"


def read_idx(path: Path) -> np.ndarray:
    """An IDX file of unsigned bytes: two zero bytes, the type 0x08, the rank, big-endian sizes, then the data."""
    try:
        raw = gzip.decompress(path.read_bytes())
    except (OSError, EOFError, zlib.error) as error:
        raise ValueError(f"{path}: {error}; delete it and try again") from error
    size, digest = FILES[path.name]
    if len(raw) != size or hashlib.sha256(raw).hexdigest() != digest:
        raise ValueError(f"{path}: size or sha256 of the content is not that of the published file; delete it and try again")
    rank = raw[3]
    shape = tuple(int(n) for n in np.frombuffer(raw, ">u4", rank, 4))
    return np.frombuffer(raw, np.uint8, offset=4 + 4 * rank).reshape(shape)


def fetch(folder: Path) -> Path:
    """Download the files that `folder` does not have yet; their content is checked whenever they are read."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        path = folder / name
        if not path.exists():
            print(f"fetching {HOME + name}")
            with urllib.request.urlopen(HOME + name, timeout=60) as reply:
                part = path.with_suffix(".part")
                part.write_bytes(reply.read(20_000_000))
                part.replace(path)
    return folder


def load(split: str, folder: str | None = None) -> tuple[torch.Tensor, torch.Tensor]:
    """Images [N,1,28,28] uint8 and labels [N] int64 of the split `train` or `test`."""
    root = Path(folder) if folder else fetch(CACHE)
    prefix = {"train": "train", "test": "t10k"}[split]
    images = read_idx(root / f"{prefix}-images-idx3-ubyte.gz")
    labels = read_idx(root / f"{prefix}-labels-idx1-ubyte.gz")
    return torch.from_numpy(images.copy()).unsqueeze(1), torch.from_numpy(labels.astype(np.int64))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", help="folder with the four .gz files; without it they are fetched")
    for part in ("train", "test"):
        x, y = load(part, parser.parse_args().data)
        print(part, tuple(x.shape), torch.bincount(y).tolist())
