"""MNIST and Fashion-MNIST as uint8 tensors, from a folder of IDX files or from their public homes."""

import argparse
import gzip
import hashlib
import urllib.request
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch


@dataclass(frozen=True)
class Dataset:
    """A data set of 28x28 grey images in ten classes; `files` are size and sha256 of the IDX files inside the .gz files,
    which may differ between homes: training images and labels, then test images and labels."""

    title: str
    classes: tuple[str, ...]
    home: str
    files: tuple[tuple[int, str], ...]


NAMES = (
    "train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz", "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz",
)
DATASETS = {
    "mnist": Dataset(
        "MNIST", tuple("0123456789"), "https://ossci-datasets.s3.amazonaws.com/mnist/",
        (
            (47040016, "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"),
            (60008, "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"),
            (7840016, "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"),
            (10008, "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"),
        ),
    ),
    "fashion": Dataset(
        "Fashion-MNIST",
        ("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"),
        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
        (
            (47040016, "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888"),
            (60008, "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9"),
            (7840016, "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b"),
            (10008, "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"),
        ),
    ),
}
CACHE = Path.home() / ".cache" / "elbo-room"


def read_idx(path: Path, size: int, digest: str) -> np.ndarray:
    """An IDX file of unsigned bytes: two zero bytes, the type 0x08, the rank, big-endian sizes, then the data."""
    try:
        raw = gzip.decompress(path.read_bytes())
    except (OSError, EOFError, zlib.error) as error:
        raise ValueError(f"{path}: {error}; delete it and try again") from error
    if len(raw) != size or hashlib.sha256(raw).hexdigest() != digest:
        raise ValueError(f"{path}: size or sha256 of the content is not that of the published file; delete it and try again")
    rank = raw[3]
    shape = tuple(int(n) for n in np.frombuffer(raw, ">u4", rank, 4))
    return np.frombuffer(raw, np.uint8, offset=4 + 4 * rank).reshape(shape)


def fetch(home: str, folder: Path) -> Path:
    """Download the files that `folder` does not have yet; their content is checked whenever they are read."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in NAMES:
        path = folder / name
        if not path.exists():
            print(f"fetching {home + name}")
            with urllib.request.urlopen(home + name, timeout=60) as reply:
                part = path.with_suffix(".part")
                part.write_bytes(reply.read(50_000_000))
                part.replace(path)
    return folder


def find(dataset: str, folder: str | Path | None) -> Path:
    """Where the files of `dataset` are: in `folder`, in its subfolder of that name (`fashion-mnist` also for `fashion`), or fetched."""
    if folder is None:
        return fetch(DATASETS[dataset].home, CACHE / dataset)
    for root in (Path(folder) / dataset, Path(folder) / f"{dataset}-mnist", Path(folder)):
        if all((root / name).exists() for name in NAMES):
            return root
    raise FileNotFoundError(f"{folder}: neither it nor its subfolder {dataset} has {', '.join(NAMES)}")


def load(split: str, folder: str | Path | None = None, dataset: str = "mnist") -> tuple[torch.Tensor, torch.Tensor]:
    """Images [N,1,28,28] uint8 and labels [N] int64 of the split `train` or `test`."""
    root, first = find(dataset, folder), {"train": 0, "test": 2}[split]
    images, labels = (read_idx(root / NAMES[i], *DATASETS[dataset].files[i]) for i in (first, first + 1))
    return torch.from_numpy(images.copy()).unsqueeze(1), torch.from_numpy(labels.astype(np.int64))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", help="folder with the four .gz files, or with a subfolder per data set; without it they are fetched")
    parser.add_argument("--dataset", choices=list(DATASETS), default="mnist")
    args = parser.parse_args()
    for part in ("train", "test"):
        x, y = load(part, args.data, args.dataset)
        print(part, tuple(x.shape), dict(zip(DATASETS[args.dataset].classes, torch.bincount(y).tolist())))
