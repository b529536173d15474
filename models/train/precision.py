"""In which floating-point formats training computes, and which weights ship as f16."""

import torch

HALF_FROM = 256  # entries: smaller tensors ship as f32


def autocast(device: str) -> torch.autocast:
    """bf16 where the machine computes in it: a processor without it would imitate it, many times slower than f32."""
    return torch.autocast(device, dtype=torch.bfloat16, enabled=device != "cpu" or torch.ops.mkldnn._is_mkldnn_bf16_supported())


@torch.no_grad()
def round_to_half(module: torch.nn.Module) -> torch.nn.Module:
    """Round kernels and matrices to f16 values, in place, as they ship; biases and norms stay f32."""
    for p in module.parameters():
        if p.ndim >= 2 and p.numel() >= HALF_FROM:
            p.copy_(p.half().float())
    return module
