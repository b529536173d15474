"""Score grids of samples, ten rows of a class each, by a small convolutional network trained to tell the digits of MNIST apart.

The grids are images, such as those of `cargo run --release --example samples`. A line for each: how many are recognized as the class of
their row, how many of which the judge is less than 90 % sure, and their variety: the mean distance between two samples of a class in the
judge's features, over that of test images.
"""

import argparse
from pathlib import Path

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from PIL import Image

import data

SIDE = 28
BATCH = 128
SURE = 0.9
PER_CLASS = 200


class Judge(nn.Module):
    def __init__(self) -> None:
        super().__init__()

        def stage(inputs: int, outputs: int) -> list[nn.Module]:
            return [nn.Conv2d(inputs, outputs, 3, padding=1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU()]

        pool = nn.MaxPool2d(2)
        self.trunk = nn.Sequential(*stage(1, 32), pool, *stage(32, 64), pool, *stage(64, 64), nn.Flatten(), nn.Dropout(0.3))
        self.features = nn.Linear(64 * 49, 128)
        self.head = nn.Linear(128, 10)

    def forward(self, levels: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Features [B,128] and logits [B,10] of 8-bit images [B,1,28,28]."""
        features = F.relu(self.features(self.trunk(levels.float() / 255)))
        return features, self.head(features)


def train(judge: Judge, x: torch.Tensor, y: torch.Tensor, epochs: int) -> None:
    steps = epochs * (len(x) // BATCH)
    optimizer = torch.optim.AdamW(judge.parameters(), 1e-3)
    rate = torch.optim.lr_scheduler.OneCycleLR(optimizer, 3e-3, total_steps=steps)
    judge.train()
    for step in range(steps):
        if step % (len(x) // BATCH) == 0:
            order = torch.randperm(len(x))
            print(f"epoch {step // (len(x) // BATCH) + 1} of {epochs}", flush=True)
        some = order[step % (len(x) // BATCH) * BATCH :][:BATCH]
        shift = torch.randint(-2, 3, (2,)).tolist()
        loss = F.cross_entropy(judge(torch.roll(x[some], shift, (2, 3)))[1], y[some])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        rate.step()


def variety(features: torch.Tensor, labels: torch.Tensor) -> float:
    distances = [torch.pdist(features[labels == label]).mean() for label in labels.unique()]
    return torch.stack(distances).mean().item()


@torch.no_grad()
def score(judge: Judge, levels: torch.Tensor, labels: torch.Tensor) -> tuple[float, float, float]:
    """Shares that are recognized and that are less than 90 % sure, and the variety."""
    parts = [judge(part) for part in levels.split(500)]
    features, logits = (torch.cat(some) for some in zip(*parts, strict=True))
    sure = torch.softmax(logits, 1)[torch.arange(len(labels)), labels]
    right = (logits.argmax(1) == labels).float().mean().item()
    return right, (sure < SURE).float().mean().item(), variety(features, labels)


def read(path: str) -> tuple[torch.Tensor, torch.Tensor]:
    grid = np.asarray(Image.open(path).convert("L"))
    if grid.shape[0] != 10 * SIDE or grid.shape[1] % SIDE or grid.shape[1] < 2 * SIDE:
        raise SystemExit(f"{path}: {grid.shape[1]} by {grid.shape[0]} pixels; ten rows of at least two digits of 28 by 28 are needed")
    columns = grid.shape[1] // SIDE
    levels = grid.reshape(10, SIDE, columns, SIDE).transpose(0, 2, 1, 3).reshape(-1, 1, SIDE, SIDE)
    return torch.from_numpy(levels.copy()), torch.arange(10).repeat_interleave(columns)


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("grids", nargs="+", help="images of ten rows of digits of 28 by 28 pixels")
    p.add_argument("--data", help="folder with MNIST as gzipped IDX files; without it they are fetched")
    p.add_argument("--out", default="runs/judge", help="where the trained judge is kept")
    p.add_argument("--epochs", type=int, default=4)
    args = p.parse_args()
    grids = [(path, *read(path)) for path in args.grids]
    torch.manual_seed(0)
    judge, kept = Judge(), Path(args.out) / "judge.pt"
    if kept.exists():
        judge.load_state_dict(torch.load(kept, weights_only=True))
    else:
        train(judge, *data.load("train", args.data), args.epochs)
        kept.parent.mkdir(parents=True, exist_ok=True)
        torch.save(judge.state_dict(), kept)
    judge.eval()
    x, y = data.load("test", args.data)
    right, doubtful, _ = score(judge, x, y)
    print(f"{'test images':40} recognized {100 * right:5.1f} %, less than 90 % sure {100 * doubtful:4.1f} %")
    some = torch.cat([torch.where(y == label)[0][:PER_CLASS] for label in range(10)])
    natural = score(judge, x[some], y[some])[2]
    for path, levels, labels in grids:
        right, doubtful, spread = score(judge, levels, labels)
        print(f"{path:40} recognized {100 * right:5.1f} %, less than 90 % sure {100 * doubtful:4.1f} %, variety {spread / natural:.2f}")


if __name__ == "__main__":
    main()
