"""Augmentation of the mobile setting, image by image: crops of random area, and colour jitter."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image
from torchvision.transforms import functional

_AREA, _RATIO = (0.08, 1.0), (3 / 4, 4 / 3)
_TRIES = 10
#: Largest relative change of brightness, contrast and saturation, and share of the colour circle (Wan et al. 2022).
_STRENGTH, _HUE = 0.4, 0.2
_ENHANCE = (functional.adjust_brightness, functional.adjust_contrast, functional.adjust_saturation)


def draw_box(width: int, height: int, rng: np.random.Generator) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of a random crop: 8% to 100% of the area, sides in a ratio of 3:4 to 4:3.

    As torchvision's RandomResizedCrop: ten tries, then the largest crop in the middle whose sides are allowed.
    """
    for _ in range(_TRIES):
        area = width * height * rng.uniform(*_AREA)
        ratio = math.exp(rng.uniform(*np.log(_RATIO)))
        columns, rows = round(math.sqrt(area * ratio)), round(math.sqrt(area / ratio))
        if 0 < columns <= width and 0 < rows <= height:
            left, top = int(rng.integers(width - columns + 1)), int(rng.integers(height - rows + 1))
            return left, top, left + columns, top + rows
    columns, rows = min(width, round(height * _RATIO[1])), min(height, round(width / _RATIO[0]))
    left, top = (width - columns) // 2, (height - rows) // 2
    return left, top, left + columns, top + rows


def resized_crop(image: Image.Image, side: int, rng: np.random.Generator) -> Image.Image:
    """A random crop, brought to ``side`` pixels both ways."""
    return image.resize((side, side), Image.Resampling.BILINEAR, box=draw_box(*image.size, rng))


def jitter(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Change brightness, contrast, saturation and hue in random order, as torchvision's ColorJitter."""
    factors = rng.uniform(1 - _STRENGTH, 1 + _STRENGTH, size=3)
    turn = rng.uniform(-_HUE, _HUE)
    for place in rng.permutation(4):
        image = functional.adjust_hue(image, turn) if place == 3 else _ENHANCE[place](image, factors[place])
    return image
