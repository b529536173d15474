"""Sample a grid of digits (a row per class) from a trained mnist-ddpm by the ancestral chain and write it as PNG."""

import argparse
import math
from pathlib import Path

import torch
from PIL import Image

import common
import ddpm


def cosine(steps: int) -> torch.Tensor:
    """Log SNR at t = 0..steps of Nichol & Dhariwal 2021 (offset 0.008, beta at most 0.999); infinite at t = 0."""
    f = torch.cos((torch.arange(steps + 1).double() / steps + 0.008) / 1.008 * math.pi / 2) ** 2
    beta = (1 - f[1:] / f[:-1]).clamp(max=0.999)
    log_bar = torch.cat([torch.zeros(1).double(), torch.log1p(-beta).cumsum(0)])
    return log_bar - torch.log(-torch.expm1(log_bar))


def linear(steps: int) -> torch.Tensor:
    """Log SNR falling linearly from the top to the bottom of the trained range over t = 1..steps; infinite at t = 0."""
    inner = torch.linspace(ddpm.LOG_SNR_MAX, ddpm.LOG_SNR_MIN, steps).double()
    return torch.cat([torch.tensor([math.inf]).double(), inner])


@torch.no_grad()
def ancestral(model, labels: torch.Tensor, log_snr: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Images [B,1,28,28] in [-1,1] from the reverse chain with the posterior's variance, x0_hat clipped."""
    n, alpha, sigma2 = len(labels), torch.sigmoid(log_snr).sqrt(), torch.sigmoid(-log_snr)
    x = torch.randn((n, 1, 28, 28), generator=generator).double()
    for t in range(len(log_snr) - 1, 0, -1):
        with common.autocast("cpu"):
            x0, _, _ = ddpm.predict(model, x, log_snr[t].expand(n), labels)
        s = t - 1
        step = alpha[t] / alpha[s]
        beta = -torch.expm1(log_snr[t] - log_snr[s]) * sigma2[t]
        mean = step * sigma2[s] / sigma2[t] * x + alpha[s] * beta / sigma2[t] * x0
        noise = torch.randn(x.shape, generator=generator) if s else 0
        x = mean + (beta * sigma2[s] / sigma2[t]).sqrt() * noise
    return x


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    p.add_argument("--run", default="runs/ddpm", help="folder of the run of ddpm.py")
    p.add_argument("--steps", type=int, nargs="+", default=[1000, 100, 50])
    p.add_argument("--schedule", choices=["cosine", "linear"], nargs="+", default=["cosine", "linear"])
    p.add_argument("--seed", type=int, default=0)
    p.add_argument("--columns", type=int, default=10)
    args = p.parse_args()
    model = ddpm.UNet()
    common.load_shipped(model, args.run)
    model.to(memory_format=torch.channels_last)
    labels = torch.arange(10).repeat_interleave(args.columns)
    for schedule in args.schedule:
        for steps in args.steps:
            table = {"cosine": cosine, "linear": linear}[schedule](steps)
            x = ancestral(model, labels, table, torch.Generator().manual_seed(args.seed))
            levels = (127.5 * (x + 1)).round().clamp(0, 255).byte()
            grid = levels.view(10, args.columns, 28, 28).permute(0, 2, 1, 3).reshape(280, 28 * args.columns)
            path = Path(args.run) / f"samples-{schedule}-{steps}.png"
            Image.fromarray(grid.numpy()).resize((56 * args.columns, 560), Image.Resampling.NEAREST).save(path)
            print(path, flush=True)


if __name__ == "__main__":
    main()
