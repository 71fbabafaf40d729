"""Opening one image file; torch is not needed for it."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import IO

from PIL import Image, UnidentifiedImageError

from nascope.errors import NascopeError

#: Formats that images may have. PIL knows dozens more, and hands some (EPS) to other programs.
FORMATS = ("JPEG", "PNG", "BMP", "GIF", "WEBP", "TIFF", "PPM")
#: What PIL's decoders raise besides.
_DAMAGED = (
    *(OSError, EOFError, ValueError, TypeError, AttributeError, SyntaxError, LookupError, ArithmeticError),
    *(RuntimeError, MemoryError, struct.error, zlib.error, Image.DecompressionBombError),
)
#: Modes of 16 or 32 bits per channel, which PIL would clip at 255.
_DEEP = ("I", "F")


def decode(source: Path | IO[bytes]) -> Image.Image:
    """An image file as RGB.

    Raises:
        NascopeError: it is damaged, too large, in a format not listed in ``FORMATS``, or has more than 8 bits per
            channel.
    """
    try:
        with Image.open(source, formats=FORMATS) as image:
            if image.mode.startswith(_DEEP):
                raise NascopeError(f"has more than 8 bits per channel (mode {image.mode}); convert it to 8 bits")
            return image.convert("RGB")
    except UnidentifiedImageError:
        raise NascopeError(f"not a readable image (formats: {', '.join(FORMATS)})") from None
    except _DAMAGED as error:
        raise NascopeError(f"not a readable image ({error})") from None
