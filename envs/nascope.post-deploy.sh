#!/bin/sh
# Snakemake runs a copy of this in the new conda environment: the pins of the Makefile's pip install, and this checkout.
# It makes another environment when this text changes, so the text names the pins by their sum.
set -eu
pins=$NASCOPE_CHECKOUT/requirements.lock
if ! echo "a7c965490e447e04fda44ec288393c7fbbfa4aa46fdcefb78382e440fe736fef  $pins" | sha256sum --check --status; then
    echo "nascope: $pins has changed: write its sha256sum into envs/nascope.post-deploy.sh"
    exit 1
fi
python -m pip install --quiet --requirement "$pins"
python -m pip install --quiet --no-deps --no-build-isolation --editable "$NASCOPE_CHECKOUT"
