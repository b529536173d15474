"""Train and evaluate mnist-hvae: a top-down hierarchical VAE with seven stochastic layers on binarized or 8-bit MNIST.

The generative model draws z_1, …, z_7 from the top down, each from a Gaussian whose parameters depend on the layers above; the
posterior of a layer is that prior plus a residual that also sees features of the image (Sønderby et al. 2016, Ladder Variational
Autoencoders; the residual parameterization is that of Vahdat & Kautz 2020, NVAE, section 3.2).
"""

import math

import torch
import torch.nn.functional as F
from torch import nn

import latent
import likelihood
from vae import Shuffle

TOP = 24
LAYERS = [("top", (TOP,))] + [(f"7x7 {i}", (4, 7, 7)) for i in (1, 2, 3)] + [(f"14x14 {i}", (2, 14, 14)) for i in (1, 2, 3)]
SIZES = [math.prod(shape) for _, shape in LAYERS]
COARSE, FINE = 64, 32  # channels at 7x7 and 14x14
WARM_UP = 1500  # steps over which the weight of the KL rises to 1
FREE_STEPS = 10000, 17000  # the steps between which the free nats of a layer fall to nothing


def conv(c_in: int, c_out: int, kernel: int = 3, gain: float = 1.0) -> nn.Conv2d:
    layer = nn.Conv2d(c_in, c_out, kernel, padding=kernel // 2)
    with torch.no_grad():
        layer.weight.mul_(gain)
        layer.bias.zero_()
    return layer


class Block(nn.Module):
    """x + conv(SiLU(conv(SiLU(x)))), close to the identity at the start."""

    def __init__(self, channels: int):
        super().__init__()
        self.conv1, self.conv2 = conv(channels, channels, gain=1.5), conv(channels, channels, gain=0.3)

    def forward(self, x):
        return x + self.conv2(F.silu(self.conv1(F.silu(x))))


class Encoder(nn.Module):
    """x [B,1,28,28] in [0,1] -> what the posteriors add to the priors see of it: the top layer's residual [B,48,1,1] and, side
    by side, the features of the three layers at 7x7 [B,192,7,7] and at 14x14 [B,96,14,14]."""

    def __init__(self):
        super().__init__()
        self.fine = nn.Sequential(nn.Conv2d(1, FINE, 4, 2, 1), Block(FINE), Block(FINE))
        self.coarse = nn.Sequential(nn.SiLU(), nn.Conv2d(FINE, COARSE, 4, 2, 1), Block(COARSE), Block(COARSE))
        self.top = nn.Sequential(nn.SiLU(), conv(COARSE, 16, 1), nn.SiLU(), nn.Conv2d(16, 128, 7), nn.SiLU(), conv(128, 2 * TOP, 1, 0.1))
        self.to_coarse, self.to_fine = conv(COARSE, 3 * COARSE), conv(FINE, 3 * FINE)

    def forward(self, x):
        fine = self.fine(x - 0.13)
        coarse = self.coarse(fine)
        return self.top(coarse), self.to_coarse(F.silu(coarse)), self.to_fine(F.silu(fine))


class Stochastic(nn.Module):
    """One layer of the top-down pass: state h and features e give prior, gated posterior and the next state."""

    def __init__(self, channels: int, latents: int, side: int):
        super().__init__()
        self.shape = (latents, side, side)
        self.prior, self.see = conv(channels, 2 * latents, gain=0.1), conv(channels, channels)
        self.residual, self.inject, self.block = conv(channels, 2 * latents, gain=0.1), conv(latents, channels), Block(channels)

    def forward(self, h, e, eps, gate):
        s = F.silu(h)
        p_mean, p_log_var = self.prior(s).float().split(self.shape[0], 1)
        mean, log_var = self.residual(F.silu(self.see(s) + e)).float().split(self.shape[0], 1)
        p_log_var = p_log_var.clamp(-5, 3)
        gate = gate.reshape(-1, 1, 1, 1)
        q_mean, q_log_var = p_mean + gate * mean, p_log_var + gate * log_var.clamp(-7, 3)
        z = q_mean + (0.5 * q_log_var).exp() * eps.reshape(-1, *self.shape)
        return self.block(h + self.inject(z)), (q_mean, q_log_var, p_mean, p_log_var)


class Decoder(nn.Module):
    """Features, eps [B,N] and a gate per layer [B,7] -> likelihood parameters [B,1,28,28] each and, of all N latents end to end, mean
    and log variance of what z was drawn from (q_mean, q_log_var) and of the prior given the z above (p_mean, p_log_var), [B,N] each.

    A layer draws z = q_mean + exp(q_log_var / 2) eps, where q is the prior plus its gate times the posterior's residual.
    """

    def __init__(self, task: str):
        super().__init__()
        self.task, outputs = task, likelihood.PARAMETERS[task]
        self.expand = nn.Linear(TOP, 16 * 49)
        self.start = nn.Sequential(conv(16, COARSE, 1), Block(COARSE))
        self.coarse = nn.ModuleList(Stochastic(COARSE, 4, 7) for _ in range(3))
        self.up = nn.Sequential(nn.SiLU(), conv(COARSE, 4 * FINE, 1), Shuffle(FINE, 7))
        self.fine = nn.ModuleList(Stochastic(FINE, 2, 14) for _ in range(3))
        self.end = nn.Sequential(nn.SiLU(), likelihood.Output(FINE, task), Shuffle(outputs, 14))

    def forward(self, top, coarse, fine, eps, gate):
        eps, gate = eps.split(SIZES, 1), gate.split(1, 1)
        mean, log_var = top.float().reshape(-1, 2 * TOP).split(TOP, 1)
        mean, log_var = gate[0] * mean, gate[0] * log_var.clamp(-7, 3)
        terms = [(mean, log_var, 0 * mean, 0 * mean)]  # the prior of the top layer is N(0, I)
        z = mean + (0.5 * log_var).exp() * eps[0]
        h = self.start(self.expand(z).reshape(-1, 16, 7, 7))
        for i, (layer, e) in enumerate(zip(self.coarse, coarse.split(COARSE, 1)), 1):
            h, term = layer(h, e, eps[i], gate[i])
            terms.append(term)
        h = self.up(h)
        for i, (layer, e) in enumerate(zip(self.fine, fine.split(FINE, 1)), 4):
            h, term = layer(h, e, eps[i], gate[i])
            terms.append(term)
        pixels = likelihood.parameters(self.task, self.end(h))
        return *pixels, *(torch.cat([t.reshape(-1, n) for t, n in zip(ts, SIZES)], 1) for ts in zip(*terms))


class Hvae(latent.LatentModel):
    """The seven layers are the groups."""

    groups, warm_up, free = [(name, math.prod(shape)) for name, shape in LAYERS], WARM_UP, 3.0

    def __init__(self, task: str):
        super().__init__()
        self.task, self.encoder, self.decoder = task, Encoder(), Decoder(task)

    def free_nats(self, step):
        first, last = FREE_STEPS
        return self.free * min(1.0, max(0.0, (last - step) / (last - first)))

    def encode(self, x):
        return self.encoder(x)

    def decode(self, code, eps):
        *pixels, q_mean, q_log_var, p_mean, p_log_var = self.decoder(*code, eps, torch.ones_like(eps[:, : len(SIZES)]))
        return pixels, (q_mean, q_log_var, p_mean, p_log_var)


if __name__ == "__main__":
    latent.main(
        __doc__, Hvae, 24000, "runs/hvae", batch=64, samples=1000,
        lr=1.5e-3, warmup=1000, betas=(0.9, 0.99), decay=1e-4, ema=0.9995, clip=100.0,
    )
