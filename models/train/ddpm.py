"""Train and evaluate mnist-ddpm: a class-conditional U-Net on 8-bit MNIST, conditioned on log SNR.

Notation: x_t = alpha x_0 + sigma eps, alpha^2 = sigmoid(lambda), sigma^2 = sigmoid(-lambda), x_0 in [-1, 1].
"""

import math
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn

import common
from data import load

LOG_SNR_MIN, LOG_SNR_MAX = -6.0, 13.3
NO_CLASS = 10
DIM = 784


class GroupNorm(nn.Module):
    """GroupNorm, spelled out under export in ops that every runtime has. Without `affine` no scale and shift is learned."""

    def __init__(self, channels: int, size: int, groups: int = 8, affine: bool = True):
        super().__init__()
        self.groups, self.shape = groups, (-1, channels, size, size)
        self.weight = nn.Parameter(torch.ones(channels)) if affine else None
        self.bias = nn.Parameter(torch.zeros(channels)) if affine else None

    def forward(self, x):
        if not torch.onnx.is_in_onnx_export():
            return F.group_norm(x, self.groups, self.weight, self.bias, eps=1e-5)
        _, c, h, w = self.shape
        x = x.reshape(-1, self.groups, c // self.groups * h * w)
        x = x - x.mean(2, keepdim=True)
        x = x / (x * x).mean(2, keepdim=True).add(1e-5).sqrt()
        x = x.reshape(self.shape)
        return x if self.weight is None else x * self.weight.view(-1, 1, 1) + self.bias.view(-1, 1, 1)


class ResBlock(nn.Module):
    """Norm, SiLU, conv; norm with scale and shift from the embedding, SiLU, conv; plus the (projected) input."""

    def __init__(self, c_in: int, c_out: int, size: int, embedding: int):
        super().__init__()
        self.channels = c_out
        self.norm1 = GroupNorm(c_in, size)
        self.conv1 = nn.Conv2d(c_in, c_out, 3, padding=1)
        self.norm2 = GroupNorm(c_out, size, affine=False)
        self.condition = nn.Linear(embedding, 2 * c_out)
        self.conv2 = nn.Conv2d(c_out, c_out, 3, padding=1)
        self.skip = nn.Conv2d(c_in, c_out, 1) if c_in != c_out else nn.Identity()
        nn.init.zeros_(self.conv2.weight)
        nn.init.zeros_(self.conv2.bias)
        with torch.no_grad():
            self.condition.weight.mul_(0.3)
            self.condition.bias.zero_()
            self.condition.bias[:c_out] = 1

    def forward(self, x, e):
        h = self.conv1(F.silu(self.norm1(x)))
        scale, shift = self.condition(e).reshape(-1, 2 * self.channels, 1, 1).split(self.channels, 1)
        h = self.conv2(F.silu(self.norm2(h) * scale + shift))
        return self.skip(x) + h


class Attention(nn.Module):
    """Self-attention over the 7x7 positions, four heads."""

    def __init__(self, channels: int, size: int, heads: int = 4):
        super().__init__()
        self.norm = GroupNorm(channels, size)
        self.qkv, self.out = nn.Conv2d(channels, 3 * channels, 1), nn.Conv2d(channels, channels, 1)
        self.split = (-1, 3 * heads, channels // heads, size * size)
        self.shape, self.heads, self.scale = (-1, channels, size, size), heads, (channels // heads) ** -0.5
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)

    def forward(self, x):
        q, k, v = self.qkv(self.norm(x)).reshape(self.split).split(self.heads, 1)
        weights = ((q * self.scale).transpose(2, 3) @ k).softmax(3)
        return x + self.out((v @ weights.transpose(2, 3)).reshape(self.shape))


def upsample(x, channels: int, size: int):
    """Nearest neighbour, twice the side. Under export a broadcast, as Resize is poorly supported."""
    if not torch.onnx.is_in_onnx_export():
        return F.interpolate(x, scale_factor=2, mode="nearest")
    return (x.reshape(-1, channels, size, 1, size, 1) * torch.ones(1, 1, 1, 2, 1, 2)).reshape(-1, channels, 2 * size, 2 * size)


class UNet(nn.Module):
    """x_t [B,1,28,28], log SNR [B] clamped by the caller, class [B] (10: none) -> F [B,1,28,28]."""

    def __init__(self, width: int = 48, embedding: int = 128):
        super().__init__()
        w, v, e = width, 2 * width, embedding
        self.register_buffer("frequencies", math.pi * torch.tensor([0.5, 1, 1.5, 2, 3, 4, 6, 8]), persistent=False)
        self.embed_log_snr, self.embed_class = nn.Linear(17, e), nn.Embedding(NO_CLASS + 1, e)
        self.embed = nn.Linear(e, e)
        self.conv_in = nn.Conv2d(4, w, 3, padding=1)
        self.down14 = ResBlock(w, w, 14, e)
        self.down = nn.Conv2d(w, v, 3, stride=2, padding=1)
        self.down7 = ResBlock(v, v, 7, e)
        self.mid1, self.attention, self.mid2 = ResBlock(v, v, 7, e), Attention(v, 7), ResBlock(v, v, 7, e)
        self.up7a, self.up7b = ResBlock(2 * v, v, 7, e), ResBlock(2 * v, v, 7, e)
        self.up = nn.Conv2d(v, w, 3, padding=1)
        self.up14a, self.up14b = ResBlock(2 * w, w, 14, e), ResBlock(2 * w, w, 14, e)
        self.norm_out = GroupNorm(w, 14)
        self.conv_out = nn.Conv2d(w, 4, 3, padding=1)
        self.width = w
        nn.init.zeros_(self.conv_out.weight)
        nn.init.zeros_(self.conv_out.bias)

    def embedding(self, log_snr, label):
        middle, half = (LOG_SNR_MIN + LOG_SNR_MAX) / 2, (LOG_SNR_MAX - LOG_SNR_MIN) / 2
        t = ((log_snr - middle) / half)[:, None]
        features = torch.cat([t, torch.sin(t * self.frequencies), torch.cos(t * self.frequencies)], 1)
        e = F.silu(self.embed_log_snr(features) + self.embed_class(label))
        return F.silu(self.embed(e))

    def forward(self, x_t, log_snr, label):
        e = self.embedding(log_snr, label)
        x = x_t.reshape(-1, 14, 2, 14, 2).permute(0, 2, 4, 1, 3).reshape(-1, 4, 14, 14)
        if not torch.onnx.is_in_onnx_export():
            x = x.contiguous(memory_format=torch.channels_last)
        with torch.autocast(x.device.type, enabled=False):  # bf16 cannot hold noise below one 8-bit level
            a = self.conv_in(x)
        b = self.down14(a, e)
        c = self.down(b)
        d = self.down7(c, e)
        h = self.mid2(self.attention(self.mid1(d, e)), e)
        h = self.up7b(torch.cat([self.up7a(torch.cat([h, d], 1), e), c], 1), e)
        h = self.up(upsample(h, 2 * self.width, 7))
        h = self.up14b(torch.cat([self.up14a(torch.cat([h, b], 1), e), a], 1), e)
        h = self.conv_out(F.silu(self.norm_out(h)))
        return h.reshape(-1, 2, 2, 14, 14).permute(0, 3, 1, 4, 2).reshape(-1, 1, 28, 28)


def lattice(x_t, log_snr, f):
    """Network output F to (x0_hat clipped, eps_hat, eps_hat without the clip): the parameterization `lattice`.

    Where the noise in levels s = 127.5 sigma / alpha exceeds 0.8, F is v = alpha eps - sigma x_0. Below, F corrects the
    posterior mean of the level over the seven nearest of the 256 that an 8-bit pixel can have. `log_snr` is the true one.
    """
    log_snr = log_snr.to(x_t.dtype).view(-1, 1, 1, 1)
    alpha, sigma = torch.sigmoid(log_snr).sqrt(), torch.sigmoid(-log_snr).sqrt()
    s = 127.5 * sigma / alpha
    u = 127.5 * (x_t / alpha + 1)
    centre = u.round().clamp(3, 252)
    offsets = torch.arange(-3, 4, dtype=x_t.dtype, device=x_t.device)
    distance = (u - centre).unsqueeze(-1) - offsets
    weights = (-0.5 * (distance / s.clamp(max=0.8).unsqueeze(-1)) ** 2).softmax(-1)
    level = centre + (weights * offsets).sum(-1)
    base = torch.where(s > 0.8, alpha * x_t, level / 127.5 - 1)
    raw = base - sigma * f
    x0 = raw.clamp(-1, 1)
    return x0, (x_t - alpha * x0) / sigma, (x_t - alpha * raw) / sigma


def noise(x0, log_snr, eps):
    log_snr = log_snr.view(-1, 1, 1, 1)
    return torch.sigmoid(log_snr).sqrt() * x0 + torch.sigmoid(-log_snr).sqrt() * eps


def predict(model, x_t, log_snr, label):
    """x0_hat, eps_hat and unclipped eps_hat at the true `log_snr`; the network sees it clamped to the trained range."""
    f = model(x_t.float(), log_snr.clamp(LOG_SNR_MIN, LOG_SNR_MAX).float(), label)
    with torch.autocast(x_t.device.type, enabled=False):
        return lattice(x_t, log_snr, f.to(x_t.dtype))


def loss_of(model, x, y, step):
    """Mean square error of eps: half of the batch over log SNR uniform (the bound), half as the cosine schedule has it (samples)."""
    x0 = x.float() / 127.5 - 1
    n, device = len(x0), x0.device
    half = n // 2
    strata = (torch.arange(half, device=device) + torch.rand(half, device=device)) / half
    uniform = LOG_SNR_MIN + (LOG_SNR_MAX - LOG_SNR_MIN) * strata
    t = (torch.arange(n - half, device=device) + torch.rand(n - half, device=device)) / (n - half)
    cosine = (-2 * torch.log(torch.tan(math.pi / 2 * t))).clamp(-12, LOG_SNR_MAX)
    log_snr = torch.cat([uniform, cosine])
    y = torch.where(torch.rand(n, device=device) < 0.1, NO_CLASS, y)
    eps = torch.randn_like(x0)
    x_t = noise(x0, log_snr, eps)
    with common.autocast(device.type):
        _, clipped, raw = predict(model, x_t, log_snr, y)
    errors = ((clipped - eps) ** 2).mean((1, 2, 3))
    bits = errors[:half].mean() * 0.5 * (LOG_SNR_MAX - LOG_SNR_MIN) / math.log(2)
    loss = errors.mean() + 0.05 * ((raw - eps) ** 2).mean()
    return loss, {"diffusion_bpd": bits, "cosine_mse": errors[half:].mean()}


def terms(model, x, y, strata: int, generator) -> dict[str, torch.Tensor]:
    """Per-image terms of the continuous-time bound in nats (Kingma et al. 2021, eq. 11-15) for 8-bit images x [N,1,28,28].

    prior: KL(q(z at lambda_min | x) || N(0,I)). diffusion: half the integral over lambda of |eps - eps_hat|^2, one draw in
    each of `strata` equal intervals. reconstruction: -log p(x | z at lambda_max), p a softmax over the 256 levels of the
    density of z.
    """
    levels = x.double()
    x0 = levels / 127.5 - 1
    n = len(x0)
    lo, hi = torch.tensor(LOG_SNR_MIN).double(), torch.tensor(LOG_SNR_MAX).double()
    var = torch.sigmoid(-lo)
    prior = 0.5 * (torch.sigmoid(lo) * x0**2 + var - var.log() - 1).sum((1, 2, 3))
    diffusion = torch.zeros(n).double()
    for k in range(strata):
        log_snr = lo + (hi - lo) * (k + torch.rand(n, generator=generator).double()) / strata
        eps = torch.randn(x0.shape, generator=generator).double()
        _, clipped, _ = predict(model, noise(x0, log_snr, eps), log_snr, y)
        diffusion += 0.5 * (hi - lo) / strata * ((clipped - eps) ** 2).sum((1, 2, 3))
    s = 127.5 * torch.exp(-hi / 2)
    u = levels + s * torch.randn(x0.shape, generator=generator).double()
    nearby = u.round().clamp(3, 252).unsqueeze(-1) + torch.arange(-3, 4)
    log_weights = -0.5 * ((u.unsqueeze(-1) - nearby) / s) ** 2
    reconstruction = (log_weights.logsumexp(-1) + 0.5 * ((u - levels) / s) ** 2).sum((1, 2, 3))
    return {"prior": prior, "diffusion": diffusion, "reconstruction": reconstruction}


@torch.no_grad()
def evaluate(model, data: str | None, images: int, strata: int, seed: int = 0) -> dict:
    """Scores on the first `images` test images, given their class."""
    x, y = (t[:images] for t in load("test", data))
    generator = torch.Generator().manual_seed(seed)
    parts = [terms(model, x[i : i + 250], y[i : i + 250], strata, generator) for i in range(0, len(x), 250)]
    nats = {name: torch.cat([p[name] for p in parts]) for name in parts[0]}
    nats = {"continuous-time bound": sum(nats.values()), **nats}
    bits = {name: v / (DIM * math.log(2)) for name, v in nats.items()}
    return {"scores": [common.score(v, "MNIST test", "8-bit", name, "bits/dim", strata) for name, v in bits.items()]}


def main() -> None:
    p = common.parser(__doc__, 15000, "runs/ddpm")
    p.add_argument("--strata", type=int, default=16, help="evaluations of the network per test image")
    args = p.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    model = UNet()
    if not args.evaluate:
        images, labels = load("train", args.data)
        common.fit(model, loss_of, images, labels, args, lr=1e-3, warmup=500, betas=(0.9, 0.99), decay=0.0, ema=0.9995, clip=1.0)
        model = UNet()
    facts = common.load_shipped(model, args.out, not args.unrounded)
    facts |= evaluate(model, args.data, args.images, args.strata)
    common.write_json(Path(args.out) / ("evaluation-unrounded.json" if args.unrounded else "evaluation.json"), facts)
    for s in facts["scores"]:
        print(f"{s['metric']:>22} {s['value']:.4f} ± {s['standardError']:.4f} {s['unit']}")


if __name__ == "__main__":
    main()
