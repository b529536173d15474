"""Layers that the networks of the latent-variable models are made of; no norms, so that any batch size trains alike."""

import torch
import torch.nn.functional as F
from torch import nn


def conv(c_in: int, c_out: int, kernel: int = 3, stride: int = 1, gain: float = 1.0) -> nn.Conv2d:
    """A convolution whose output is at the start `gain` times as large as PyTorch has it."""
    layer = nn.Conv2d(c_in, c_out, kernel, stride, (kernel - 1) // 2)
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


class Output(nn.Conv2d):
    """The last convolution of a decoder, in f32: bf16 cannot tell the levels of an 8-bit image apart. A pixel shuffle follows."""

    def __init__(self, c_in: int, outputs: int):
        super().__init__(c_in, 4 * outputs, 3, padding=1)

    def forward(self, x):
        with torch.autocast(x.device.type, enabled=False):
            return super().forward(x.float())
