"""Scores of what ships of a run, over the test set: the bound and its terms, importance-weighted bounds, recognized samples."""

import math
from dataclasses import dataclass

import torch

import diffusion
import latent
from data import DATASETS, load
from registry import Model

DIM = 28 * 28
BATCH = {"cpu": 250, "cuda": 5000}


@dataclass(frozen=True)
class Effort:
    images: int = 10000  # of the test set, and of the training set for the KL of each group
    draws: int = 10  # of z per image
    weighted_images: int = 1000
    intervals: int = 64  # of log SNR per image, with one evaluation of the network in each


def score(values: torch.Tensor, model: Model, metric: str, unit: str, samples: int) -> dict:
    """A score of the manifest: mean of per-image values [N] with its standard error over images."""
    values = values.double()
    return {
        "dataset": f"{DATASETS[model.dataset].title} test", "task": model.task, "metric": metric, "unit": unit,
        "value": round(values.mean().item(), 4), "standardError": round(values.std().item() / math.sqrt(len(values)), 4),
        "images": len(values), "samples": samples,
    }


def of_diffusion(model: Model, network, data, effort: Effort, generator) -> dict:
    """The continuous-time bound of the test images, given their class."""
    device = generator.device
    x, y = (t[: effort.images].to(device) for t in load("test", data, model.dataset))
    batch = BATCH[device.type] // 2
    with torch.no_grad():
        parts = [diffusion.terms(network, a, b, effort.intervals, generator) for a, b in zip(x.split(batch), y.split(batch))]
    nats = {name: torch.cat([p[name] for p in parts]) for name in parts[0]}
    found = {"continuous-time bound": sum(nats.values()), **nats}
    return {"scores": [
        score(v / (DIM * math.log(2)), model, name, "bits/dim", effort.intervals) for name, v in found.items()
    ]}


def of_latents(model: Model, network, data, effort: Effort, generator) -> dict:
    """The bound of the test images, binarized once with seed 0 where the task says so, and each KL on as many training images."""
    device, observe = generator.device, network.likelihood.observe
    batch = BATCH[device.type]
    # binarized by a generator of the CPU, so that the images are the same on every machine
    binarization = torch.Generator().manual_seed(0)
    x = observe(load("test", data, model.dataset)[0][: effort.images], binarization).to(device)
    rec, kl = latent.terms(network, x, effort.draws, generator, batch)
    train = observe(load("train", data, model.dataset)[0][: effort.images], binarization).to(device)
    _, per_group = latent.terms(network, train, 1, generator, batch)
    unit, scale = ("nats", 1.0) if model.task == "binarized" else ("bits/dim", 1 / (DIM * math.log(2)))
    found = {
        "negative ELBO": (rec + kl.sum(1), effort.draws), "reconstruction": (rec, effort.draws), "KL": (kl.sum(1), effort.draws),
    }
    if effort.weighted_images:
        bound = latent.importance_weighted(network, x[: effort.weighted_images], model.weighted, generator, batch)
        found["negative importance-weighted bound"] = bound, model.weighted
        elbo = (rec + kl.sum(1))[: effort.weighted_images]
        # varies far less from image to image than either: with the ELBO of all images it estimates log p(x) of all of them
        found["gap of the importance-weighted bound"] = elbo - bound, model.weighted
    return {
        "scores": [score(v * scale, model, name, unit, n) for name, (v, n) in found.items()],
        "kl": {name: round(v, 4) for (name, _), v in zip(network.groups, per_group.mean(0).tolist())},
    }


def scores(model: Model, network, data, effort: Effort, device: str, seed: int = 0) -> dict:
    """`scores`, and for a model with latents the mean `kl` of each group in nats, of a network whose weights are those that ship."""
    # cuDNN's convolutions in f32 are faster channels first, oneDNN's channels last
    network.to(device, memory_format=torch.channels_last if device == "cpu" else torch.contiguous_format)
    generator = torch.Generator(device).manual_seed(seed)
    return (of_diffusion if model.kind == "ddpm" else of_latents)(model, network, data, effort, generator)
