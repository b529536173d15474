"""Score samples in rows of a class each by a small convolutional network trained to tell the classes of a data set apart.

As a program it scores grids: images of ten rows, such as those of `cargo run --release --example samples`. A line for each: how many
are recognized as the class of their row, how many of which the judge is less than 90 % sure, and their variety: the mean distance
between two samples of a class in the judge's features, over that of test images.
"""

import argparse
from dataclasses import dataclass
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
    per_epoch = len(x) // BATCH
    optimizer = torch.optim.AdamW(judge.parameters(), 1e-3)
    rate = torch.optim.lr_scheduler.OneCycleLR(optimizer, 3e-3, total_steps=epochs * per_epoch)
    judge.train()
    for step in range(epochs * per_epoch):
        if step % per_epoch == 0:
            order = torch.randperm(len(x), device=x.device)
        some = order[step % per_epoch * BATCH :][:BATCH]
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
    sure = torch.softmax(logits, 1)[torch.arange(len(labels), device=labels.device), labels]
    right = (logits.argmax(1) == labels).float().mean().item()
    return right, (sure < SURE).float().mean().item(), variety(features, labels)


@dataclass
class Trained:
    judge: Judge
    recognized: float  # of the test images
    doubtful: float
    spread: float

    def verdict(self, levels: torch.Tensor, labels: torch.Tensor) -> dict[str, float]:
        right, doubtful, spread = score(self.judge, levels, labels)
        found = {"images": len(levels), "recognized": right, "doubtful": doubtful, "variety": spread / self.spread}
        return {name: round(value, 4) for name, value in found.items()}


def trained(dataset: str, folder: str | None, out: Path, device: str = "cpu", epochs: int = 4) -> Trained:
    """The judge of a data set that is kept in `out`, or a new one, and what it says of the test set. With no `epochs` it stays
    untrained, for a trial."""
    torch.manual_seed(0)
    judge, kept = Judge().to(device), out / f"{dataset}-judge.pt"
    if kept.exists():
        judge.load_state_dict(torch.load(kept, map_location=device, weights_only=True))
    elif epochs:
        train(judge, *(t.to(device) for t in data.load("train", folder, dataset)), epochs)
        out.mkdir(parents=True, exist_ok=True)
        torch.save(judge.state_dict(), kept)
    judge.eval()
    x, y = (t.to(device) for t in data.load("test", folder, dataset))
    right, doubtful, _ = score(judge, x, y)
    some = torch.cat([torch.where(y == label)[0][:PER_CLASS] for label in range(10)])
    return Trained(judge, right, doubtful, score(judge, x[some], y[some])[2])


def read(path: str) -> tuple[torch.Tensor, torch.Tensor]:
    grid = np.asarray(Image.open(path).convert("L"))
    if grid.shape[0] != 10 * SIDE or grid.shape[1] % SIDE or grid.shape[1] < 2 * SIDE:
        raise SystemExit(f"{path}: {grid.shape[1]} by {grid.shape[0]} pixels; ten rows of at least two images of 28 by 28 are needed")
    columns = grid.shape[1] // SIDE
    levels = grid.reshape(10, SIDE, columns, SIDE).transpose(0, 2, 1, 3).reshape(-1, 1, SIDE, SIDE)
    return torch.from_numpy(levels.copy()), torch.arange(10).repeat_interleave(columns)


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("grids", nargs="+", help="images of ten rows of samples of 28 by 28 pixels")
    p.add_argument("--data", help="folder with the gzipped IDX files; without it they are fetched")
    p.add_argument("--dataset", choices=list(data.DATASETS), default="mnist")
    p.add_argument("--out", type=Path, default=Path("runs/judge"), help="where the trained judge is kept")
    p.add_argument("--epochs", type=int, default=4)
    args = p.parse_args()
    grids = [(path, *read(path)) for path in args.grids]
    expert = trained(args.dataset, args.data, args.out, epochs=args.epochs)
    print(f"{'test images':40} recognized {100 * expert.recognized:5.1f} %, less than 90 % sure {100 * expert.doubtful:4.1f} %")
    for path, levels, labels in grids:
        found = expert.verdict(levels, labels)
        print(
            f"{path:40} recognized {100 * found['recognized']:5.1f} %, less than 90 % sure {100 * found['doubtful']:4.1f} %, "
            f"variety {found['variety']:.2f}"
        )


if __name__ == "__main__":
    main()
