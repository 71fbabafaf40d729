"""Training batches of several replicas, as a pure function of (seed, epoch, step).

Nothing is carried from step to step. A training that is stopped and resumed therefore sees the same images as one that
is not, and a replica sees the same images whichever other replicas are trained beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from nascope.datasets.augment import AugmentParameters, auto_augment, crop, cutout, draw, flip
from nascope.datasets.files import FileImages
from nascope.datasets.images import Dataset, Split
from nascope.errors import NascopeError
from nascope.training.protocol import Protocol

# What a random stream is for; part of its seed.
ORDER, AUGMENT, MIXUP, DROP_PATH, WEIGHTS, CROP, POLICY = range(7)


def stream(seed: int, purpose: int, epoch: int = 0, step: int = 0) -> torch.Generator:
    """An independent generator for one purpose at one step of one seed's training."""
    state = np.random.SeedSequence([seed, purpose, epoch, step]).generate_state(1, np.uint64)[0]
    return torch.Generator().manual_seed(int(state >> np.uint64(1)))


@dataclass(frozen=True)
class Batch:
    """One step's images and labels.

    Attributes:
        images: (batch, replicas * channels, height, width), normalised and augmented.
        labels: (batch, replicas).
        other_labels: (batch, replicas), mixed in with weight ``1 - mix``.
        mix: (replicas,), 1 without mixup.
    """

    images: Tensor
    labels: Tensor
    other_labels: Tensor
    mix: Tensor


class Batches:
    """The training batches of one epoch.

    Args:
        dataset: normalisation.
        split: training images.
        protocol: batch size and augmentation.
        seeds: one per replica.
        epoch: which epoch.
    """

    def __init__(self, dataset: Dataset, split: Split, protocol: Protocol, seeds: Sequence[int], epoch: int) -> None:
        self.dataset, self.split, self.protocol = dataset, split, protocol
        self.seeds, self.epoch = seeds, epoch
        orders = [torch.randperm(len(split), generator=stream(seed, ORDER, epoch)) for seed in seeds]
        self.order = torch.stack(orders).to(split.labels.device)

    def __len__(self) -> int:
        whole, rest = divmod(len(self.split), self.protocol.batch_size)
        # A last batch of one image is left out: BatchNorm cannot train on a single value per channel.
        return whole + (rest > 1)

    def __getitem__(self, step: int) -> Batch:
        size = self.protocol.batch_size
        chosen = self.order[:, step * size : (step + 1) * size]
        labels = self.split.labels[chosen]
        images = self._augment(self._load(chosen, step), step)
        images = torch.unflatten(images, 0, chosen.shape)
        images, other, mix = self._mixup(images, labels, step)
        return Batch(images.transpose(0, 1).flatten(1, 2), labels.T, other.T, mix)

    def _load(self, chosen: Tensor, step: int) -> Tensor:
        """Images by number, (replicas * batch, channels, height, width) as uint8, cropped if the protocol asks for it.

        Raises:
            NascopeError: crops of random area are asked for, and the images are not in files.
        """
        images, numbers = self.split.images, chosen.flatten()
        if not self.protocol.resized_crop:
            return images[numbers]
        if not isinstance(images, FileImages):
            raise NascopeError(f"data set {self.dataset.name!r}: resized_crop is for images in files (source imagenet)")
        from nascope.datasets.crops import jitter, resized_crop  # Slow to import.

        def treat(image: Image.Image, place: int) -> Image.Image:
            replica, number = divmod(place, chosen.shape[1])
            rng = np.random.default_rng([self.seeds[replica], CROP, self.epoch, step, number])
            image = resized_crop(image, images.shape[-1], rng)
            return jitter(image, rng) if self.protocol.jitter else image

        return images.each(numbers.tolist(), treat)

    def _augment(self, images: Tensor, step: int) -> Tensor:
        protocol, count = self.protocol, len(images) // len(self.seeds)
        size = (images.shape[2], images.shape[3])
        draws = [draw(count, size, protocol.crop_padding, stream(s, AUGMENT, self.epoch, step)) for s in self.seeds]
        parameters = AugmentParameters(
            *(torch.cat(part) for part in zip(*(vars(d).values() for d in draws), strict=True))
        )
        images = crop(images, parameters, protocol.crop_padding)
        if protocol.flip:
            images = flip(images, parameters)
        if protocol.auto_augment:
            images = self._auto_augment(images, step)
        return cutout(self.dataset.normalise(images), parameters, protocol.cutout)

    def _auto_augment(self, images: Tensor, step: int) -> Tensor:
        """AutoAugment's policies, applied image by image; ``images`` are those of one replica after the other."""
        policy, parts = auto_augment(), []
        for seed, part in zip(self.seeds, images.chunk(len(self.seeds)), strict=True):
            with torch.random.fork_rng(devices=[]):  # the policies draw from the global generator
                torch.manual_seed(stream(seed, POLICY, self.epoch, step).initial_seed())
                parts += [policy(image) for image in part.cpu()]
        return torch.stack(parts).to(images.device)

    def _mixup(self, images: Tensor, labels: Tensor, step: int) -> tuple[Tensor, Tensor, Tensor]:
        """Blend each image with another of its batch (Zhang et al. 2018); ``images`` is (replicas, batch, ...)."""
        mix = torch.ones(len(self.seeds), device=images.device)
        if not self.protocol.mixup:
            return images, labels, mix
        partners = []
        for replica, seed in enumerate(self.seeds):
            rng = np.random.default_rng([seed, MIXUP, self.epoch, step])
            mix[replica] = float(rng.beta(self.protocol.mixup, self.protocol.mixup))
            partners.append(torch.from_numpy(rng.permutation(labels.shape[1])).to(images.device))
        other_images = torch.stack([part[order] for part, order in zip(images, partners, strict=True)])
        other = torch.stack([part[order] for part, order in zip(labels, partners, strict=True)])
        weight = mix.view(-1, 1, 1, 1, 1)
        return weight * images + (1 - weight) * other_images, other, mix

    def from_step(self, start: int) -> Iterator[Batch]:
        """The batches from one step on; images in files are read a batch ahead."""
        steps = range(start, len(self))
        if not steps or not isinstance(self.split.images, FileImages):
            yield from (self[step] for step in steps)
            return
        with ThreadPoolExecutor(1) as reader:
            ahead = reader.submit(self.__getitem__, start)
            for step in steps:
                batch = ahead.result()
                if step + 1 in steps:
                    ahead = reader.submit(self.__getitem__, step + 1)
                yield batch
