"""What random streams of one-shot searches are for, beside the purposes of :mod:`nascope.training.batches`."""

ALPHAS, ARCHITECTURES, PAIRING, DERIVATION, CONTROLLER = range(200, 205)
