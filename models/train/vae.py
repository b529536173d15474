"""Train and evaluate mnist-vae: a convolutional VAE with 16 latents and a Bernoulli decoder on dynamically binarized MNIST."""

from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn

import common
from data import load

LATENTS = 16
WARM_UP = 2000  # steps over which the weight of the KL rises to 1


def conv(c_in: int, c_out: int, kernel: int = 3, stride: int = 1, gain: float = 1.0) -> nn.Sequential:
    """Convolution and batch norm, the pair that export folds into one convolution."""
    norm = nn.BatchNorm2d(c_out)
    nn.init.constant_(norm.weight, gain)
    return nn.Sequential(nn.Conv2d(c_in, c_out, kernel, stride, (kernel - 1) // 2, bias=False), norm)


class Block(nn.Module):
    """x + conv(SiLU(conv(SiLU(x)))), the identity at the start."""

    def __init__(self, channels: int):
        super().__init__()
        self.conv1, self.conv2 = conv(channels, channels), conv(channels, channels, gain=0.0)

    def forward(self, x):
        return x + self.conv2(F.silu(self.conv1(F.silu(x))))


class Shuffle(nn.Module):
    """Pixel shuffle from [4C, side, side] to [C, 2 side, 2 side] with constant shapes."""

    def __init__(self, channels: int, side: int):
        super().__init__()
        self.split, self.merged = (-1, channels, 2, 2, side, side), (-1, channels, 2 * side, 2 * side)

    def forward(self, x):
        return x.reshape(self.split).permute(0, 1, 4, 2, 5, 3).reshape(self.merged)


class Encoder(nn.Module):
    """x [B,1,28,28] in [0,1] -> mean and log variance [B,16] of q(z|x)."""

    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            conv(1, 32, 4, 2), Block(32), nn.SiLU(), conv(32, 64, 4, 2), Block(64), Block(64), nn.SiLU(), conv(64, 16, 1), nn.SiLU()
        )
        self.hidden, self.out = nn.Linear(784, 256), nn.Linear(256, 2 * LATENTS)

    def forward(self, x):
        h = self.features(x).reshape(-1, 784)
        mean, log_var = self.out(F.silu(self.hidden(h))).split(LATENTS, 1)
        return mean, log_var.clamp(-10, 3)


class Decoder(nn.Module):
    """z [B,16] -> logits [B,1,28,28] of the pixels."""

    def __init__(self):
        super().__init__()
        self.hidden, self.grid = nn.Linear(LATENTS, 256), nn.Linear(256, 784)
        self.features = nn.Sequential(
            conv(16, 64, 1), Block(64), Block(64), nn.SiLU(),
            conv(64, 128), Shuffle(32, 7), Block(32), Block(32), nn.SiLU(),
            nn.Conv2d(32, 4, 3, padding=1), Shuffle(1, 14),
        )

    def forward(self, z):
        h = F.silu(self.grid(F.silu(self.hidden(z)))).reshape(-1, 16, 7, 7)
        return self.features(h)


class Vae(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder, self.decoder = Encoder(), Decoder()

    def forward(self, x):
        mean, log_var = (t.float() for t in self.encoder(x))
        z = mean + torch.randn_like(mean) * (0.5 * log_var).exp()
        return mean, log_var, self.decoder(z).float()


def kl_per_latent(mean, log_var):
    """KL(q(z|x) || N(0,I)) in nats, [B,16]."""
    return 0.5 * (mean**2 + log_var.exp() - log_var - 1)


def reconstruction(logits, x):
    """-log p(x|z) in nats, [B]."""
    return F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum((1, 2, 3))


def loss_of(model, x, y, step):
    x = torch.bernoulli(x.float() / 255)
    with common.autocast(x.device.type):
        mean, log_var, logits = model(x)
    rec, kl = reconstruction(logits, x).mean(), kl_per_latent(mean, log_var).sum(1).mean()
    return rec + min(1.0, (step + 1) / WARM_UP) * kl, {"nelbo": rec + kl, "rec": rec, "kl": kl}


@torch.no_grad()
def evaluate(model, data: str | None, images: int, samples: int, seed: int = 0) -> dict:
    """Scores on the first `images` test images, binarized with `seed`, and the KL of each latent on the training set."""
    generator = torch.Generator().manual_seed(seed)
    x = torch.bernoulli(load("test", data)[0][:images].float() / 255, generator=generator)
    rec, kl = [], []
    for batch in x.split(500):
        mean, log_var = model.encoder(batch)
        kl.append(kl_per_latent(mean, log_var).sum(1))
        draws = 0
        for _ in range(samples):
            z = mean + torch.randn(mean.shape, generator=generator) * (0.5 * log_var).exp()
            draws = draws + reconstruction(model.decoder(z), batch) / samples
        rec.append(draws)
    rec, kl = torch.cat(rec), torch.cat(kl)
    train = torch.bernoulli(load("train", data)[0][: 6 * images].float() / 255, generator=generator)
    per_latent = sum(kl_per_latent(*model.encoder(b)).double().sum(0) for b in train.split(500)) / len(train)
    name = ("MNIST test", "binarized")
    return {
        "scores": [
            common.score(rec + kl, *name, "negative ELBO", "nats", samples),
            common.score(rec, *name, "reconstruction", "nats", samples),
            common.score(kl, *name, "KL", "nats", samples),
        ],
        "klPerLatent": [round(v, 4) for v in per_latent.tolist()],
    }


def main() -> None:
    p = common.parser(__doc__, 16000, "runs/vae")
    p.add_argument("--samples", type=int, default=10, help="draws of z per test image")
    args = p.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    model = Vae()
    if not args.evaluate:
        images, labels = load("train", args.data)
        common.fit(model, loss_of, images, labels, args, lr=2e-3, warmup=1000, betas=(0.9, 0.99), decay=1e-4, ema=0.999, clip=50.0)
        model = Vae()
    facts = common.load_shipped(model, args.out, not args.unrounded)
    facts |= evaluate(model, args.data, args.images, args.samples)
    common.write_json(Path(args.out) / ("evaluation-unrounded.json" if args.unrounded else "evaluation.json"), facts)
    for s in facts["scores"]:
        print(f"{s['metric']:>22} {s['value']:.3f} ± {s['standardError']:.3f} {s['unit']}")


if __name__ == "__main__":
    main()
