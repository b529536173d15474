"""What the latent-variable models share: loss, evidence lower bound, importance-weighted bound, and the program around them."""

import math
from pathlib import Path

import onnx
import torch
from onnx import numpy_helper
from torch import nn

import common
import likelihood
from data import load

DIM = 28 * 28


class LatentModel(nn.Module):
    """A model p(x|z) p(z) with a posterior q(z|x), both Gaussian in each of the `latents` entries of z given those before.

    A subclass has `task`, `groups` (name and number of entries of each part of z whose KL is told apart), `warm_up` (steps over which
    the weight of the KL rises to 1), `free` (nats of each group that cost nothing at first) and the methods `encode` and `decode`.
    """

    free = 0.0

    def free_nats(self, step: int) -> float:
        """The KL of a group, as a mean over the batch, that costs nothing in training (Kingma et al. 2016, equation 15)."""
        return self.free

    def encode(self, x) -> tuple:
        """What decoding needs of the images x [B,1,28,28]; tensors with a batch dimension."""
        raise NotImplementedError

    def decode(self, code: tuple, eps) -> tuple[list, tuple]:
        """Likelihood parameters [B,1,28,28] each, and q_mean, q_log_var, p_mean, p_log_var [B,N] of z = q_mean + exp(q_log_var / 2) eps."""
        raise NotImplementedError

    @property
    def latents(self) -> int:
        return sum(size for _, size in self.groups)

    def forward(self, x, eps):
        """-log p(x|z) [B] and the KL of each group given the z drawn above it [B,G], in nats."""
        pixels, gaussians = self.decode(self.encode(x), eps)
        return likelihood.negative_log(self.task, pixels, x), self.kl(*gaussians)

    def per_group(self, values):
        return torch.stack([v.sum(1) for v in values.split([size for _, size in self.groups], 1)], 1)

    def kl(self, q_mean, q_log_var, p_mean, p_log_var):
        """KL(q || p) of each group in nats, [B,G]."""
        log_ratio = q_log_var - p_log_var
        return self.per_group(0.5 * ((q_mean - p_mean) ** 2 * (-p_log_var).exp() + log_ratio.exp() - log_ratio - 1))


def log_weight(model: LatentModel, code: tuple, x, eps):
    """log p(x, z) - log q(z|x) in nats, [B], at the z that `eps` gives."""
    pixels, (q_mean, q_log_var, p_mean, p_log_var) = model.decode(code, eps)
    z = q_mean + (0.5 * q_log_var).exp() * eps
    log_ratio = 0.5 * (eps**2 + q_log_var - (z - p_mean) ** 2 * (-p_log_var).exp() - p_log_var)
    return log_ratio.double().sum(1) - likelihood.negative_log(model.task, pixels, x).double()


def loss_of(model, x, y, step):
    x = likelihood.observe(model.task, x)
    eps = torch.randn(len(x), model.latents, device=x.device)
    with common.autocast(x.device.type):
        rec, kl = model(x, eps)
    rec, kl = rec.mean(), kl.mean(0)
    cost = kl.clamp(min=model.free_nats(step)).sum()
    figures = {"nelbo": rec + kl.sum(), "rec": rec, "kl": kl.sum(), "least": kl.min()}
    return rec + min(1.0, (step + 1) / model.warm_up) * cost, figures


@torch.no_grad()
def terms(model: LatentModel, x, samples: int, generator, batch: int = 250):
    """-log p(x|z) [N] and KL of each group [N,G] in nats, means over `samples` draws of z per image."""
    rec, kl = [], []
    for part in x.split(batch):
        draws = [model(part, torch.randn(len(part), model.latents, generator=generator)) for _ in range(samples)]
        rec.append(torch.stack([r for r, _ in draws]).double().mean(0))
        kl.append(torch.stack([k for _, k in draws]).double().mean(0))
    return torch.cat(rec), torch.cat(kl)


@torch.no_grad()
def importance_weighted(model: LatentModel, x, samples: int, generator, batch: int = 250):
    """-L_K in nats [N] with K = `samples` draws of z per image (Burda et al. 2016, equation 8)."""
    bounds = []
    for image in x.split(1):
        code, weights = model.encode(image), []
        for start in range(0, samples, batch):
            n = min(batch, samples - start)
            many = tuple(t.expand(n, *t.shape[1:]) for t in code)
            eps = torch.randn(n, model.latents, generator=generator)
            weights.append(log_weight(model, many, image.expand(n, 1, 28, 28), eps))
        bounds.append(math.log(samples) - torch.cat(weights).logsumexp(0))
    return torch.stack(bounds)


