"""Every model that can ship: its network, how it is trained, and its share of a common budget of time."""

from dataclasses import dataclass, field, replace

from torch import nn

import diffusion
import latent
from data import DATASETS
from flow import FlowVae
from hvae import Hvae
from likelihood import LIKELIHOODS
from loop import Optimization
from unet import UNet
from vae import Vae

KINDS = {"vae": Vae, "flow-vae": FlowVae, "hvae": Hvae}


@dataclass(frozen=True)
class Model:
    id: str
    kind: str  # ddpm, vae, flow-vae or hvae
    dataset: str
    share: float  # of a budget of time, relative to the others
    optimization: Optimization
    likelihood: str = "discretized-gaussian"
    sizes: dict = field(default_factory=dict)
    free: float = 0.0  # nats of a group that cost nothing in the first part of a run
    weighted: int = 1000  # draws of z for an importance-weighted bound

    @property
    def title(self) -> str:
        if self.kind == "ddpm":
            return "Class-conditional diffusion model"
        network = self.network()
        what = {
            "vae": f"Convolutional VAE, {network.latents} latents",
            "flow-vae": f"Convolutional VAE, {network.latents} latents, RealNVP prior",
            "hvae": f"Hierarchical VAE, {len(network.groups)} stochastic layers",
        }[self.kind]
        return what + (", 8-bit" if self.task == "8-bit" else "")

    @property
    def task(self) -> str:
        return "8-bit" if self.kind == "ddpm" else LIKELIHOODS[self.likelihood].task

    @property
    def data(self) -> str:
        title = DATASETS[self.dataset].title
        return f"{title}, dynamically binarized" if self.task == "binarized" else f"{title}, 8-bit"

    def resized(self, facts: dict) -> "Model":
        """The same with the sizes of a run that exists."""
        return replace(self, sizes=facts.get("sizes", self.sizes))

    def network(self) -> nn.Module:
        if self.kind == "ddpm":
            return UNet(**self.sizes)
        return KINDS[self.kind](LIKELIHOODS[self.likelihood], **self.sizes)

    def objective(self, cold: bool = True) -> nn.Module:
        return diffusion.Objective(self.network()) if self.kind == "ddpm" else latent.Objective(self.network(), self.free, cold)


DDPM = Optimization(batch=512, rate=1e-3, decay=0.0, clip=1.0)
LATENT = Optimization(batch=512, rate=2e-3, clip=100.0)
LATENT_8_BIT = Optimization(batch=512, rate=2e-3, clip=1000.0)  # nats of 784 levels, and so their gradient, are ten times as many


def of(dataset: str) -> list[Model]:
    """The models of one data set, the largest first."""

    def model(name, kind, share, optimization, **rest):
        return Model(f"{dataset}-{name}", kind, dataset, share, optimization, **rest)

    bernoulli, mixture = {"likelihood": "bernoulli"}, {"likelihood": "logistic-mixture"}
    return [
        model("ddpm", "ddpm", 6, DDPM),
        model("hvae", "hvae", 3, LATENT, free=1.0, **bernoulli),
        model("vae", "vae", 1.5, LATENT, weighted=5000, **bernoulli),
        model("hvae-8bit", "hvae", 2, LATENT_8_BIT, free=1.0, sizes={"coarse": 3}, **mixture),
        model("vae-8bit", "vae", 1, LATENT_8_BIT, **mixture),
        model("vae-realnvp", "flow-vae", 1.5, LATENT, weighted=5000, **bernoulli),
        model("vae-2d", "vae", 0.5, LATENT, sizes={"latents": 2, "channels": 8}, **bernoulli),
    ]


def models() -> dict[str, Model]:
    """All models by their id, in the order in which they are trained: the largest of each data set first."""
    pairs = zip(*(of(dataset) for dataset in DATASETS), strict=True)
    return {model.id: model for pair in pairs for model in pair}


TINY = {
    "ddpm": {"width": 16, "embedding": 16}, "vae": {"channels": 4}, "flow-vae": {"channels": 4},
    "hvae": {"top": (4, 4), "coarse": 1, "fine": 1},
}


def tiny(model: Model) -> Model:
    """The same with a tiny network and small batches: for a trial of everything on a processor."""
    return replace(
        model, sizes={**model.sizes, **TINY[model.kind]}, weighted=20, optimization=replace(model.optimization, batch=32),
    )
