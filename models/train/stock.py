"""Writes a U-Net as diffusers' UNet2DModel has it, with random weights, by torch.onnx.export: for the benchmark, not for a model.

    python models/train/stock.py                      # target/stock-unet.onnx: 3x32x32, 64 channels, 64-128-128
    cargo xtask bench --network target/stock-unet.onnx

Group norms over 32 groups, SiLU, attention at half the size and below, nearest upsampling, joined skips, an integer timestep, and
noise as the output. Nothing in it was chosen for this project's kernels, and none of its file is made by this project's code.
"""

import argparse
import math
import warnings
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn

FOLDER = Path(__file__).resolve().parents[2] / "target"
GROUPS = 32


def norm(channels):
    return nn.GroupNorm(GROUPS, channels, eps=1e-5)


class ResBlock(nn.Module):
    """ResnetBlock2D: the embedding is added between two convolutions."""

    def __init__(self, c_in, c_out, embedding):
        super().__init__()
        self.norm1, self.conv1 = norm(c_in), nn.Conv2d(c_in, c_out, 3, padding=1)
        self.time = nn.Linear(embedding, c_out)
        self.norm2, self.conv2 = norm(c_out), nn.Conv2d(c_out, c_out, 3, padding=1)
        self.skip = nn.Conv2d(c_in, c_out, 1) if c_in != c_out else nn.Identity()

    def forward(self, x, t):
        h = self.conv1(F.silu(self.norm1(x)))
        h = h + self.time(F.silu(t))[:, :, None, None]
        return self.skip(x) + self.conv2(F.silu(self.norm2(h)))


class Attention(nn.Module):
    """Self-attention of pixels, with heads of eight channels."""

    def __init__(self, channels, width=8):
        super().__init__()
        self.heads, self.norm = channels // width, norm(channels)
        self.q, self.k, self.v, self.out = (nn.Linear(channels, channels) for _ in range(4))

    def forward(self, x):
        b, c, h, w = x.shape
        y = self.norm(x).view(b, c, h * w).transpose(1, 2)
        q, k, v = (f(y).view(b, h * w, self.heads, -1).transpose(1, 2) for f in (self.q, self.k, self.v))
        y = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(b, h * w, c)
        return x + self.out(y).transpose(1, 2).view(b, c, h, w)


class Stage(nn.Module):
    """Residual blocks of one size, each with attention behind it or not."""

    def __init__(self, widths, c_out, embedding, attends):
        super().__init__()
        self.blocks = nn.ModuleList(ResBlock(c_in, c_out, embedding) for c_in in widths)
        self.attentions = nn.ModuleList(Attention(c_out) if attends else nn.Identity() for _ in widths)


class Unet(nn.Module):
    def __init__(self, channels, widths, layers=2):
        super().__init__()
        base, embedding = widths[0], 4 * widths[0]
        self.base = base
        self.time = nn.Sequential(nn.Linear(base, embedding), nn.SiLU(), nn.Linear(embedding, embedding))
        self.first = nn.Conv2d(channels, base, 3, padding=1)
        self.down, self.shrink, self.up, self.grow = (nn.ModuleList() for _ in range(4))
        skips, now = [base], base
        for i, width in enumerate(widths):
            self.down.append(Stage([now] + [width] * (layers - 1), width, embedding, i > 0))
            skips += [width] * layers
            now = width
            if i < len(widths) - 1:
                self.shrink.append(nn.Conv2d(width, width, 3, stride=2, padding=1))
                skips.append(width)
        self.middle = nn.ModuleList([ResBlock(now, now, embedding), Attention(now), ResBlock(now, now, embedding)])
        for i, width in reversed(list(enumerate(widths))):
            taken = []
            for _ in range(layers + 1):
                taken.append(now + skips.pop())
                now = width
            self.up.append(Stage(taken, width, embedding, i > 0))
            if i > 0:
                self.grow.append(nn.Conv2d(width, width, 3, padding=1))
        self.norm, self.last = norm(base), nn.Conv2d(base, channels, 3, padding=1)

    def embed(self, timestep):
        half = self.base // 2
        rates = torch.exp(-math.log(10000) / half * torch.arange(half, dtype=torch.float32))
        angles = timestep[:, None].float() * rates[None]
        return self.time(torch.cat([angles.cos(), angles.sin()], -1))

    def forward(self, sample, timestep):
        t, x = self.embed(timestep), self.first(sample)
        skips = [x]
        for i, stage in enumerate(self.down):
            for block, attention in zip(stage.blocks, stage.attentions):
                x = attention(block(x, t))
                skips.append(x)
            if i < len(self.shrink):
                x = self.shrink[i](x)
                skips.append(x)
        x = self.middle[2](self.middle[1](self.middle[0](x, t)), t)
        for i, stage in enumerate(self.up):
            for block, attention in zip(stage.blocks, stage.attentions):
                x = attention(block(torch.cat([x, skips.pop()], 1), t))
            if i < len(self.grow):
                x = self.grow[i](F.interpolate(x, scale_factor=2.0, mode="nearest"))
        return self.last(F.silu(self.norm(x)))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--channels", type=int, default=3)
    parser.add_argument("--side", type=int, default=32)
    parser.add_argument("--widths", type=int, nargs="+", default=[64, 128, 128], help="multiples of 32, from the full size down")
    parser.add_argument("--opset", type=int, default=17)
    parser.add_argument("--out", type=Path, default=FOLDER / "stock-unet.onnx")
    asked = parser.parse_args()
    warnings.simplefilter("ignore")
    torch.manual_seed(0)
    network = Unet(asked.channels, asked.widths).eval()
    sample, timestep = torch.randn(1, asked.channels, asked.side, asked.side), torch.tensor([500])
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    names = ["sample", "timestep"], ["out_sample"]
    with torch.no_grad():
        torch.onnx.export(
            network, (sample, timestep), asked.out, dynamo=False, opset_version=asked.opset, input_names=names[0], output_names=names[1],
            dynamic_axes={name: {0: "batch"} for name in names[0] + names[1]},
        )
    weights = sum(p.numel() for p in network.parameters())
    print(f"{asked.out}: {weights / 1e6:.1f} million weights, {asked.out.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
