"""A VAE whose prior is learned: z = flow(u) with u ~ N(0, I) and the flow a RealNVP (Dinh et al. 2017) of dense couplings."""

import math

import torch
import torch.nn.functional as F
from torch import nn

import latent
from vae import Vae

COUPLINGS, WIDTH = 16, 64
SCALE = 2.0  # bound of the log scale of one coupling


class Coupling(nn.Module):
    """One half of z is scaled and shifted by what a network says of the other; the halves change places from one to the next."""

    def __init__(self, latents: int, width: int, second: bool):
        super().__init__()
        self.sizes, self.second = (latents // 2, latents - latents // 2), second
        seen, self.moved = self.sizes[::-1] if second else self.sizes
        self.inner, self.hidden, self.out = nn.Linear(seen, width), nn.Linear(width, width), nn.Linear(width, 2 * self.moved)
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)

    def parts(self, v):
        """The half that is seen and the half that is moved."""
        first, second = v.split(self.sizes, 1)
        return (second, first) if self.second else (first, second)

    def join(self, seen, moved):
        return torch.cat([moved, seen] if self.second else [seen, moved], 1)

    def terms(self, seen):
        log_scale, shift = self.out(F.silu(self.hidden(F.silu(self.inner(seen))))).split(self.moved, 1)
        return SCALE * torch.tanh(log_scale / SCALE), shift

    def forward(self, u):
        seen, moved = self.parts(u)
        log_scale, shift = self.terms(seen)
        return self.join(seen, moved * log_scale.exp() + shift)

    def inverse(self, z):
        """u, and log |det du/dz| [B]."""
        seen, moved = self.parts(z)
        log_scale, shift = self.terms(seen)
        return self.join(seen, (moved - shift) * (-log_scale).exp()), -log_scale.sum(1)


class Flow(nn.Module):
    """u [B,d] -> z [B,d], in f32."""

    def __init__(self, latents: int, couplings: int = COUPLINGS, width: int = WIDTH):
        super().__init__()
        self.couplings = nn.ModuleList(Coupling(latents, width, bool(i % 2)) for i in range(couplings))

    def forward(self, u):
        for coupling in self.couplings:
            u = coupling(u)
        return u

    def inverse(self, z):
        log_det = torch.zeros_like(z[:, 0])
        for coupling in reversed(self.couplings):
            z, change = coupling.inverse(z)
            log_det = log_det + change
        return z, log_det


class Prior(nn.Module):
    """z [B,d] -> u [B,d] and log p(z) [B] in nats: the half of the flow that the bound needs."""

    def __init__(self, flow: Flow):
        super().__init__()
        self.flow = flow

    def forward(self, z):
        u, log_det = self.flow.inverse(z)
        return u, log_det - 0.5 * (u**2 + math.log(2 * math.pi)).sum(1)


class FlowVae(Vae):
    """KL(q || p) has no closed form: each term of the bound is that of the z that was drawn. All latents are one group."""

    def __init__(self, likelihood, latents: int = 32, channels: int = 16):
        super().__init__(likelihood, latents, channels)
        self.groups, self.flow = [("all", latents)], Flow(latents)
        self.prior = Prior(self.flow)

    def log_ratio(self, code, eps):
        """z [B,d] and log p(z) - log q(z|x) [B]."""
        mean, log_var = code
        z = mean + eps * (0.5 * log_var).exp()
        with torch.autocast(z.device.type, enabled=False):
            _, log_prior = self.prior(z.float())
        return z, log_prior + 0.5 * (eps**2 + log_var + math.log(2 * math.pi)).sum(1)

    def forward(self, x, eps):
        z, log_ratio = self.log_ratio(self.encode(x), eps)
        return self.likelihood.negative_log(self.decoder(z), x), -log_ratio[:, None]

    def log_weight(self, code, x, eps):
        z, log_ratio = self.log_ratio(code, eps)
        return log_ratio.double() - self.likelihood.negative_log(self.decoder(z), x).double()
