"""Opening one image file; torch is not needed for it."""

from __future__ import annotations

from pathlib import Path
from typing import IO

from PIL import Image, UnidentifiedImageError

from nascope.errors import NascopeError

#: Formats that images may have. PIL knows dozens more, and hands some (EPS) to other programs.
FORMATS = ("JPEG", "PNG", "BMP", "GIF", "WEBP", "TIFF", "PPM")
#: What PIL's decoders raise besides.
_DAMAGED = (OSError, ValueError, TypeError, SyntaxError, OverflowError, EOFError, Image.DecompressionBombError)


def decode(source: Path | IO[bytes]) -> Image.Image:
    """An image file as RGB.

    Raises:
        NascopeError: it is damaged, too large, or in a format not listed in ``FORMATS``.
    """
    try:
        with Image.open(source, formats=FORMATS) as image:
            return image.convert("RGB")
    except UnidentifiedImageError:
        raise NascopeError(f"not a readable image (formats: {', '.join(FORMATS)})") from None
    except _DAMAGED as error:
        raise NascopeError(f"not a readable image ({error})") from None
