"""A convolutional VAE of 28x28 images with a standard normal prior."""

import torch.nn.functional as F
from torch import nn

import latent
from layers import Block, Output, conv

HIDDEN = 256


class Encoder(nn.Module):
    """x [B,1,28,28] in [0,1] -> mean and log variance [B,`latents`] of q(z|x); the widest layer has 4 `channels`."""

    def __init__(self, latents: int, channels: int):
        super().__init__()
        c, self.latents = channels, latents
        self.features = nn.Sequential(
            conv(1, 2 * c, 4, 2), Block(2 * c), nn.SiLU(),
            conv(2 * c, 4 * c, 4, 2), Block(4 * c), Block(4 * c), nn.SiLU(), conv(4 * c, c, 1), nn.SiLU(),
        )
        self.hidden, self.out = nn.Linear(c * 49, HIDDEN), nn.Linear(HIDDEN, 2 * latents)

    def forward(self, x):
        h = F.silu(self.hidden(self.features(x).flatten(1)))
        mean, log_var = self.out(h).float().split(self.latents, 1)
        return mean.clamp(-latent.MEAN, latent.MEAN), log_var.clamp(-10, 3)


class Decoder(nn.Module):
    """z [B,`latents`] -> what the likelihood asks for."""

    def __init__(self, likelihood, latents: int, channels: int):
        super().__init__()
        c, self.likelihood, self.grid_shape = channels, likelihood, (-1, channels, 7, 7)
        self.hidden, self.grid = nn.Linear(latents, HIDDEN), nn.Linear(HIDDEN, c * 49)
        self.features = nn.Sequential(
            conv(c, 4 * c, 1), Block(4 * c), Block(4 * c), nn.SiLU(),
            conv(4 * c, 8 * c), nn.PixelShuffle(2), Block(2 * c), Block(2 * c), nn.SiLU(),
            Output(2 * c, likelihood.channels), nn.PixelShuffle(2),
        )
        likelihood.start(self.features[9].bias)

    def forward(self, z):
        h = F.silu(self.grid(F.silu(self.hidden(z)))).reshape(self.grid_shape)
        return self.likelihood.parameters(self.features(h))


class Vae(latent.LatentModel):
    """The prior is N(0, I), each latent a group of its own."""

    def __init__(self, likelihood, latents: int = 16, channels: int = 16):
        super().__init__(likelihood, [(str(i), 1) for i in range(latents)])
        self.encoder, self.decoder = Encoder(latents, channels), Decoder(likelihood, latents, channels)

    def encode(self, x):
        return self.encoder(x)

    def decode(self, code, eps):
        mean, log_var = code
        z = mean + eps * (0.5 * log_var).exp()
        return self.decoder(z), (mean, log_var, 0 * mean, 0 * mean)
