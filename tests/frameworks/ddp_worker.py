"""
One of the processes that train data-parallel, as `torchrun` starts them.

It takes its rank, a folder to meet in, and as JSON the data of all ranks and the losses to try: for
each a reduction, and what each rank multiplies its loss by. Rank 0 writes the gradients.
"""

import json
import sys

import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel


class Shift(nn.Module):
    """Add a bias to the logits."""

    def __init__(self, outputs):
        super().__init__()
        self.b = nn.Parameter(torch.zeros(outputs, dtype=torch.float64))

    def forward(self, logits):
        return logits + self.b


rank, folder = int(sys.argv[1]), sys.argv[2]
data = json.loads(sys.argv[3])
logits = torch.tensor(data["logits"][rank], dtype=torch.float64)
labels = torch.tensor(data["labels"][rank])
dist.init_process_group(
    "gloo", init_method=f"file://{folder}/meet", rank=rank, world_size=len(data["labels"])
)
gradients = {}
for name, (reduction, factors) in data["losses"].items():
    model = DistributedDataParallel(Shift(logits.shape[1]))
    loss = nn.CrossEntropyLoss(reduction=reduction)(model(logits), labels) * factors[rank]
    loss.backward()
    gradients[name] = model.module.b.grad.tolist()
dist.destroy_process_group()
if rank == 0:
    json.dump(gradients, sys.stdout)
