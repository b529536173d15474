"""The two observation models of the latent-variable models: Bernoulli on binarized pixels, discretized logistic on 8-bit levels."""

import torch
import torch.nn.functional as F
from torch import nn

PARAMETERS = {"binarized": 1, "8-bit": 2}  # numbers per pixel
LOG_SCALE_MIN = -7.0


class Output(nn.Conv2d):
    """The last convolution of a decoder, in f32: bf16 cannot tell the levels of an 8-bit image apart."""

    def __init__(self, c_in: int, task: str):
        super().__init__(c_in, 4 * PARAMETERS[task], 3, padding=1)  # four pixels of the image to one of its input

    def forward(self, x):
        with torch.autocast(x.device.type, enabled=False):
            return super().forward(x.float())


def observe(task: str, levels: torch.Tensor, generator: torch.Generator | None = None) -> torch.Tensor:
    """uint8 levels as the model's x in [0,1]: freshly binarized, or level / 255."""
    x = levels.float() / 255
    return torch.bernoulli(x, generator=generator) if task == "binarized" else x


def parameters(task: str, outputs: torch.Tensor) -> tuple[torch.Tensor, ...]:
    """A network's last layer [B,1 or 2,28,28] as the likelihood's parameters in f32: logits, or mean and log_scale."""
    if task == "binarized":
        return (outputs.float(),)
    mean, log_scale = outputs.float().split(1, 1)
    return mean, log_scale.clamp(min=LOG_SCALE_MIN)


def discretized_logistic(mean: torch.Tensor, log_scale: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
    """log P(level) per pixel for levels 255 x, with mean and scale in units where pixels span [-1, 1]; open tails at both ends.

    The mass of an inner bin is F(b) - F(a) = σ(b) σ(-a) (1 - exp(a - b)), b - a = 2 / (255 s), which neither cancels nor underflows
    (Salimans et al. 2017, PixelCNN++, equation 2).
    """
    scale = (-log_scale).exp()
    centred = 2 * x - 1 - mean
    above, below = (centred + 1 / 255) * scale, (centred - 1 / 255) * scale
    upper = torch.where(x > 0.999, 0.0, F.logsigmoid(above))
    lower = torch.where(x < 0.001, 0.0, F.logsigmoid(-below))
    width = torch.where((x > 0.999) | (x < 0.001), 0.0, torch.log(-torch.expm1(-2 / 255 * scale)))
    return upper + lower + width


def negative_log(task: str, parameters: tuple[torch.Tensor, ...], x: torch.Tensor) -> torch.Tensor:
    """-log p(x|z) in nats, [B], of the decoder's outputs [B,1,28,28]."""
    if task == "binarized":
        return F.binary_cross_entropy_with_logits(parameters[0], x, reduction="none").sum((1, 2, 3))
    return -discretized_logistic(*parameters, x).sum((1, 2, 3))
