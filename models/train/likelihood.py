"""The observation models p(x|z) of the latent-variable models: Bernoulli on binarized pixels, and on 8-bit levels a discretized
logistic or a mixture of them. Means and scales are in units where pixels span [-1, 1]."""

import math

import torch
import torch.nn.functional as F

LOG_SCALE = -7.0, 1.0  # bounds, without which an image unlike any of the data set can have the probability 0 in f32
MEAN = 5.0  # bound of the absolute mean of a logistic
COMPONENT_MEAN = 1.05  # of one in a mixture: far enough for an atom at either end, and the mean of the mixture is that of the pixel


def log_mass(mean: torch.Tensor, log_scale: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
    """log P(level) of a discretized logistic at the levels 255 x; open tails at both ends.

    The mass of an inner bin is F(b) - F(a) = σ(b) σ(-a) (1 - exp(a - b)), b - a = 2 / (255 s), which neither cancels nor underflows
    (Salimans et al. 2017, PixelCNN++, equation 2).
    """
    scale = (-log_scale).exp()
    centred = 2 * x - 1 - mean
    above, below = (centred + 1 / 255) * scale, (centred - 1 / 255) * scale
    last, first = x > 0.999, x < 0.001
    width = torch.log(-torch.expm1(-2 / 255 * scale)).masked_fill(last | first, 0.0)
    return F.logsigmoid(above).masked_fill(last, 0.0) + F.logsigmoid(-below).masked_fill(first, 0.0) + width


class Bernoulli:
    """One output, `logits` [B,1,28,28]."""

    name, task, outputs, channels = "bernoulli", "binarized", ("logits",), 1

    def observe(self, levels: torch.Tensor, generator: torch.Generator | None = None) -> torch.Tensor:
        """uint8 levels as the model's x: binarized anew at every call, 1 with probability level / 255."""
        return torch.bernoulli(levels.float() / 255, generator=generator)

    def parameters(self, raw: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """The network's last layer as what the exported file gives, in f32."""
        return (raw.float(),)

    def negative_log(self, parameters, x):
        """-log p(x|z) in nats, [B]."""
        return F.binary_cross_entropy_with_logits(parameters[0], x, reduction="none").sum((1, 2, 3))

    def mean(self, parameters) -> torch.Tensor:
        """The mean of each pixel in [0, 1], [B,1,28,28]; a mean beyond the ends counts as the end."""
        return torch.sigmoid(parameters[0])

    def start(self, bias: torch.Tensor) -> None:
        """Set the bias of the last layer, [4 channels], before training."""


class DiscretizedLogistic(Bernoulli):
    """Two outputs, `mean` and `log_scale` [B,1,28,28]."""

    name, task, outputs, channels = "discretized-logistic", "8-bit", ("mean", "log_scale"), 2

    def observe(self, levels, generator=None):
        return levels.float() / 255

    def parameters(self, raw):
        mean, log_scale = raw.float().split(1, 1)
        return mean.clamp(-MEAN, MEAN), log_scale.clamp(*LOG_SCALE)

    def negative_log(self, parameters, x):
        return -log_mass(*parameters, x).sum((1, 2, 3))

    def mean(self, parameters):
        return (parameters[0].clamp(-1, 1) + 1) / 2


class LogisticMixture(DiscretizedLogistic):
    """One output, `parameters` [B,3K,28,28]: K mixture logits, then K means, then K log scales."""

    name, outputs, components = "logistic-mixture", ("parameters",), 6
    channels = 3 * components

    def parameters(self, raw):
        logits, means, log_scales = raw.float().split(self.components, 1)
        return (torch.cat([logits, means.clamp(-COMPONENT_MEAN, COMPONENT_MEAN), log_scales.clamp(*LOG_SCALE)], 1),)

    def negative_log(self, parameters, x):
        logits, means, log_scales = parameters[0].split(self.components, 1)
        return -torch.logsumexp(logits.log_softmax(1) + log_mass(means, log_scales, x), 1).sum((1, 2))

    def mean(self, parameters):
        logits, means, _ = parameters[0].split(self.components, 1)
        return ((logits.softmax(1) * means).sum(1, keepdim=True).clamp(-1, 1) + 1) / 2

    def start(self, bias):
        """Means spread over the range of pixels, in each of the four places of the pixel shuffle."""
        with torch.no_grad():
            places = bias.view(3, self.components, 4)
            places[1] += torch.linspace(-1, 1, self.components)[:, None]
            places[2] -= math.log(self.components)


LIKELIHOODS = {kind.name: kind() for kind in (Bernoulli, DiscretizedLogistic, LogisticMixture)}
