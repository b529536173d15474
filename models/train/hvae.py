"""A top-down hierarchical VAE of 28x28 images.

The generative model draws z_1, …, z_L from the top down, each from a Gaussian whose parameters depend on the layers above; the
posterior of a layer is that prior plus a residual that also sees features of the image (Sønderby et al. 2016, Ladder Variational
Autoencoders; the residual parameterization is that of Vahdat & Kautz 2020, NVAE, section 3.2).
"""

import math

import torch
import torch.nn.functional as F
from torch import nn

import latent
from layers import Block, Output, conv

COARSE, FINE = 64, 32  # channels at 7x7 and 14x14
COARSE_LATENTS, FINE_LATENTS = 4, 2
SEEN, STATE = 48, 96  # sizes of what a layer of vectors sees of the image, and of the layers above it
LOG_VAR = -5.0, 3.0
RESIDUAL_LOG_VAR = -7.0, 3.0


def bounded(both, low: float, high: float):
    """Mean and log variance, side by side along axis 1, within their bounds."""
    mean, log_var = both.float().split(both.shape[1] // 2, 1)
    return mean.clamp(-latent.MEAN, latent.MEAN), log_var.clamp(low, high)


class Encoder(nn.Module):
    """x [B,1,28,28] in [0,1] -> what the posteriors add to the priors see of it: one vector [B,n,1,1] for the layers of vectors
    `top` and, side by side, the features of the `coarse` layers at 7x7 [B,64 coarse,7,7] and of the `fine` ones at 14x14."""

    def __init__(self, top: tuple[int, ...], coarse: int, fine: int):
        super().__init__()
        seen = 2 * top[0] + SEEN * (len(top) - 1)
        self.fine = nn.Sequential(nn.Conv2d(1, FINE, 4, 2, 1), Block(FINE), Block(FINE))
        self.coarse = nn.Sequential(nn.SiLU(), nn.Conv2d(FINE, COARSE, 4, 2, 1), Block(COARSE), Block(COARSE))
        self.top = nn.Sequential(nn.SiLU(), conv(COARSE, 16, 1), nn.SiLU(), nn.Conv2d(16, 128, 7), nn.SiLU(), conv(128, seen, 1, gain=0.1))
        self.to_coarse, self.to_fine = conv(COARSE, coarse * COARSE), conv(FINE, fine * FINE)

    def forward(self, x):
        fine = self.fine(x - 0.13)
        coarse = self.coarse(fine)
        return self.top(coarse), self.to_coarse(F.silu(coarse)), self.to_fine(F.silu(fine))


def draw(p_mean, p_log_var, residual, eps, gate):
    """z = m + exp(v / 2) eps with (m, v) the prior plus its gate times the bounded residual; z and the four that name it."""
    mean, log_var = bounded(residual, *RESIDUAL_LOG_VAR)
    q_mean, q_log_var = p_mean + gate * mean, p_log_var + gate * log_var
    return q_mean + (0.5 * q_log_var).exp() * eps, (q_mean, q_log_var, p_mean, p_log_var)


class Vector(nn.Module):
    """A layer of `size` latents without place below others with `above` latents: prior and residual from small dense networks."""

    def __init__(self, above: int, size: int):
        super().__init__()
        self.state, self.prior = nn.Linear(above, STATE), nn.Linear(STATE, 2 * size)
        self.see, self.residual = nn.Linear(STATE, SEEN), nn.Linear(SEEN, 2 * size)
        with torch.no_grad():
            self.prior.weight.mul_(0.1)
            self.residual.weight.mul_(0.1)

    def forward(self, above, seen, eps, gate):
        state = F.silu(self.state(above))
        prior = bounded(self.prior(state), *LOG_VAR)
        return draw(*prior, self.residual(F.silu(self.see(state) + seen)), eps, gate)


class Stochastic(nn.Module):
    """One layer of maps: state h and features e give prior, gated posterior and the next state."""

    def __init__(self, channels: int, latents: int, side: int):
        super().__init__()
        self.shape = (latents, side, side)
        self.prior, self.see = conv(channels, 2 * latents, gain=0.1), conv(channels, channels)
        self.residual, self.inject, self.block = conv(channels, 2 * latents, gain=0.1), conv(latents, channels), Block(channels)

    def forward(self, h, e, eps, gate):
        s = F.silu(h)
        prior = bounded(self.prior(s), *LOG_VAR)
        residual = self.residual(F.silu(self.see(s) + e))
        z, term = draw(*prior, residual, eps.reshape(-1, *self.shape), gate.reshape(-1, 1, 1, 1))
        return self.block(h + self.inject(z)), tuple(t.flatten(1) for t in term)


class Decoder(nn.Module):
    """Features, eps [B,N] and a gate per layer [B,L] -> likelihood parameters and, of all N latents end to end, mean and log
    variance of what z was drawn from (q_mean, q_log_var) and of the prior given the z above (p_mean, p_log_var), [B,N] each.
    """

    def __init__(self, likelihood, top: tuple[int, ...], coarse: int, fine: int):
        super().__init__()
        self.likelihood, self.top_sizes = likelihood, top
        self.sizes = [*top, *[COARSE_LATENTS * 49] * coarse, *[FINE_LATENTS * 196] * fine]
        self.top = nn.ModuleList(Vector(sum(top[:i]), size) for i, size in enumerate(top) if i)
        self.expand = nn.Linear(sum(top), 16 * 49)
        self.start = nn.Sequential(conv(16, COARSE, 1), Block(COARSE))
        self.coarse = nn.ModuleList(Stochastic(COARSE, COARSE_LATENTS, 7) for _ in range(coarse))
        self.up = nn.Sequential(nn.SiLU(), conv(COARSE, 4 * FINE, 1), nn.PixelShuffle(2))
        self.fine = nn.ModuleList(Stochastic(FINE, FINE_LATENTS, 14) for _ in range(fine))
        self.end = nn.Sequential(nn.SiLU(), Output(FINE, likelihood.channels), nn.PixelShuffle(2))
        likelihood.start(self.end[1].bias)

    def forward(self, top, coarse, fine, eps, gate):
        eps, gate = list(eps.split(self.sizes, 1)), list(gate.split(1, 1))
        first, *seen = top.flatten(1).split([2 * self.top_sizes[0]] + [SEEN] * len(self.top), 1)
        noise, gates = iter(eps), iter(gate)
        standard = 0 * eps[0]  # mean and log variance of N(0, I)
        z, term = draw(standard, standard, first, next(noise), next(gates))
        terms = [term]
        for layer, e in zip(self.top, seen):
            more, term = layer(z, e, next(noise), next(gates))
            z = torch.cat([z, more], 1)
            terms.append(term)
        h = self.start(self.expand(z).reshape(-1, 16, 7, 7))
        for layer, e in zip(self.coarse, coarse.split(COARSE, 1)):
            h, term = layer(h, e, next(noise), next(gates))
            terms.append(term)
        h = self.up(h)
        for layer, e in zip(self.fine, fine.split(FINE, 1)):
            h, term = layer(h, e, next(noise), next(gates))
            terms.append(term)
        return *self.likelihood.parameters(self.end(h)), *(torch.cat(each, 1) for each in zip(*terms))


class Hvae(latent.LatentModel):
    """Layers of vectors `top`, the first with the prior N(0, I), then `coarse` layers at 7x7 and `fine` ones at 14x14; each a group."""

    def __init__(self, likelihood, top: tuple[int, ...] = (8, 8, 8), coarse: int = 4, fine: int = 4):
        names = ["top"] if len(top) == 1 else [f"top {i + 1}" for i in range(len(top))]
        self.shapes = list(zip(names, [(size,) for size in top]))
        self.shapes += [(f"7x7 {i + 1}", (COARSE_LATENTS, 7, 7)) for i in range(coarse)]
        self.shapes += [(f"14x14 {i + 1}", (FINE_LATENTS, 14, 14)) for i in range(fine)]
        super().__init__(likelihood, [(name, math.prod(shape)) for name, shape in self.shapes])
        self.encoder, self.decoder = Encoder(top, coarse, fine), Decoder(likelihood, top, coarse, fine)

    def encode(self, x):
        return self.encoder(x)

    def decode(self, code, eps):
        *pixels, q_mean, q_log_var, p_mean, p_log_var = self.decoder(*code, eps, torch.ones_like(eps[:, : len(self.shapes)]))
        return tuple(pixels), (q_mean, q_log_var, p_mean, p_log_var)
