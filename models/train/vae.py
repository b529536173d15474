"""Train and evaluate a convolutional VAE on dynamically binarized MNIST, or on 8-bit MNIST; as it stands, mnist-vae with 16 latents."""

import torch.nn.functional as F
from torch import nn

import latent
import likelihood

LATENTS, CHANNELS = 16, 16
HIDDEN = 256
WARM_UP = 2000  # steps over which the weight of the KL rises to 1


def conv(c_in: int, c_out: int, kernel: int = 3, stride: int = 1, gain: float = 1.0) -> nn.Sequential:
    """Convolution and batch norm, the pair that export folds into one convolution."""
    norm = nn.BatchNorm2d(c_out)
    nn.init.constant_(norm.weight, gain)
    return nn.Sequential(nn.Conv2d(c_in, c_out, kernel, stride, (kernel - 1) // 2, bias=False), norm)


class Block(nn.Module):
    """x + conv(SiLU(conv(SiLU(x)))), the identity at the start."""

    def __init__(self, channels: int):
        super().__init__()
        self.conv1, self.conv2 = conv(channels, channels), conv(channels, channels, gain=0.0)

    def forward(self, x):
        return x + self.conv2(F.silu(self.conv1(F.silu(x))))


class Shuffle(nn.Module):
    """Pixel shuffle from [4C, side, side] to [C, 2 side, 2 side] with constant shapes."""

    def __init__(self, channels: int, side: int):
        super().__init__()
        self.split, self.merged = (-1, channels, 2, 2, side, side), (-1, channels, 2 * side, 2 * side)

    def forward(self, x):
        return x.reshape(self.split).permute(0, 1, 4, 2, 5, 3).reshape(self.merged)


class Encoder(nn.Module):
    """x [B,1,28,28] in [0,1] -> mean and log variance [B,`latents`] of q(z|x); the widest layer has 4 `channels`."""

    def __init__(self, latents: int, channels: int):
        super().__init__()
        c, self.latents, self.flat = channels, latents, channels * 49
        self.features = nn.Sequential(
            conv(1, 2 * c, 4, 2), Block(2 * c), nn.SiLU(),
            conv(2 * c, 4 * c, 4, 2), Block(4 * c), Block(4 * c), nn.SiLU(), conv(4 * c, c, 1), nn.SiLU(),
        )
        self.hidden, self.out = nn.Linear(self.flat, HIDDEN), nn.Linear(HIDDEN, 2 * latents)

    def forward(self, x):
        h = self.features(x).reshape(-1, self.flat)
        mean, log_var = self.out(F.silu(self.hidden(h))).split(self.latents, 1)
        return mean, log_var.clamp(-10, 3)


class Decoder(nn.Module):
    """z [B,`latents`] -> what the likelihood asks for: logits [B,1,28,28], or mean and log_scale [B,1,28,28] each."""

    def __init__(self, task: str, latents: int, channels: int):
        super().__init__()
        self.task, outputs, c, self.channels = task, likelihood.PARAMETERS[task], channels, channels
        self.hidden, self.grid = nn.Linear(latents, HIDDEN), nn.Linear(HIDDEN, c * 49)
        self.features = nn.Sequential(
            conv(c, 4 * c, 1), Block(4 * c), Block(4 * c), nn.SiLU(),
            conv(4 * c, 8 * c), Shuffle(2 * c, 7), Block(2 * c), Block(2 * c), nn.SiLU(),
            likelihood.Output(2 * c, task), Shuffle(outputs, 14),
        )

    def forward(self, z):
        h = F.silu(self.grid(F.silu(self.hidden(z)))).reshape(-1, self.channels, 7, 7)
        return likelihood.parameters(self.task, self.features(h))


class Vae(latent.LatentModel):
    """The prior is N(0, I), each latent a group of its own."""

    warm_up = WARM_UP

    def __init__(self, task: str, latents: int = LATENTS, channels: int = CHANNELS):
        super().__init__()
        self.groups = [(str(i), 1) for i in range(latents)]
        self.task, self.encoder, self.decoder = task, Encoder(latents, channels), Decoder(task, latents, channels)

    def encode(self, x):
        return tuple(t.float() for t in self.encoder(x))

    def decode(self, code, eps):
        mean, log_var = code
        z = mean + eps * (0.5 * log_var).exp()
        return self.decoder(z), (mean, log_var, 0 * mean, 0 * mean)


if __name__ == "__main__":
    latent.main(
        __doc__, Vae, 16000, "runs/vae", batch=128, samples=5000, sizes={"latents": LATENTS, "channels": CHANNELS},
        lr=2e-3, warmup=1000, betas=(0.9, 0.99), decay=1e-4, ema=0.999, clip=50.0,
    )
