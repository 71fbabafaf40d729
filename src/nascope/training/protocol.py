"""A training protocol: everything that decides what a training computes, frozen and hashed."""

from __future__ import annotations

import math
from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from nascope.config.section import Natural, NaturalFloat, Positive, PositiveFloat, Section, Share, says

_LAST_EPOCHS = 5  # of the linear schedule


class Protocol(Section, frozen=True):
    """How a genotype is turned into a network and trained."""

    pinned: ClassVar[bool] = True
    remarks: ClassVar[tuple[str, ...]] = ("short",)

    channels: Annotated[Positive, says("Channels of the first cells.")]
    cells: Annotated[Positive, says("Cells per stage (NAS-Bench-201 skeleton) or in all (DARTS skeleton).")]
    epochs: Annotated[Positive, says("Passes over the training images.")]
    batch_size: Annotated[Positive, says("Images per step; the last, smaller batch of an epoch is used too.")]
    learning_rate: Annotated[PositiveFloat, says("Learning rate of the first epoch.")]
    final_learning_rate: Annotated[NaturalFloat, says("Learning rate at which the cosine ends.")] = 0.0
    schedule: Annotated[
        Literal["cosine", "linear"],
        says(
            "Annealing by a cosine, or by a line that flattens over the last five epochs, as in Wan et al.'s "
            "ImageNet code."
        ),
    ] = "cosine"
    cosine_epochs: Annotated[
        Natural,
        says(
            "Epochs after which the cosine reaches its end (0: all of them); it rises again afterwards, as in "
            "NAS-Bench-201's ENAS."
        ),
    ] = 0
    anneal_power: Annotated[
        PositiveFloat,
        says("Base of cosine power annealing (1: the plain cosine), as in StacNAS' training tricks."),
    ] = 1.0
    skip_first_rate: Annotated[
        bool,
        says(
            "Step the schedule before the optimiser, as the papers' code does on current PyTorch: epoch e then "
            "uses the rate of epoch e + 1."
        ),
    ] = False
    momentum: Annotated[Share, says("Momentum of SGD.")] = 0.9
    nesterov: Annotated[bool, says("Use Nesterov momentum.")] = False
    weight_decay: Annotated[NaturalFloat, says("L2 penalty on every parameter.")] = 3e-4
    gradient_clip: Annotated[NaturalFloat, says("Largest gradient norm of a replica (0: no clipping).")] = 0.0
    crop_padding: Annotated[Natural, says("Zero padding of the random crop (0: none).")] = 0
    resized_crop: Annotated[bool, says("Take crops of random area instead (only for images in files).")] = False
    jitter: Annotated[bool, says("Change the colours of those crops.")] = False
    auto_augment: Annotated[
        bool,
        says("Apply AutoAugment's CIFAR-10 policies (Cubuk et al. 2019) after crop and flip."),
    ] = False
    flip: Annotated[bool, says("Mirror half of the training images.")] = False
    cutout: Annotated[Natural, says("Side of the cutout square (0: none).")] = 0
    mixup: Annotated[
        NaturalFloat,
        says("Alpha of the Beta distribution that mixup's weight is drawn from, once per batch (0: none)."),
    ] = 0.0
    label_smoothing: Annotated[
        Annotated[float, Meta(ge=0, le=1)],
        says("Weight that is spread over the other classes."),
    ] = 0.0
    auxiliary_weight: Annotated[
        NaturalFloat,
        says("Weight of the auxiliary head's loss (0: no head; DARTS skeleton only)."),
    ] = 0.0
    drop_path: Annotated[
        Share,
        says("Drop-path probability at the end of training; it grows linearly with the epoch."),
    ] = 0.0
    stem_stride: Annotated[
        Literal[1, 2, 8],
        says(
            "Factor by which the stem lowers the resolution (DARTS skeleton): 1; 2 for Tiny-ImageNet in Shu et "
            "al. 2020; 8 for ImageNet's mobile setting, whose stem is three convolutions."
        ),
    ] = 1
    pool_norm: Annotated[
        bool,
        says("BatchNorm after each pooling of a cell, as in StacNAS' final networks (DARTS skeleton)."),
    ] = False
    train_on: Annotated[Literal["train", "train+valid"], says("Images that the weights are fitted to.")] = "train"
    replicas: Annotated[
        Positive,
        says("Seeds that share one grouped network; results differ in the last digits with it."),
    ] = 1
    precision: Annotated[
        Literal["float32", "tf32", "bfloat16"],
        says(
            "Arithmetic: float32; tf32, its faster form on recent GPUs; or bfloat16, mixed precision with float32"
            " weights and updates."
        ),
    ] = "float32"
    channels_last: Annotated[bool, says("Keep images and weights in the channels-last memory order.")] = True
    compile: Annotated[
        Literal["none", "default", "cuda_graphs"],
        says(
            "Compilation: none, default (torch.compile) or cuda_graphs (also recorded and replayed as CUDA "
            "graphs; on CPUs the same as default)."
        ),
    ] = "none"

    short: Annotated[
        str,
        says("Why trainings with it decide no claim about final quality; empty where they do."),
    ] = ""

    def __post_init__(self) -> None:
        """Refuse values that do not go together."""
        if self.schedule == "linear" and self.epochs <= _LAST_EPOCHS:
            raise ValueError(f"the linear schedule needs more than {_LAST_EPOCHS} epochs")

    def learning_rate_at(self, epoch: int) -> float:
        """Annealing by epoch, from ``learning_rate`` towards ``final_learning_rate``."""
        epoch += self.skip_first_rate
        if self.schedule == "linear":
            return self._linear_rate(epoch)
        share = (1 + math.cos(math.pi * epoch / (self.cosine_epochs or self.epochs))) / 2
        power = self.anneal_power
        if power != 1:
            share = (power ** (share + 1) - power) / (power**2 - power)
        return self.final_learning_rate + (self.learning_rate - self.final_learning_rate) * share

    def _linear_rate(self, epoch: int) -> float:
        bend = self.epochs - _LAST_EPOCHS
        if epoch < bend:
            return self.learning_rate * (1 - epoch / bend)
        return self.learning_rate * (self.epochs - epoch) / (bend * _LAST_EPOCHS)

    def drop_path_at(self, epoch: int) -> float:
        """Linear growth with the epoch, as in the DARTS code (never quite reaching ``drop_path``)."""
        return self.drop_path * epoch / self.epochs
