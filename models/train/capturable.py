"""Check without a GPU that a step can be a CUDA graph: with fake tensors of device `cuda`, no operation of any objective copies
between host and device or makes the host wait for a value. The backward pass and the optimizer are not run, and what a kernel does
inside is not seen: `torch.where` of a plain number copies it, `masked_fill` does not."""

import warnings

import torch
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

import registry

WAITS = ("_local_scalar_dense", "nonzero", "item", "unique")


class Watch(TorchDispatchMode):
    """Collects operations between devices and operations whose result the host needs."""

    def __init__(self):
        super().__init__()
        self.found: list[str] = []

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        result = func(*args, **(kwargs or {}))
        tensors = [t for t in tree_leaves((args, kwargs, result)) if isinstance(t, torch.Tensor)]
        if len({t.device.type for t in tensors}) > 1 or any(word in str(func) for word in WAITS):
            self.found.append(str(func))
        return result


def problems(model: registry.Model) -> list[str]:
    with FakeTensorMode(), torch.device("cuda"):
        objective = model.objective()
        images, labels = torch.zeros(600, 1, 28, 28, dtype=torch.uint8), torch.zeros(600, dtype=torch.int64)
        index, progress = torch.zeros(model.optimization.batch, dtype=torch.int64), torch.zeros(())
        with Watch() as watch:
            loss, _ = objective(images[index], labels[index], progress)
            for p in objective.network.parameters():
                p.grad = torch.zeros_like(p)
            norm = torch.nn.utils.clip_grad_norm_(objective.network.parameters(), model.optimization.clip)
        assert loss.device.type == norm.device.type == "cuda"
    return watch.found


def main() -> None:
    warnings.filterwarnings("ignore", "CUDA is not available")
    with FakeTensorMode(), Watch() as watch:
        torch.zeros(3, device="cpu").to("cuda")
    assert watch.found, "a copy from the host goes unnoticed"
    for model in registry.of("mnist"):
        found = problems(model)
        assert not found, f"{model.id}: {', '.join(found)}"
    print("a step of each objective can be a CUDA graph")


if __name__ == "__main__":
    main()
