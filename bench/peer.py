"""A plain PyTorch training loop with the same network, batch and data as the bench's own: what Touchstone's speed is held against.

Started by `./touchstone bench`; reads `steps N` from standard input, runs so many steps and answers with one line of JSON:
{"cpu": seconds of processor time, "wall": seconds, "loss": of the last step}. First line it prints: versions.

  peer.py --data DIR --network resnet9|small-cnn --width 16 --batch 128 --mode batched|usual [--threads 1]

DIR holds images.npy (uint8 [n, c, h, w]) and labels.npy. `batched` augments with tensor operations on the whole batch; `usual` with
torchvision's transforms, image by image, from a DataLoader in the same process, as most training scripts do.
"""

import argparse
import json
import sys
import time

import numpy
import torch
import torch.nn.functional as F
from torch import nn

PAD = 4


def block(inputs, outputs):
    return [nn.Conv2d(inputs, outputs, 3, padding=1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU()]


class Residual(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.path = nn.Sequential(*block(width, width), *block(width, width))

    def forward(self, x):
        return x + self.path(x)


class GlobalMaxPool(nn.Module):
    def forward(self, x):
        return x.amax((2, 3))


def resnet9(channels, width, classes):
    w = width
    return nn.Sequential(
        *block(channels, w),
        *block(w, 2 * w), nn.MaxPool2d(2),
        Residual(2 * w),
        *block(2 * w, 4 * w), nn.MaxPool2d(2),
        *block(4 * w, 8 * w), nn.MaxPool2d(2),
        Residual(8 * w),
        GlobalMaxPool(),
        nn.Linear(8 * w, classes))


def small_cnn(channels, width, classes, side):
    w = width
    for _ in range(3):
        side = (side + 1) // 2
    layers = []
    for inputs, outputs in ((channels, w), (w, 2 * w), (2 * w, 4 * w)):
        layers += [nn.Conv2d(inputs, outputs, 3, 2, 1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU()]
    layers += [nn.Flatten(), nn.Linear(4 * w * side * side, 8 * w), nn.BatchNorm1d(8 * w), nn.ReLU(), nn.Linear(8 * w, classes)]
    return nn.Sequential(*layers)


class Batched:
    """Crop with padding and flip of a whole batch as one gather."""

    def __init__(self, images, labels, batch):
        self.images = torch.from_numpy(images)
        self.labels = torch.from_numpy(labels)
        self.batch = batch
        n, c, self.height, self.width = images.shape
        self.mean = self.images.float().mean((0, 2, 3)).div(255).view(1, c, 1, 1)
        self.deviation = self.images.float().std((0, 2, 3)).div(255).view(1, c, 1, 1)
        self.order = torch.randperm(n)
        self.at = 0

    def __next__(self):
        if self.at + self.batch > len(self.order):
            self.order = torch.randperm(len(self.order))
            self.at = 0
        ids = self.order[self.at:self.at + self.batch]
        self.at += self.batch
        x = self.images[ids].float().div_(255)
        b, c, h, w = x.shape
        padded = F.pad(x, (PAD, PAD, PAD, PAD))
        top = torch.randint(0, 2 * PAD + 1, (b, 1))
        left = torch.randint(0, 2 * PAD + 1, (b, 1))
        rows = top + torch.arange(h)
        columns = torch.arange(w).expand(b, w)
        flip = torch.rand(b, 1) < 0.5
        columns = left + torch.where(flip, w - 1 - columns, columns)
        index = rows[:, :, None] * (w + 2 * PAD) + columns[:, None, :]
        x = padded.view(b, c, -1).gather(2, index.view(b, 1, -1).expand(b, c, -1)).view(b, c, h, w)
        return (x - self.mean) / self.deviation, self.labels[ids]


class Usual:
    """torchvision's transforms on PIL images, one at a time."""

    def __init__(self, images, labels, batch):
        from PIL import Image
        from torchvision import transforms

        mean = (images.reshape(images.shape[0], images.shape[1], -1).mean((0, 2)) / 255).tolist()
        deviation = (images.transpose(1, 0, 2, 3).reshape(images.shape[1], -1).std(1) / 255).tolist()
        side = images.shape[2]
        transform = transforms.Compose([
            transforms.RandomCrop(side, padding=PAD),
            transforms.RandomHorizontalFlip(),
            transforms.ToTensor(),
            transforms.Normalize(mean, deviation)])

        class Set(torch.utils.data.Dataset):
            def __len__(self):
                return len(labels)

            def __getitem__(self, i):
                array = images[i].transpose(1, 2, 0)
                picture = Image.fromarray(array[:, :, 0] if array.shape[2] == 1 else array)
                return transform(picture), int(labels[i])

        self.loader = torch.utils.data.DataLoader(Set(), batch_size=batch, shuffle=True, drop_last=True)
        self.iterator = iter(self.loader)

    def __next__(self):
        try:
            return next(self.iterator)
        except StopIteration:
            self.iterator = iter(self.loader)
            return next(self.iterator)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", required=True)
    parser.add_argument("--network", required=True)
    parser.add_argument("--width", type=int, required=True)
    parser.add_argument("--batch", type=int, required=True)
    parser.add_argument("--mode", required=True)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    images = numpy.load(options.data + "/images.npy")
    labels = numpy.load(options.data + "/labels.npy").astype(numpy.int64)
    classes = int(labels.max()) + 1
    channels, side = images.shape[1], images.shape[2]
    if options.network == "resnet9":
        network = resnet9(channels, options.width, classes)
    else:
        network = small_cnn(channels, options.width, classes, side)
    network.train()
    decayed = [p for p in network.parameters() if p.dim() > 1]
    others = [p for p in network.parameters() if p.dim() <= 1]
    optimizer = torch.optim.SGD(
        [{"params": decayed, "weight_decay": 5e-4}, {"params": others}], lr=0.05, momentum=0.9, nesterov=True)
    batches = (Batched if options.mode == "batched" else Usual)(images, labels, options.batch)
    parameters = sum(p.numel() for p in network.parameters())
    print(json.dumps({"torch": torch.__version__, "parameters": parameters}), flush=True)
    for line in sys.stdin:
        wanted = int(line.split()[1])
        cpu, wall = time.process_time(), time.perf_counter()
        for _ in range(wanted):
            x, y = next(batches)
            loss = F.cross_entropy(network(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        last = loss.item()
        answer = {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall, "loss": last}
        print(json.dumps(answer), flush=True)


main()