def evaluate(model: LatentModel, args, seed: int = 0) -> dict:
    """Scores on the first test images, binarized with `seed` where the task says so, and each KL on as many training images."""
    generator = torch.Generator().manual_seed(seed)
    x = likelihood.observe(model.task, load("test", args.data)[0][: args.images], generator)
    rec, kl = terms(model, x, args.samples, generator)
    train = likelihood.observe(model.task, load("train", args.data)[0][: args.images], generator)
    _, per_group = terms(model, train, 1, generator)
    unit, scale = ("nats", 1.0) if model.task == "binarized" else ("bits/dim", 1 / (DIM * math.log(2)))
    found = {
        "negative ELBO": (rec + kl.sum(1), args.samples), "reconstruction": (rec, args.samples), "KL": (kl.sum(1), args.samples),
    }
    if args.weighted_images:
        bound = importance_weighted(model, x[: args.weighted_images], args.weighted_samples, generator)
        found["negative importance-weighted bound"] = (bound, args.weighted_samples)
    return {
        "scores": [common.score(v * scale, "MNIST test", model.task, name, unit, n) for name, (v, n) in found.items()],
        "kl": {name: round(v, 4) for (name, _), v in zip(model.groups, per_group.mean(0).tolist())},
    }


def start(model: LatentModel, source: str) -> None:
    """Copy averaged weights into `model` wherever shapes agree; the KL needs neither warm-up nor free nats then.

    `source` is the folder of a run, or what the names of a shipped model's files begin with, as in `../mnist-hvae`.
    """
    checkpoint = Path(source) / "checkpoint.pt"
    found = torch.load(checkpoint, map_location="cpu", weights_only=True)["average"] if checkpoint.exists() else shipped(source)
    own = model.state_dict()
    missing = own.keys() - found.keys()
    if missing:
        raise SystemExit(f"{source} is of another network: it lacks {', '.join(sorted(missing))}")
    model.load_state_dict({name: found[name] if found[name].shape == value.shape else value for name, value in own.items()})
    model.warm_up, model.free = 1, 0.0


def shipped(prefix: str) -> dict[str, torch.Tensor]:
    """The weights in `prefix`-encoder.onnx and `prefix`-decoder.onnx, by the names they have in PyTorch."""
    return {
        f"{part}.{tensor.name.removesuffix('.f16')}": torch.tensor(numpy_helper.to_array(tensor), dtype=torch.float32)
        for part in ("encoder", "decoder") for tensor in onnx.load(f"{prefix}-{part}.onnx").graph.initializer
    }


def main(doc: str, make, steps: int, out: str, batch: int, samples: int, sizes: dict[str, int] | None = None, **optimization) -> None:
    """Train the model that `make(task, **sizes)` gives, then score it; `doc` is what --help says, `sizes` become options."""
    p = common.parser(doc, steps, out)
    p.set_defaults(batch=batch)
    p.add_argument("--task", choices=list(likelihood.PARAMETERS), default="binarized")
    p.add_argument("--init", help="where to start from, wherever shapes agree: a run's folder, or a shipped model such as ../mnist-hvae (not one with batch norms)")
    p.add_argument("--samples", type=int, default=10, help="draws of z per test image")
    p.add_argument("--weighted-images", type=int, default=1000, help="test images for the importance-weighted bound")
    p.add_argument("--weighted-samples", type=int, default=samples, help="draws of z for each of them")
    for name, default in (sizes or {}).items():
        p.add_argument(f"--{name}", type=int, default=default, help="size of the network; a run is resumed and evaluated with its own")
    args = p.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    sizes = {name: getattr(args, name) for name in sizes or {}}
    model = make(args.task, **sizes)
    if not args.evaluate:
        images, labels = load("train", args.data)
        if args.init:
            start(model, args.init)
            optimization["warmup"] = 300
        common.fit(model, loss_of, images, labels, args, **optimization)
        model = make(args.task, **sizes)
    facts = common.load_shipped(model, args.out, not args.unrounded)
    model.to(memory_format=torch.channels_last)
    facts |= evaluate(model, args)
    common.write_json(Path(args.out) / ("evaluation-unrounded.json" if args.unrounded else "evaluation.json"), facts)
    for s in facts["scores"]:
        print(f"{s['metric']:>34} {s['value']:.4f} ± {s['standardError']:.4f} {s['unit']}")
