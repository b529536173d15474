"""What the latent-variable models share: the terms of the evidence lower bound, the training objective, importance weights."""

import math

import torch
from torch import nn

import precision

MEAN = 8.0  # bound of the absolute mean of a Gaussian over z, that of a posterior relative to its prior
WARM_UP = 0.04  # share of a run that starts afresh over which the weight of the KL rises to 1
FREE = 0.4, 0.7  # shares of such a run between which the free nats of a group fall to nothing


class LatentModel(nn.Module):
    """A model p(x|z) p(z) with a posterior q(z|x), both Gaussian in each of the `latents` entries of z given those before.

    `groups` are name and number of entries of each part of z whose KL is told apart. A subclass has `encode` and `decode`.
    """

    def __init__(self, likelihood, groups: list[tuple[str, int]]):
        super().__init__()
        self.likelihood, self.groups = likelihood, groups

    def encode(self, x) -> tuple:
        """What decoding needs of the images x [B,1,28,28]; tensors with a batch dimension."""
        raise NotImplementedError

    def decode(self, code: tuple, eps) -> tuple[tuple, tuple]:
        """Likelihood parameters, and q_mean, q_log_var, p_mean, p_log_var [B,N] of z = q_mean + exp(q_log_var / 2) eps."""
        raise NotImplementedError

    @property
    def latents(self) -> int:
        return sum(size for _, size in self.groups)

    def forward(self, x, eps):
        """-log p(x|z) [B] and the KL of each group given the z drawn above it [B,G], in nats."""
        pixels, gaussians = self.decode(self.encode(x), eps)
        return self.likelihood.negative_log(pixels, x), self.kl(*gaussians)

    def kl(self, q_mean, q_log_var, p_mean, p_log_var):
        """KL(q || p) of each group in nats, [B,G]."""
        log_ratio = q_log_var - p_log_var
        each = 0.5 * ((q_mean - p_mean) ** 2 * (-p_log_var).exp() + log_ratio.exp() - log_ratio - 1)
        return torch.stack([v.sum(1) for v in each.split([size for _, size in self.groups], 1)], 1)

    def log_weight(self, code: tuple, x, eps):
        """log p(x, z) - log q(z|x) in nats, [B] in f64, at the z that `eps` gives."""
        pixels, (q_mean, q_log_var, p_mean, p_log_var) = self.decode(code, eps)
        z = q_mean + (0.5 * q_log_var).exp() * eps
        log_ratio = 0.5 * (eps**2 + q_log_var - (z - p_mean) ** 2 * (-p_log_var).exp() - p_log_var)
        return log_ratio.double().sum(1) - self.likelihood.negative_log(pixels, x).double()


class Objective(nn.Module):
    """The negative ELBO with a KL that is annealed at the start of a run and, of each group, free up to some nats.

    Free nats are of the mean over the batch (Kingma et al. 2016, equation 15). A run that starts from trained weights is not `cold`:
    it has neither.
    """

    def __init__(self, network: LatentModel, free: float = 0.0, cold: bool = True):
        super().__init__()
        self.network, self.free = network, free
        self.register_buffer("cold", torch.tensor(float(cold)))

    def go_on(self) -> None:
        """Train on from what a finished run left."""
        self.cold.zero_()

    def forward(self, levels, labels, progress):
        """Loss and figures of uint8 images [B,1,28,28] when the share `progress` (a tensor) of the run is done."""
        x = self.network.likelihood.observe(levels)
        eps = torch.randn(len(x), self.network.latents, device=x.device)
        with precision.autocast(x.device.type):
            rec, kl = self.network(x, eps)
        rec, kl = rec.mean(), kl.mean(0)
        first, last = FREE
        free = self.free * self.cold * ((last - progress) / (last - first)).clamp(0, 1)
        weight = 1 - self.cold * (1 - progress / WARM_UP).clamp(0, 1)
        loss = rec + weight * torch.maximum(kl, free).sum()
        return loss, {"nelbo": rec + kl.sum(), "rec": rec, "kl": kl.sum(), "least": kl.min()}


@torch.no_grad()
def terms(model: LatentModel, x, samples: int, generator, batch: int):
    """-log p(x|z) [N] and KL of each group [N,G] in nats, means over `samples` draws of z per image."""
    rec, kl = [], []
    for part in x.split(batch):
        draws = [model(part, torch.randn(len(part), model.latents, generator=generator, device=x.device)) for _ in range(samples)]
        rec.append(torch.stack([r for r, _ in draws]).double().mean(0))
        kl.append(torch.stack([k for _, k in draws]).double().mean(0))
    return torch.cat(rec), torch.cat(kl)


@torch.no_grad()
def importance_weighted(model: LatentModel, x, samples: int, generator, batch: int):
    """-L_K in nats [N] with K = `samples` draws of z per image (Burda et al. 2016, equation 8)."""
    bounds = []
    for image in x.split(1):
        code, weights = model.encode(image), []
        for start in range(0, samples, batch):
            n = min(batch, samples - start)
            many = tuple(t.expand(n, *t.shape[1:]) for t in code)
            eps = torch.randn(n, model.latents, generator=generator, device=x.device)
            weights.append(model.log_weight(many, image.expand(n, 1, 28, 28), eps))
        bounds.append(math.log(samples) - torch.cat(weights).logsumexp(0))
    return torch.stack(bounds)
