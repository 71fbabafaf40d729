"""One module per source of images: what is known of it, and a function that reads it. None imports torch."""
