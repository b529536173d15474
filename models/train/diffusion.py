"""Objective and bound of the diffusion models on 8-bit images: the parameterization `lattice`, which log SNR to train, the terms of
the bound."""

import math

import torch
from torch import nn

import precision
from unet import LOG_SNR_MAX, LOG_SNR_MIN, NO_CLASS

SPAN = LOG_SNR_MAX - LOG_SNR_MIN
BINS = 96  # of log SNR, for the running loss
FORGET = 0.02  # by which the running loss follows a new value
UNIFORM = 0.2  # share of the bound's draws that are uniform whatever the running loss says
SAMPLING = 0.25  # share of the batch, and of the loss, that follows the cosine schedule, for the quality of samples
SEEN = 0.05  # weight of the error without the clamp: a pixel that is clamped wrongly has no gradient otherwise
DROPPED = 0.1  # share of the batch whose class is hidden


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


def predict(network, x_t, log_snr, label):
    """x0_hat, eps_hat and unclipped eps_hat at the true `log_snr`; the network sees it clamped to the trained range."""
    f = network(x_t.float(), log_snr.clamp(LOG_SNR_MIN, LOG_SNR_MAX).float(), label)
    with torch.autocast(x_t.device.type, enabled=False):
        return lattice(x_t, log_snr, f.to(x_t.dtype))


def strata(n: int, device) -> torch.Tensor:
    return (torch.arange(n, device=device) + torch.rand(n, device=device)) / n


class Objective(nn.Module):
    """Mean squared error of eps, all but a share of the batch on the continuous-time bound.

    The bound is an integral over log SNR of the mean squared error. Its draws follow a piecewise constant density proportional to
    the root mean square of the error found in each bin so far, the choice of least variance (Nichol & Dhariwal 2021, section 3.3),
    mixed with a uniform one, and are weighted by its inverse.
    """

    def __init__(self, network: nn.Module):
        super().__init__()
        self.network = network
        self.register_buffer("square", torch.full((BINS,), 1.0))  # running mean of the squared error by bin

    def go_on(self) -> None:
        """Train on from what a finished run left: the running error stays what it is."""

    def draw(self, n: int, device) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Log SNR [n] for the bound, stratified; its bin, and the inverse of the density relative to a uniform one."""
        density = self.square.sqrt()
        density = UNIFORM / BINS + (1 - UNIFORM) * density / density.sum()
        upper = density.cumsum(0)
        at = strata(n, device) * upper[-1]
        index = torch.searchsorted(upper, at).clamp(max=BINS - 1)
        chosen = density[index]
        inside = ((upper[index] - at) / chosen).clamp(0, 1)
        return LOG_SNR_MIN + SPAN * (index + 1 - inside) / BINS, index, 1 / (BINS * chosen)

    @torch.no_grad()
    def remember(self, index, errors) -> None:
        ones = torch.ones_like(errors)
        count = torch.zeros_like(self.square).index_add_(0, index, ones)
        mean = torch.zeros_like(self.square).index_add_(0, index, errors.nan_to_num(1.0) ** 2) / count.clamp(min=1)
        # a bin that k draws of the batch fell into is followed k times as fast
        self.square.lerp_(mean, 1 - (1 - FORGET) ** count)

    def forward(self, levels, labels, progress):
        """Loss and figures of uint8 images [B,1,28,28]; the share of the run that is done does not matter here."""
        x0, n, device = levels.float() / 127.5 - 1, len(levels), levels.device
        n_bound = n - int(SAMPLING * n)
        log_snr, index, weight = self.draw(n_bound, device)
        cosine = (-2 * torch.log(torch.tan(math.pi / 2 * strata(n - n_bound, device)))).clamp(-12, LOG_SNR_MAX)
        log_snr = torch.cat([log_snr, cosine])
        labels = labels.masked_fill(torch.rand(n, device=device) < DROPPED, NO_CLASS)
        eps = torch.randn_like(x0)
        with precision.autocast(device.type):
            _, clipped, raw = predict(self.network, noise(x0, log_snr, eps), log_snr, labels)
        errors, unclipped = (((e - eps) ** 2).mean((1, 2, 3)) for e in (clipped, raw))
        self.remember(index, errors[:n_bound].detach())
        each = errors + SEEN * unclipped
        loss = (1 - SAMPLING) * (each[:n_bound] * weight).mean() + SAMPLING * each[n_bound:].mean()
        bits = (errors[:n_bound] * weight).mean() * 0.5 * SPAN / math.log(2)
        return loss, {"diffusion_bpd": bits, "cosine_mse": errors[n_bound:].mean()}


def terms(network, x, y, intervals: int, generator) -> dict[str, torch.Tensor]:
    """Per-image terms of the continuous-time bound in nats (Kingma et al. 2021, eq. 11-15) for 8-bit images x [N,1,28,28].

    prior: KL(q(z at lambda_min | x) || N(0,I)). diffusion: half the integral over lambda of |eps - eps_hat|^2, one draw in
    each of so many equal `intervals`. reconstruction: -log p(x | z at lambda_max), p a softmax over the 256 levels of the
    density of z. All but the network is in f64; the generator is of the images' device.
    """
    device, levels = x.device, x.double()
    x0, n = levels / 127.5 - 1, len(x)
    lo, hi = (torch.tensor(v, dtype=torch.float64, device=device) for v in (LOG_SNR_MIN, LOG_SNR_MAX))

    def normal():
        return torch.randn(x0.shape, generator=generator, device=device).double()

    var = torch.sigmoid(-lo)
    prior = 0.5 * (torch.sigmoid(lo) * x0**2 + var - var.log() - 1).sum((1, 2, 3))
    diffusion = torch.zeros(n, dtype=torch.float64, device=device)
    for k in range(intervals):
        log_snr = lo + (hi - lo) * (k + torch.rand(n, generator=generator, device=device).double()) / intervals
        eps = normal()
        _, clipped, _ = predict(network, noise(x0, log_snr, eps), log_snr, y)
        diffusion += 0.5 * (hi - lo) / intervals * ((clipped - eps) ** 2).sum((1, 2, 3))
    s = 127.5 * torch.exp(-hi / 2)
    u = levels + s * normal()
    nearby = u.round().clamp(3, 252).unsqueeze(-1) + torch.arange(-3, 4, device=device)
    log_weights = -0.5 * ((u.unsqueeze(-1) - nearby) / s) ** 2
    reconstruction = (log_weights.logsumexp(-1) + 0.5 * ((u - levels) / s) ** 2).sum((1, 2, 3))
    return {"prior": prior, "diffusion": diffusion, "reconstruction": reconstruction}
