"""The network of the diffusion models: a class-conditional U-Net on 28x28 images, conditioned on log SNR.

Notation: x_t = alpha x_0 + sigma eps, alpha^2 = sigmoid(lambda), sigma^2 = sigmoid(-lambda), x_0 = level / 127.5 - 1.
"""

import math

import torch
import torch.nn.functional as F
from torch import nn

LOG_SNR_MIN, LOG_SNR_MAX = -6.0, 13.3
NO_CLASS = 10
PERIODS = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0)  # in levels
GROUPS = 8


def conv(c_in: int, c_out: int, kernel: int = 3) -> nn.Conv2d:
    return nn.Conv2d(c_in, c_out, kernel, padding=kernel // 2)


def zeroed(layer: nn.Conv2d) -> nn.Conv2d:
    nn.init.zeros_(layer.weight)
    nn.init.zeros_(layer.bias)
    return layer


class LevelFeatures(nn.Module):
    """x_t [B,1,28,28] and log SNR [B] -> x_t and, for each period P, sin and cos of 2 pi u / P, [B,13,28,28].

    u = 127.5 (x_t / alpha + 1) is the pixel in levels plus noise of standard deviation s = 127.5 sigma / alpha, so that the phase of
    a level does not move with alpha (Kingma et al. 2021 take the features of x_t, appendix C). Each is multiplied by
    exp(-(2 pi s / P)^2 / 2), by which the noise attenuates it in expectation: it fades instead of becoming noise.
    """

    def __init__(self):
        super().__init__()
        self.register_buffer("rates", 2 * math.pi / torch.tensor(PERIODS).view(1, -1, 1, 1), persistent=False)

    def forward(self, x_t, log_snr):
        noise_to_signal = torch.exp(-log_snr).view(-1, 1, 1, 1)  # sigma^2 / alpha^2; 1 / alpha^2 is one more
        u = 127.5 * (x_t * (noise_to_signal + 1).sqrt() + 1)
        fade = torch.exp((-0.5 * 127.5**2) * noise_to_signal * self.rates**2)
        phase = u * self.rates
        return torch.cat([x_t, torch.sin(phase) * fade, torch.cos(phase) * fade], 1)


class ResBlock(nn.Module):
    """Norm, SiLU, conv; norm with scale and shift from the embedding, SiLU, conv; plus the (projected) input."""

    def __init__(self, c_in: int, c_out: int, embedding: int):
        super().__init__()
        self.channels = c_out
        self.norm1, self.norm2 = nn.GroupNorm(GROUPS, c_in), nn.GroupNorm(GROUPS, c_out, affine=False)
        self.conv1, self.conv2 = conv(c_in, c_out), zeroed(conv(c_out, c_out))
        self.condition = nn.Linear(embedding, 2 * c_out)
        self.skip = conv(c_in, c_out, 1) if c_in != c_out else nn.Identity()
        with torch.no_grad():
            self.condition.weight.mul_(0.3)
            self.condition.bias.zero_()
            self.condition.bias[:c_out] = 1

    def forward(self, x, e):
        h = self.conv1(F.silu(self.norm1(x)))
        scale, shift = self.condition(e)[:, :, None, None].split(self.channels, 1)
        return self.skip(x) + self.conv2(F.silu(self.norm2(h) * scale + shift))


class Attention(nn.Module):
    """Self-attention over all positions."""

    def __init__(self, channels: int, side: int, heads: int):
        super().__init__()
        self.norm = nn.GroupNorm(GROUPS, channels)
        self.qkv, self.out = conv(channels, 3 * channels, 1), zeroed(conv(channels, channels, 1))
        self.heads, self.split, self.merged = heads, (-1, 3 * heads, channels // heads, side * side), (-1, channels, side, side)

    def forward(self, x):
        q, k, v = self.qkv(self.norm(x)).reshape(self.split).transpose(2, 3).split(self.heads, 1)
        h = F.scaled_dot_product_attention(q, k, v)  # scaled by the square root of the channels of a head
        return x + self.out(h.transpose(2, 3).reshape(self.merged))


class UNet(nn.Module):
    """x_t [B,1,28,28], log SNR [B] clamped by the caller, class [B] (10: none) -> F [B,1,28,28].

    A pixel unshuffle makes 14x14 of 28x28; `width` channels there, twice as many at 7x7. Attention at 7x7 and, with `fine_attention`,
    where pixels of one image that lie far apart can still share their grey levels, at 14x14.
    """

    def __init__(self, width: int = 48, embedding: int = 128, fine_attention: bool = True):
        super().__init__()
        w, v, e = width, 2 * width, embedding
        self.register_buffer("frequencies", math.pi * torch.tensor([0.5, 1, 1.5, 2, 3, 4, 6, 8]), persistent=False)
        self.embed_log_snr, self.embed_class = nn.Linear(17, e), nn.Embedding(NO_CLASS + 1, e)
        self.embed = nn.Linear(e, e)
        self.level_features = LevelFeatures()
        self.conv_in = conv(4 * (1 + 2 * len(PERIODS)), w)
        def fine():
            return Attention(w, 14, w // 16) if fine_attention else nn.Identity()

        self.down14, self.attention_down = ResBlock(w, w, e), fine()
        self.down = nn.Conv2d(w, v, 3, stride=2, padding=1)
        self.down7 = ResBlock(v, v, e)
        self.mid1, self.attention, self.mid2 = ResBlock(v, v, e), Attention(v, 7, 4), ResBlock(v, v, e)
        self.up7a, self.up7b = ResBlock(2 * v, v, e), ResBlock(2 * v, v, e)
        self.upsample, self.up = nn.Upsample(scale_factor=2, mode="nearest"), conv(v, w)
        self.up14a, self.attention_up, self.up14b = ResBlock(2 * w, w, e), fine(), ResBlock(2 * w, w, e)
        self.norm_out, self.conv_out = nn.GroupNorm(GROUPS, w), zeroed(conv(w, 4))

    def embedding(self, log_snr, label):
        middle, half = (LOG_SNR_MIN + LOG_SNR_MAX) / 2, (LOG_SNR_MAX - LOG_SNR_MIN) / 2
        t = ((log_snr - middle) / half)[:, None]
        features = torch.cat([t, torch.sin(t * self.frequencies), torch.cos(t * self.frequencies)], 1)
        e = F.silu(self.embed_log_snr(features) + self.embed_class(label))
        return F.silu(self.embed(e))

    def forward(self, x_t, log_snr, label):
        with torch.autocast(x_t.device.type, enabled=False):  # bf16 cannot hold noise below one 8-bit level
            a = self.conv_in(F.pixel_unshuffle(self.level_features(x_t, log_snr), 2))
        e = self.embedding(log_snr, label)
        b = self.attention_down(self.down14(a, e))
        c = self.down(b)
        d = self.down7(c, e)
        h = self.mid2(self.attention(self.mid1(d, e)), e)
        h = self.up7b(torch.cat([self.up7a(torch.cat([h, d], 1), e), c], 1), e)
        h = self.attention_up(self.up14a(torch.cat([self.up(self.upsample(h)), b], 1), e))
        h = F.silu(self.norm_out(self.up14b(torch.cat([h, a], 1), e)))
        with torch.autocast(x_t.device.type, enabled=False):
            return F.pixel_shuffle(self.conv_out(h.float()), 2)
