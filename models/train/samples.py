"""Samples of a model as a grid of 28x28 images: of a diffusion model a row per class, by the ancestral chain."""

import math
from pathlib import Path

import torch
from PIL import Image

import diffusion
import precision
from unet import LOG_SNR_MAX, LOG_SNR_MIN


def cosine(steps: int) -> torch.Tensor:
    """Log SNR at t = 0..steps of Nichol & Dhariwal 2021 (offset 0.008, beta at most 0.999); infinite at t = 0."""
    f = torch.cos((torch.arange(steps + 1).double() / steps + 0.008) / 1.008 * math.pi / 2) ** 2
    beta = (1 - f[1:] / f[:-1]).clamp(max=0.999)
    log_bar = torch.cat([torch.zeros(1).double(), torch.log1p(-beta).cumsum(0)])
    return log_bar - torch.log(-torch.expm1(log_bar))


def linear(steps: int) -> torch.Tensor:
    """Log SNR falling linearly from the top to the bottom of the trained range over t = 1..steps; infinite at t = 0."""
    inner = torch.linspace(LOG_SNR_MAX, LOG_SNR_MIN, steps).double()
    return torch.cat([torch.tensor([math.inf]).double(), inner])


@torch.no_grad()
def ancestral(network, labels: torch.Tensor, log_snr: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Images [B,1,28,28] in [-1,1] from the reverse chain with the posterior's variance, x0_hat clipped."""
    n, device = len(labels), generator.device
    log_snr = log_snr.to(device)
    alpha, sigma2 = torch.sigmoid(log_snr).sqrt(), torch.sigmoid(-log_snr)
    x = torch.randn((n, 1, 28, 28), generator=generator, device=device).double()
    for t in range(len(log_snr) - 1, 0, -1):
        with precision.autocast(device.type):
            x0, _, _ = diffusion.predict(network, x, log_snr[t].expand(n), labels)
        s = t - 1
        step = alpha[t] / alpha[s]
        beta = -torch.expm1(log_snr[t] - log_snr[s]) * sigma2[t]
        mean = step * sigma2[s] / sigma2[t] * x + alpha[s] * beta / sigma2[t] * x0
        noise = torch.randn(x.shape, generator=generator, device=device) if s else 0
        x = mean + (beta * sigma2[s] / sigma2[t]).sqrt() * noise
    return x


@torch.no_grad()
def from_prior(network, count: int, generator: torch.Generator) -> torch.Tensor:
    """Levels [B,1,28,28] drawn from a model with latents: z from its prior, of each pixel the mean."""
    eps = torch.randn(count, network.latents, generator=generator, device=generator.device)
    if hasattr(network, "shapes"):  # a hierarchy: with all gates 0 it does not look at the features
        code = network.encode(torch.zeros(count, 1, 28, 28, device=eps.device))
        pixels = network.decoder(*code, eps, torch.zeros(count, len(network.shapes), device=eps.device))
    else:
        pixels = network.decoder(network.flow(eps) if hasattr(network, "flow") else eps)
    return (255 * network.likelihood.mean(pixels)).round().clamp(0, 255).byte()


def tile(levels: torch.Tensor, rows: int = 10) -> torch.Tensor:
    """Images [rows·columns,1,28,28] as one, [28 rows, 28 columns]."""
    columns = len(levels) // rows
    return levels.view(rows, columns, 28, 28).permute(0, 2, 1, 3).reshape(28 * rows, 28 * columns)


def grids(network, kind: str, device: str, steps: list[int], columns: int, seed: int = 0) -> dict[str, torch.Tensor]:
    """Levels [10·columns,1,28,28] by name: of a diffusion model by each number of `steps`, with log SNR linear in time."""
    if kind != "ddpm":
        return {"prior": from_prior(network, 10 * columns, torch.Generator(device).manual_seed(seed))}
    labels = torch.arange(10, device=device).repeat_interleave(columns)
    found = {}
    for count in steps:
        x = ancestral(network, labels, linear(count), torch.Generator(device).manual_seed(seed))
        found[f"{count}-steps"] = (127.5 * (x + 1)).round().clamp(0, 255).byte()
    return found


def write(levels: torch.Tensor, path: Path, columns: int = 10) -> None:
    """The first `columns` of each of ten rows as a PNG file."""
    rows = levels.cpu().view(10, -1, 1, 28, 28)[:, :columns]
    Image.fromarray(tile(rows.reshape(-1, 1, 28, 28)).numpy()).save(path)
