"""Classes and channels of each source, known without reading it (and without torch)."""

#: Source: (classes, channels of an image).
SHAPES = {"digits": (10, 1), "cifar10": (10, 3), "cifar100": (100, 3), "tiny_imagenet": (200, 3), "imagenet": (1000, 3)}
