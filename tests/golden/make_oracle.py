#!/usr/bin/python3
"""Writes tests/golden/oracle.safetensors from the PyTorch oracle (needs Debian's python3-torch).

  make_oracle.py PATH/TO/cludi_reference.py OUT.safetensors

The oracle's own `golden` command stores references to tensors that its ten steps then change: the parameters come out as
they are after training, and the three sets of gradients as one. Here every array is copied when it is taken.
"""
import importlib.util
import sys
import types

import torch

spec = importlib.util.spec_from_file_location("oracle", sys.argv[1])
oracle = importlib.util.module_from_spec(spec)
spec.loader.exec_module(oracle)

state_dict = torch.nn.Module.state_dict
zero_module, zero_optimizer = torch.nn.Module.zero_grad, torch.optim.AdamW.zero_grad
oracle.Denoiser.state_dict = lambda net: {k: v.clone() for k, v in state_dict(net).items()}
oracle.Denoiser.zero_grad = lambda net: zero_module(net, set_to_none=True)
torch.optim.AdamW.zero_grad = lambda opt: zero_optimizer(opt, set_to_none=True)
torch.set_default_dtype(torch.float64)
torch.Tensor.float = torch.Tensor.double
oracle.cmd_golden(types.SimpleNamespace(out=sys.argv[2]))
